import GoFormats
import NATSClient

/// `nats consumer next`: takes messages from a pull consumer.
enum ConsumerNextCommand {
    static let stream = Argument.required("stream", "Stream name")
    static let consumer = Argument.required("consumer", "Consumer name")
    static let ack = Flag.toggle("ack", "Acknowledge the message", isNegatable: true, default: true)
    static let nak = Flag.toggle("nak", "Ask for the message again")
    static let term = Flag.toggle("term", "Say that the message is not to come again")
    static let raw = Flag.toggle("raw", short: "r", "Print bodies only")
    static let wait = Flag.duration("wait", "Wait up to so long before the acknowledgement")
    static let count = Flag.integer("count", "How many messages to take", default: 1)

    static let spec = CommandSpec(
        name: "next",
        help: "Take messages from a pull consumer",
        arguments: [stream.spec, consumer.spec],
        flags: [ack.spec, nak.spec, term.spec, raw.spec, wait.spec, count.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let (streamName, name) = (invocation[stream], invocation[consumer])
        if invocation[term], invocation[nak] || (invocation.isGiven(ack) && invocation[ack]) {
            throw CommandError("can not both Acknowledge and Terminate message")
        }
        try await invocation.withJetStream { jetStream in
            let info: ConsumerInfo
            do {
                info = try await jetStream.stream(streamName).consumerInfo(name)
            } catch {
                throw CommandError("could not load consumer \(GoText.quoted(name)): \(error)")
            }
            guard info.configuration.isPull else {
                throw CommandError("consumer \(GoText.quoted(name)) is not a Pull consumer")
            }
            let source = try await jetStream.stream(streamName).consumer(name)
            for _ in 0..<max(1, invocation[count]) {
                let message = try await source.next(expires: invocation[GlobalFlags.timeout])
                guard let message else { throw CommandError("no message received: nats: timeout") }
                show(message, invocation)
                try await settle(message, invocation)
            }
        }
    }

    private static func show(_ message: JetStreamMessage, _ invocation: Invocation) {
        let console = invocation.console
        guard !invocation[raw] else {
            console.print(message.text)
            return
        }
        let metadata = message.metadata
        console.print(
            "[\(LocalTime.now().clock)] subj: \(message.subject) / tries: \(metadata.deliveries) "
                + "/ cons seq: \(metadata.consumerSequence) / str seq: \(metadata.streamSequence) "
                + "/ pending: \(Humanized.count(metadata.pending))")
        if !message.headers.isEmpty {
            console.print("\nHeaders:\n")
            for (name, value) in message.headers {
                console.print("  \(name): \(value)")
            }
            console.print("\nData:\n")
        }
        console.print("\n" + message.text)
    }

    private static func settle(_ message: JetStreamMessage, _ invocation: Invocation) async throws {
        let console = invocation.console
        if invocation[term] {
            try await message.term()
            console.print("\nTerminated message")
            return
        }
        let isNegative = invocation[nak]
        guard isNegative || invocation[ack] else { return }
        var delay = ""
        if let longest = invocation[wait], longest > .zero {
            let pause = Duration.nanoseconds(Int64.random(in: 0..<longest.nanoseconds))
            try await Task.sleep(for: pause)
            delay = " after \(GoDuration.described(pause)) delay"
        }
        if isNegative {
            try await message.nak()
        } else {
            try await message.ack()
        }
        if !invocation[raw] {
            console.print("\n\(isNegative ? "Negative " : "")Acknowledged message\(delay)\n")
        }
    }
}
