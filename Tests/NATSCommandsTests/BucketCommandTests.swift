import Foundation
import TestSupport
import Testing

@testable import NATSCommands

@Suite(
    "nats kv, nats object and nats account",
    .enabled(if: NATSServerProcess.oracle != nil, "no nats-server on the PATH"),
    .timeLimit(.minutes(2))
)
struct BucketCommandTests {
    @Test("kv shows buckets as natscli does")
    func buckets() async throws {
        let fixture = try NATSCommandFixture()
        #expect(try await fixture.nats("kv ls").output == "No Key-Value buckets found\n")
        let add = "kv add CFG --history 3 --ttl 1h --max-value-size 1KB --description Settings --marker-ttl 1m"
        try await fixture.expect(add, prints: "kv-add")
        #expect(try await fixture.nats("kv ls -n").output == "CFG\n")
        let edited = try await fixture.nats("kv edit CFG --history 5")
        #expect(edited.output.contains("History Kept: 5\n"))
        #expect(edited.output.contains("Maximum Age: 1h0m0s\n"))
        #expect(try await fixture.nats("kv add CFG --history 65").error.contains("between 1 and 64"))
        #expect(try await fixture.nats("kv add 'C F'").error.contains("invalid bucket name"))
        #expect(try await fixture.nats("kv del CFG").error.contains("without a terminal; use --force"))
        #expect(try await fixture.nats("kv del CFG -f").status == 0)
        let gone = try await fixture.nats("kv info CFG")
        #expect(gone.error == "nats: error: nats: bucket not found\n")
    }

    @Test("kv puts, gets, updates and removes values")
    func values() async throws {
        let fixture = try NATSCommandFixture()
        try await fixture.nats("kv add CFG --history 3")
        #expect(try await fixture.nats("kv put CFG line1.speed 120").output == "120\n")
        #expect(try await fixture.nats("kv put CFG line1.speed 140").output == "140\n")
        try await fixture.expect("kv get CFG line1.speed", prints: "kv-get")
        #expect(try await fixture.nats("kv get CFG line1.speed --raw").output == "140")
        #expect(try await fixture.nats("kv get CFG line1.speed --revision 1 --raw").output == "120")
        #expect(try await fixture.nats("kv update CFG line1.speed 160 2").status == 0)
        #expect(try await fixture.nats("kv update CFG line1.speed 180 2").error.contains("wrong last sequence"))
        #expect(try await fixture.nats("kv create CFG line1.speed 1").error.contains("key exists"))
        try await fixture.expect("kv history CFG line1.speed", prints: "kv-history")
        #expect(try await fixture.nats("kv revert CFG line1.speed 2 --force").status == 0)
        #expect(try await fixture.nats("kv get CFG line1.speed --raw").output == "140")
        #expect(try await fixture.nats("kv ls CFG").output == "line1.speed\n")
        #expect(try await fixture.nats("kv del CFG line1.speed -f").status == 0)
        let deleted = try await fixture.nats("kv get CFG line1.speed")
        #expect(deleted.error == "nats: error: nats: key not found\n")
        #expect(deleted.status == 1)
        #expect(try await fixture.nats("kv ls CFG").output == "No keys found in bucket\n")
        #expect(try await fixture.nats("kv create CFG line1.speed 1").status == 0)
        #expect(try await fixture.nats("kv purge CFG line1.speed -f").status == 0)
        #expect(try await fixture.nats("kv compact CFG -f").status == 0)
    }

    @Test("object puts, shows, gets and removes files")
    func objects() async throws {
        let fixture = try NATSCommandFixture()
        let file = try fixture.write("report.csv", String(repeating: "day,count\n", count: 20_000))
        try await fixture.expect("object add FILES --description 'My files'", prints: "object-add")
        try await fixture.expect(
            "object put FILES \(file) --name report.csv --description June -H 'A: 1'", prints: "object-put")
        let replaced = try await fixture.nats("object put FILES \(file) --name report.csv")
        #expect(replaced.error.contains("without a terminal; use --force"))
        try await fixture.expect("object ls FILES", prints: "object-ls")
        let copy = fixture.path("copy.csv")
        let got = try await fixture.nats("object get FILES report.csv -O \(copy)")
        #expect(got.output.hasPrefix("Wrote: 195 KiB to \(copy) in "))
        #expect(FileManager.default.contentsEqual(atPath: file, andPath: copy))
        #expect(try await fixture.nats("object get FILES report.csv -O \(copy)").status == 1)
        #expect(try await fixture.nats("object get FILES none").error == "nats: error: nats: object not found\n")
        #expect(try await fixture.nats("object ls -n").output == "FILES\n")
        let removed = try await fixture.nats("object rm FILES report.csv -f")
        #expect(removed.output.hasPrefix("Removed FILES > report.csv\n"))
        #expect(try await fixture.nats("object ls FILES").output == "No entries found\n")
        #expect(try await fixture.nats("object seal FILES -f").output.contains("Sealed: true\n"))
        let missing = try await fixture.nats("object put FILES /none")
        #expect(missing.error == "nats: error: cannot read /none: there is no such file\n")
        #expect(try await fixture.nats("object del FILES -f").status == 0)
        #expect(try await fixture.nats("object info FILES").error == "nats: error: nats: bucket not found\n")
    }

    @Test("account info shows what the account uses and may use")
    func account() async throws {
        let fixture = try NATSCommandFixture()
        try await fixture.nats("stream add EVENTS --subjects e --defaults")
        let info = try await fixture.nats("account info")
        #expect(info.status == 0)
        #expect(info.output.hasPrefix("Account Information\n\n"))
        for line in ["Account: $G\n", "Headers Supported: true\n", "Streams: 1 of Unlimited\n", "  Tier: Default:\n"] {
            #expect(info.output.contains(line))
        }
    }

    @Test("publish -J tells where a message was stored, and fails where it was not")
    func publishing() async throws {
        let fixture = try NATSCommandFixture()
        try await fixture.nats("stream add EVENTS --subjects e --defaults")
        let stored = try await fixture.nats("pub -J e x")
        #expect(stored.error.hasSuffix("Stored in Stream: EVENTS Sequence: 1\n"))
        let homeless = try await fixture.nats("pub -J nowhere x -q")
        #expect(homeless.error == "nats: error: nats: no responders available for request\n")
        #expect(homeless.status == 1)
    }
}
