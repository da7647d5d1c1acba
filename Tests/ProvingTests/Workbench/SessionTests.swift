import Proving
import Testing

/// What the reader's terminal does, seen through whole checks, in a sandbox and without one.
@Suite("Sessions")
struct SessionTests {
    static let isolations: [Isolation] = [Isolation.detect(), .none(reason: "a test")]

    @Test("Directory, variables, functions and options carry over from block to block", arguments: isolations)
    func stateCarriesOver(isolation: Isolation) async throws {
        var harness = try CheckHarness()
        harness.isolation = isolation
        var guide = ConsoleGuide()
        guide.block(
            "set", [.init("mkdir sub; cd sub"), .init("colour=blue; greet() { echo \"hello $1\"; }; set -o noglob")])
        guide.block(
            "use",
            [
                .init("basename \"$PWD\"", ["sub"]), .init("greet $colour", ["hello blue"]), .init("echo *", ["*"]),
                .init("false", status: 1), .init("echo $?", ["1"]),
            ]
        )
        let proofs = try await harness.prove(guide)
        #expect(proofs.map(\.state) == [.passed, .passed], "\(proofs)")
    }
}
