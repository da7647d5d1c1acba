import Foundation
import Proving
import TestSupport
import Testing

/// What no guide may do, tried through the built executable.
@Suite("Safety", .enabled(if: !Person.all.isEmpty, "bubblewrap cannot make sandboxes here"))
struct SafetyTests {
    /// What of the fixture works where nothing keeps a guide from it.
    private static let attempts = ["home", "link", "write", "project", "tcp", "socket", "processes", "signal"]

    @Test(
        "A guide does not reach the user's home, secrets, sockets and processes, and writes to its own copies alone",
        arguments: Person.all)
    func reach(person: Person) async throws {
        let place = try Place(copying: "safety", for: person)
        let home = try TemporaryDirectory()
        try home.write("key", "private")
        try person.own(home.path)
        let neighbour = try Neighbour(place.mark)
        let values = [
            "HOME": home.path, "PROJECT": place.project.directory.path, "PORT": String(neighbour.port),
            "PROCESS": String(neighbour.process.processIdentifier), "SECRET": "secret-\(place.mark)",
        ]
        try place.fill(values)
        let tangle = try await place.run(person.launchpad("tangle"))
        try #require(tangle.status == 0, "\(tangle.error)")
        let before = try place.project.tree()

        let secrets = ["HOME": home.path, "AWS_SECRET_ACCESS_KEY": "secret-\(place.mark)"]
        let check = try await place.run(person.launchpad("check"), environment: secrets)
        #expect(check.status == 0, "\(check.output)\(check.error)")
        #expect(check.output.contains("isolation: bubblewrap"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path) == ["key"])
        let after = try place.project.tree().filter { !$0.key.hasPrefix(".launchpad") }
        #expect(after == before.filter { !$0.key.hasPrefix(".launchpad") })
        #expect(!FileManager.default.fileExists(atPath: "/tmp/\(place.mark)"))
        #expect(try place.leftovers().isEmpty)

        // The same attempts without a sandbox: they would have been noticed.
        let only = Self.attempts.flatMap { ["--only", $0] }
        let bare = try await place.run(
            person.launchpad("check", "--no-sandbox", "--format", "tap") + only, environment: secrets)
        for name in Self.attempts where !(name == "signal" && person.testDescription == "nobody") {
            #expect(
                bare.output.split(separator: "\n").contains { $0.hasPrefix("not ok") && $0.contains(name) },
                "\(name) can fail\n\(bare.output)")
        }
        #expect(
            try neighbour.guests() == ["a guest by TCP", "a guest by a Unix socket"],
            "the only guests came without a sandbox")
    }

    @Test(
        "Nothing outlives its guide: no daemon, no orphan, nothing that is deaf to signals", arguments: Person.all,
        [[], ["--no-sandbox"]])
    func outliving(person: Person, flags: [String]) async throws {
        let place = try Place(copying: "outliving", for: person)
        let check = try await place.run(person.launchpad("check", "--format", "tap") + flags, deadline: .seconds(60))
        #expect(check.status == 1, "\(check.output)\(check.error)")
        let results = check.output.split(separator: "\n").filter { $0.hasPrefix("ok") || $0.hasPrefix("not ok") }
        #expect(results.map { $0.hasPrefix("ok") } == [true, true, false, false], "\(check.output)")
        #expect(try place.leftovers().isEmpty)
    }

    @Test(
        "A run that is killed leaves no process, mount or file behind, whatever its services were at",
        arguments: Person.all,
        [("up", ""), ("exec", "2"), ("daemon", "3"), ("stop", "4"), ("run", "5")])
    func killed(person: Person, moment: (block: String, mark: String)) async throws {
        let place = try Place(copying: "killed", for: person)
        try place.fill(["PORT": "4222"])
        #expect(try await place.run(person.launchpad("tangle")).status == 0)
        let sign = moment.mark.isEmpty ? "\(place.mark)1" : place.mark + moment.mark
        let check = person.launchpad("check", "docs/index.md", "--only", moment.block)
        try await place.kill(check) { try place.processes(with: sign).isEmpty == false }
        try await waitUntil("left: \(try place.leftovers())") { try place.leftovers().isEmpty }
    }

    @Test("A run without a sandbox that is killed leaves no process, port or file behind", arguments: Person.all)
    func killedWithoutSandbox(person: Person) async throws {
        let place = try Place(copying: "killed", for: person)
        try place.fill(["PORT": String(place.project.port)])
        #expect(try await place.run(person.launchpad("tangle")).status == 0)
        let check = person.launchpad("check", "docs/plain.md", "--no-sandbox")
        try await place.kill(check) { try place.processes(with: "\(place.mark)6").count >= 2 }
        try await waitUntil("left: \(try place.leftovers())") { try place.leftovers().isEmpty }
        let answer = try await runCommand(["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\(place.project.port)"])
        #expect(answer.status != 0)
    }
}
