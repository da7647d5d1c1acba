import Foundation
import TestSupport
import Testing

@testable import NATSCommands

@Suite(
    "nats consumer",
    .enabled(if: NATSServerProcess.oracle != nil, "no nats-server on the PATH"),
    .timeLimit(.minutes(2))
)
struct ConsumerCommandTests {
    private func fixture() async throws -> NATSCommandFixture {
        let fixture = try NATSCommandFixture()
        try await fixture.nats("stream add EVENTS --subjects enterprise.> --storage memory --defaults")
        for number in 1...3 {
            try await fixture.nats("pub -J enterprise.line\(number) 'reading \(number)' -H 'N: \(number)'")
        }
        return fixture
    }

    @Test("add, info and state show a consumer as natscli does")
    func reports() async throws {
        let fixture = try await fixture()
        try await fixture.expect("consumer add EVENTS worker --pull --defaults", prints: "consumer-add")
        try await fixture.expect("con info EVENTS worker", prints: "consumer-add")
        try await fixture.expect("c state EVENTS worker", prints: "consumer-state")
        let full = """
            consumer add EVENTS push --target deliver.push --deliver-group g --filter enterprise.line1 \
            --filter enterprise.line2 --ack all --wait 10s --replay original --deliver last --max-deliver 5 \
            --max-pending 7 --heartbeat 5s --flow-control --headers-only --description 'To a subject' --sample 30 \
            --bps 8000 --metadata owner=us --memory --defaults
            """
        try await fixture.expect(full, prints: "consumer-full")
        let linear =
            "consumer add EVENTS slow --pull --backoff linear --backoff-steps 3 --backoff-min 1s --backoff-max 5s"
        #expect(try await fixture.nats(linear + " --defaults").output.contains("Backoff: 1.00s, 3.00s, 5.00s\n"))
    }

    @Test("add names the flag for every answer that is missing")
    func missingAnswers() async throws {
        let fixture = try await fixture()
        func complaint(_ line: String) async throws -> String {
            let outcome = try await fixture.nats(line)
            #expect(outcome.status == 1)
            return outcome.error
        }
        #expect(try await complaint("consumer add EVENTS").contains("give the argument <consumer>, or --ephemeral"))
        #expect(try await complaint("consumer add EVENTS x").contains("give --target or --pull or --defaults"))
        #expect(try await complaint("consumer add EVENTS x --pull").contains("give --deliver or --defaults"))
        #expect(
            try await complaint("consumer add EVENTS x --pull --deliver all").contains("give --ack or --defaults"))
        #expect(try await complaint("consumer info EVENTS").contains("give the argument <consumer>"))
        #expect(
            try await complaint("consumer info EVENTS none")
                == "nats: error: could not select Consumer: unknown consumer \"EVENTS\" > \"none\"\n")
        #expect(try await complaint("consumer add EVENTS a.b --defaults").contains("can not contain '.', '*', '>'"))
    }

    @Test("next takes messages, acknowledges them or asks for them again")
    func next() async throws {
        let fixture = try await fixture()
        try await fixture.nats("consumer add EVENTS worker --pull --defaults")
        try await fixture.expect("consumer next EVENTS worker", prints: "consumer-next")
        let again = try await fixture.nats("consumer next EVENTS worker --nak")
        #expect(again.output.hasSuffix("\n\nreading 2\n\nNegative Acknowledged message\n\n"))
        #expect(try await fixture.nats("consumer next EVENTS worker --raw").output.hasPrefix("reading "))
        #expect(try await fixture.nats("consumer next EVENTS worker --term").output.hasSuffix("\nTerminated message\n"))
        let none = try await fixture.nats("consumer next EVENTS worker --timeout 100ms")
        #expect(none.error == "nats: error: no message received: nats: timeout\n")
        #expect(none.status == 1)
        let both = try await fixture.nats("consumer next EVENTS worker --term --nak")
        #expect(both.error == "nats: error: can not both Acknowledge and Terminate message\n")
    }

    @Test("ls and report list consumers")
    func lists() async throws {
        let fixture = try await fixture()
        #expect(try await fixture.nats("consumer ls EVENTS").output == "No Consumers defined\n")
        try await fixture.nats("consumer add EVENTS worker --pull --defaults --description 'Does it'")
        try await fixture.expect("consumer ls EVENTS", prints: "consumer-ls")
        try await fixture.expect("consumer report EVENTS", prints: "consumer-report")
        #expect(try await fixture.nats("consumer ls EVENTS -j").output == "[\n  \"worker\"\n]\n")
    }

    @Test("edit, pause, resume and rm change consumers")
    func changes() async throws {
        let fixture = try await fixture()
        try await fixture.nats("consumer add EVENTS worker --pull --defaults")
        let edited = try await fixture.nats("consumer edit EVENTS worker --description new -f")
        #expect(edited.output.hasPrefix("Differences (-old +new):\n+ description: \"new\"\n"))
        let paused = try await fixture.nats("consumer pause EVENTS worker 1h -f")
        #expect(
            NATSCommandFixture.neutral(paused.output) == "Paused EVENTS > worker until YYYY-MM-DD hh:mm:ss (1h0m0s)\n")
        #expect(try await fixture.nats("consumer info EVENTS worker").output.contains("Paused Until: "))
        let resumed = try await fixture.nats("consumer resume EVENTS worker -f")
        #expect(resumed.output.hasPrefix("Consumer EVENTS > worker was resumed while previously paused until "))
        let running = try await fixture.nats("consumer resume EVENTS worker -f")
        #expect(running.error == "nats: error: consumer is not paused\n")
        #expect(try await fixture.nats("consumer rm EVENTS worker").status == 1)
        #expect(try await fixture.nats("consumer rm EVENTS worker -f").status == 0)
        #expect(try await fixture.nats("consumer rm -f").error.contains("--force requires a stream and consumer name"))
    }
}
