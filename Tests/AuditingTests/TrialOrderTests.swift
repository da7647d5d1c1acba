import Testing

@testable import Auditing

@Suite("The order in which guides are tried on a mutant")
struct TrialOrderTests {
    private let guides = ["docs/a.md", "docs/b.md", "docs/c.md"]

    private func mutant(
        _ path: String, _ kind: Mutation.Kind = .word, file: String = "ops/x.conf", noticedBy: String? = nil
    ) -> AuditReport.Mutant {
        AuditReport.Mutant(
            file: file, line: 1, guide: "docs/a.md", guideLine: 1, path: path, kind: kind, change: "",
            state: noticedBy == nil ? .unnoticed : .noticed, noticedBy: noticedBy, inputHash: "")
    }

    @Test("stays as it is as long as no guide has noticed anything")
    func unknown() {
        var order = TrialOrder()
        #expect(order.sorted(guides, for: mutant("a.b")) == guides)
        order.learn(from: mutant("a.b"))
        order.learn(from: mutant("a.b", file: "ops/other.conf", noticedBy: "docs/c.md#x"))
        #expect(order.sorted(guides, for: mutant("a.b")) == guides)
    }

    @Test("begins with the guide that has noticed the mutant most like it, rather than the most mutants")
    func likeness() {
        var order = TrialOrder()
        for _ in 0..<4 { order.learn(from: mutant("accounts.A.limit", noticedBy: "docs/b.md#limits")) }
        order.learn(from: mutant("accounts.A.users.1.password", noticedBy: "docs/c.md#login"))
        #expect(order.sorted(guides, for: mutant("accounts.B.users.1.password")).first == "docs/c.md")
        #expect(order.sorted(guides, for: mutant("accounts.B.limit")).first == "docs/b.md")
        #expect(order.sorted(guides, for: mutant("port")) == ["docs/b.md", "docs/c.md", "docs/a.md"])
    }

    @Test("tells changes of one setting apart by their kind")
    func kinds() {
        var order = TrialOrder()
        order.learn(from: mutant("publish.1", .widen, noticedBy: "docs/c.md#refused"))
        order.learn(from: mutant("publish.2", .narrow, noticedBy: "docs/b.md#allowed"))
        #expect(order.sorted(guides, for: mutant("publish.3", .widen)).first == "docs/c.md")
        #expect(order.sorted(guides, for: mutant("publish.3", .narrow)).first == "docs/b.md")
    }
}
