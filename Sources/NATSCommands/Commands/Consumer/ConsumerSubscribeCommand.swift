import NATSClient

/// `nats consumer sub`: shows a consumer's messages as they come.
enum ConsumerSubscribeCommand {
    static let ack = Flag.toggle("ack", "Acknowledge messages", isNegatable: true, default: true)
    static let raw = Flag.toggle("raw", short: "r", "Print bodies only")
    static let group = Flag.text("deliver-group", "Deliver group of the consumer")

    static let spec = CommandSpec(
        name: "sub",
        help: "Show the messages of a consumer",
        arguments: [ConsumerCommand.stream.spec, ConsumerCommand.consumer.spec],
        flags: [ack.spec, raw.spec, group.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[ConsumerCommand.stream], jetStream)
            let info = try await invocation.pickConsumer(invocation[ConsumerCommand.consumer], stream)
            if let subject = info.configuration.deliverSubject {
                introduce(info.configuration, subject, invocation)
                for try await message in try await stream.pushConsumer(info.name).messages() {
                    try await show(message, info.configuration, invocation)
                }
            } else {
                for try await message in try await stream.consumer(info.name).messages() {
                    try await show(message, info.configuration, invocation)
                }
            }
        }
    }

    private static func introduce(_ consumer: ConsumerConfiguration, _ subject: String, _ invocation: Invocation) {
        guard !invocation[raw] else { return }
        var lines = ["Subscribing to topic \(subject) auto acknowledgment: \(invocation[ack])", "", "Consumer Info:"]
        lines.append("  Ack Policy: \(ConsumerReport.name(consumer.ackPolicy))")
        if consumer.ackPolicy != .none {
            lines.append("    Ack Wait: \(CommandDuration.humanized(consumer.ackWait))")
        }
        invocation.console.print(lines.joined(separator: "\n") + "\n")
    }

    private static func show(
        _ message: JetStreamMessage,
        _ consumer: ConsumerConfiguration,
        _ invocation: Invocation
    ) async throws {
        let console = invocation.console
        if invocation[raw] {
            console.print(message.text)
        } else {
            let metadata = message.metadata
            console.print(
                "[\(LocalTime.now().clock)] subj: \(message.subject) / tries: \(metadata.deliveries) "
                    + "/ cons seq: \(metadata.consumerSequence) / str seq: \(metadata.streamSequence) "
                    + "/ pending: \(Humanized.count(metadata.pending))")
            if !message.headers.isEmpty {
                console.print("\nHeaders:\n")
                for (name, value) in message.headers {
                    console.print("   \(name): \(value)")
                }
                console.print("\nData:")
            }
            console.print(message.text + (message.text.hasSuffix("\n") ? "" : "\n"))
        }
        if invocation[ack], consumer.ackPolicy != .none {
            try await message.ack()
        }
    }
}
