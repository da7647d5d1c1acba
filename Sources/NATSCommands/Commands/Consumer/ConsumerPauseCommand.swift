import GoFormats
import NATSClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats consumer pause` and `nats consumer resume`.
enum ConsumerPauseCommand {
    static let until = Argument.optional("until", "A duration such as 1h30m, or a time such as 2026-01-02 15:04:05")

    static let spec = CommandSpec(
        name: "pause",
        help: "Pause a consumer",
        arguments: [ConsumerCommand.stream.spec, ConsumerCommand.consumer.spec, until.spec],
        flags: [ConsumerCommand.force.spec],
        run: pause
    )

    static let resumeSpec = CommandSpec(
        name: "resume",
        help: "Resume a paused consumer",
        arguments: [ConsumerCommand.stream.spec, ConsumerCommand.consumer.spec],
        flags: [ConsumerCommand.force.spec],
        run: resume
    )

    @Sendable
    private static func pause(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[ConsumerCommand.stream], jetStream)
            let name = try await invocation.pickConsumer(invocation[ConsumerCommand.consumer], stream).name
            guard let text = invocation[until] else {
                throw CommandError("cannot prompt for user input without a terminal; give the argument <until>")
            }
            let end = try time(text)
            let question = "Really pause Consumer \(stream.name) > \(name) until \(Humanized.time(end))"
            guard try invocation.confirm(question, unless: ConsumerCommand.force) else { return }
            let remaining = try await stream.pauseConsumer(name, until: end)
            guard remaining > .zero else {
                throw CommandError("consumer failed to pause, perhaps a time in the past was given")
            }
            invocation.console.print(
                "Paused \(stream.name) > \(name) until \(Humanized.time(end)) (\(rounded(remaining)))")
        }
    }

    @Sendable
    private static func resume(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[ConsumerCommand.stream], jetStream)
            let info = try await invocation.pickConsumer(invocation[ConsumerCommand.consumer], stream)
            guard info.isPaused else { throw CommandError("consumer is not paused") }
            let question = "Really resume Consumer \(stream.name) > \(info.name)"
            guard try invocation.confirm(question, unless: ConsumerCommand.force) else { return }
            try await stream.resumeConsumer(info.name)
            let end = (info.timestamp ?? .now).addingTimeInterval(Double(info.pauseRemaining.nanoseconds) / 1e9)
            invocation.console.print(
                "Consumer \(stream.name) > \(info.name) was resumed while previously paused until "
                    + Humanized.time(end))
        }
    }

    /// Whole seconds, as Go prints them.
    static func rounded(_ duration: Duration) -> String {
        let seconds = (duration.nanoseconds + 500_000_000) / 1_000_000_000
        return GoDuration.described(.seconds(seconds))
    }

    /// A time from now, or one of the clock in the local zone.
    static func time(_ text: String) throws -> Date {
        if let duration = try? CommandDuration.parse(text) {
            return Date.now.addingTimeInterval(Double(duration.nanoseconds) / 1e9)
        }
        if let date = Timestamp.parse(text) {
            return date
        }
        guard let date = Timestamp.parse(text.split(separator: " ").joined(separator: "T") + "Z") else {
            throw CommandError(
                "invalid time \(GoText.quoted(text)): use a duration such as 1h30m, or a time such as 2026-01-02 15:04:05"
            )
        }
        let offset = TimeZone.current.secondsFromGMT(for: date)
        return date.addingTimeInterval(-Double(offset))
    }
}
