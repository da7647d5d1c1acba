import Foundation
import TestSupport
import Testing

@testable import NATSCommands

@Suite(
    "nats stream",
    .enabled(if: NATSServerProcess.oracle != nil, "no nats-server on the PATH"),
    .timeLimit(.minutes(2))
)
struct StreamCommandTests {
    private static let add = "stream add EVENTS --subjects enterprise.> --storage file --retention limits --defaults"

    @Test("add, info and state show a stream as natscli does")
    func reports() async throws {
        let fixture = try NATSCommandFixture()
        try await fixture.expect(Self.add, prints: "stream-add")
        try await fixture.expect("stream info EVENTS", prints: "stream-info")
        try await fixture.expect("s state EVENTS", prints: "stream-state")
        let full = """
            str add FULL --subjects a.*,b.>,d --subjects c --description 'All of it' --storage m --retention limits \
            --discard new --discard-per-subject --max-msgs 1000000 --max-msgs-per-subject 10 --max-bytes 64MB \
            --max-age 36h --max-msg-size 1K --max-consumers 5 --dupe-window 30s --allow-rollup \
            --no-allow-direct --metadata owner=us --republish-source 'a.>' --republish-destination 'r.>' \
            --transform-source 'a.*' --transform-destination 't.{{wildcard(1)}}' --allow-msg-ttl \
            --subject-del-markers-ttl 1m --limit-consumer-max-pending 100 --defaults
            """
        try await fixture.expect(full, prints: "stream-full")
        let different = try await fixture.nats("str add FULL --subjects z --defaults")
        #expect(different.status == 1)
        #expect(different.error.hasPrefix("nats: error: could not create Stream: stream name already in use"))
    }

    @Test("add names the flag for every answer that is missing")
    func missingAnswers() async throws {
        let fixture = try NATSCommandFixture()
        func complaint(_ line: String) async throws -> String {
            let outcome = try await fixture.nats(line)
            #expect(outcome.status == 1)
            return outcome.error
        }
        #expect(try await complaint("stream add").contains("give the argument <stream>"))
        #expect(try await complaint("stream add X").contains("give --subjects"))
        #expect(try await complaint("stream add X --subjects x").contains("give --storage or --defaults"))
        #expect(
            try await complaint("stream add X --subjects x --storage file --replicas 1")
                .contains("give --retention or --defaults"))
        #expect(
            try await complaint("stream info")
                == "nats: error: could not pick a Stream to operate on: cannot pick a Stream without a terminal and no "
                + "Stream name supplied; give the argument <stream>\n")
        #expect(
            try await complaint("stream info NONE")
                == "nats: error: could not pick a Stream to operate on: unknown stream \"NONE\"\n")
        #expect(try await complaint("stream add X --max-bytes 1X --subjects x --defaults").contains("--max-bytes"))
        #expect(try await complaint("stream add X --subjects x --storge file").contains("did you mean '--storage'?"))
    }

    @Test("ls, report, subjects and find list streams")
    func lists() async throws {
        let fixture = try NATSCommandFixture()
        #expect(try await fixture.nats("stream ls").output == "No Streams defined\n")
        try await fixture.nats(Self.add)
        try await fixture.nats("stream add OTHER --subjects other --storage memory --defaults")
        try await fixture.nats("kv add CFG")
        try await fixture.expect("stream ls", prints: "stream-ls")
        #expect(try await fixture.nats("stream ls -n").output == "EVENTS\nOTHER\n")
        #expect(try await fixture.nats("stream ls -n -a").output == "EVENTS\nKV_CFG\nOTHER\n")
        #expect(try await fixture.nats("stream ls -j --subject other").output == "[\n  \"OTHER\"\n]\n")
        for number in 1...5 {
            try await fixture.nats("pub -J enterprise.line\(number % 2) 'reading \(number)'")
        }
        try await fixture.expect("stream subjects EVENTS", prints: "stream-subjects")
        #expect(
            try await fixture.nats("stream subjects EVENTS nothing").output == "No subjects found matching nothing\n")
        #expect(try await fixture.nats("stream subjects EVENTS -j").output.contains("\"enterprise.line0\": 2"))
        try await fixture.expect("stream report -n", prints: "stream-report")
        #expect(try await fixture.nats("stream find --empty -n").output == "KV_CFG\nOTHER\n")
        #expect(try await fixture.nats("stream find --empty --invert -n").output == "EVENTS\n")
    }

    @Test("get, purge and rmm show and remove messages")
    func messages() async throws {
        let fixture = try NATSCommandFixture()
        try await fixture.nats(Self.add)
        try await fixture.nats("pub -J enterprise.a one -H 'K: v'")
        try await fixture.nats("pub -J enterprise.a two")
        try await fixture.nats("pub -J enterprise.b three")
        let first = try await fixture.nats("stream get EVENTS 1")
        let header = #/Item: EVENTS#1 received [^(]+ \(\S+\) on Subject enterprise.a\n\nHeaders:\n  K: v\n\none\n\n\n/#
        #expect(first.output.wholeMatch(of: header) != nil)
        let last = try await fixture.nats("stream get EVENTS -S enterprise.a -j")
        #expect(last.output.hasPrefix("{\n  \"subject\": \"enterprise.a\",\n  \"seq\": 2,\n  \"data\": \"dHdv\",\n"))
        let missing = try await fixture.nats("stream get EVENTS 9")
        #expect(missing.error == "nats: error: could not retrieve EVENTS#9: no message found (10037)\n")

        let asked = try await fixture.nats("stream rmm EVENTS 1")
        #expect(asked.error.contains("cannot ask for confirmation without a terminal; use --force"))
        #expect(try await fixture.nats("stream rmm EVENTS 1 -f").status == 0)
        let purged = try await fixture.nats("stream purge EVENTS --subject enterprise.a -f")
        #expect(purged.output.hasPrefix("Purged 1 messages from EVENTS\n\nState for Stream EVENTS created "))
        let both = try await fixture.nats("stream purge EVENTS --seq 2 --keep 1 -f")
        #expect(both.error == "nats: error: sequence and keep cannot be combined when purging\n")
        let view = try await fixture.nats("stream view EVENTS")
        #expect(view.error.hasPrefix("nats: error: interactive stream paging requires a valid terminal"))
        #expect(try await fixture.nats("stream rm EVENTS").status == 1)
        #expect(try await fixture.nats("stream rm EVENTS -f").status == 0)
        let gone = try await fixture.nats("stream rm EVENTS -f")
        #expect(gone.error == "nats: error: stream not found (10059)\n")
    }

    @Test("edit changes what is given, and says what is different")
    func edit() async throws {
        let fixture = try NATSCommandFixture()
        try await fixture.nats(Self.add)
        let dry = try await fixture.nats("stream edit EVENTS --max-msgs 10 --description x --dry-run")
        #expect(dry.output == "Differences (-old +new):\n- max_msgs: -1\n+ max_msgs: 10\n+ description: \"x\"\n")
        #expect(dry.status == 1)
        #expect(try await fixture.nats("stream edit EVENTS -f").output == "No difference in configuration\n")
        let edited = try await fixture.nats("stream edit EVENTS --max-msgs 10 -f")
        #expect(edited.output.contains("Stream EVENTS was updated\n"))
        #expect(edited.output.contains("Maximum Messages: 10\n"))
        let sources = try await fixture.nats("stream edit EVENTS --source OTHER -f")
        #expect(sources.error.contains("use --config instead"))
    }

    @Test("add takes a configuration from a file, and writes one")
    func configurationFiles() async throws {
        let fixture = try NATSCommandFixture()
        let file = fixture.path("events.json")
        #expect(try await fixture.nats(Self.add + " --max-msgs 7 --output \(file)").status == 0)
        #expect(try await fixture.nats("stream ls").output == "No Streams defined\n")
        let created = try await fixture.nats("stream add --config \(file) --description 'from a file'")
        #expect(created.output.contains("Description: from a file\n"))
        #expect(created.output.contains("Maximum Messages: 7\n"))
        let broken = try fixture.write("broken.json", "{")
        let refused = try await fixture.nats("stream add X --config \(broken)")
        #expect(refused.error.hasPrefix("nats: error: invalid input: \(broken): "))
    }

    @Test("backup and restore keep messages and consumers")
    func backup() async throws {
        let fixture = try NATSCommandFixture()
        try await fixture.nats(Self.add)
        try await fixture.nats("pub -J enterprise.a one")
        try await fixture.nats("consumer add EVENTS worker --pull --defaults")
        let folder = fixture.path("backup")
        let saved = try await fixture.nats("stream backup EVENTS \(folder)")
        #expect(saved.output.hasPrefix("Starting backup of Stream EVENTS with 1 messages\n\nReceived "))
        try await fixture.nats("stream rm EVENTS -f")
        let restored = try await fixture.nats("stream restore \(folder)")
        #expect(restored.status == 0)
        #expect(restored.output.contains("Restored stream EVENTS\n"))
        #expect(try await fixture.nats("stream get EVENTS 1").output.hasSuffix("\n\none\n\n\n"))
        #expect(try await fixture.nats("consumer ls EVENTS -n").output == "worker\n")
    }
}
