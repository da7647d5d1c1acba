import GoFormats
import NATSClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// When a stream publishes a message that it is given, and where: the flags `--schedule-…` of `nats publish` (ADR-51).
struct PublishSchedule: Sendable {
    static let after = Flag.duration(
        "schedule-after", "Publish after so long; implies --jetstream", placeholder: "DURATION")
    static let at = Flag.text("schedule-at", "Publish at this RFC 3339 time; implies --jetstream", placeholder: "TIME")
    static let cron = Flag.text(
        "schedule-cron", "Publish by this cron expression; implies --jetstream", placeholder: "CRON")
    static let destination = Flag.text(
        "schedule-dest", "Subject that the stream publishes to; implies --jetstream", placeholder: "SUBJECT")
    static let every = Flag.duration(
        "schedule-every", "Publish again and again; implies --jetstream", placeholder: "DURATION")
    static let source = Flag.text(
        "schedule-source", "Publish the last message of this subject; implies --jetstream", placeholder: "SUBJECT")
    static let timeToLive = Flag.duration(
        "schedule-ttl", "How long what is published stays in the stream", placeholder: "DURATION")

    static let flags = [
        after.spec, at.spec, cron.spec, destination.spec, every.spec, source.spec, timeToLive.spec,
    ]

    private let destination: String
    private let pattern: String?
    private let source: String?
    private let timeToLive: Duration?

    /// Nil where no flag asks for one.
    ///
    /// - Throws: ``CommandError`` where the flags do not go together.
    init?(_ invocation: Invocation) throws(CommandError) {
        let (after, at, every) = (invocation[Self.after], invocation[Self.at], invocation[Self.every])
        let cron = invocation[Self.cron]
        source = invocation[Self.source]
        timeToLive = invocation[Self.timeToLive]
        let isAsked =
            after != nil || at != nil || every != nil || cron != nil || source != nil || timeToLive != nil
            || invocation[Self.destination] != nil
        guard isAsked else { return nil }
        guard let destination = invocation[Self.destination] else {
            throw CommandError(
                "schedule destination is required when setting schedule properties: give --schedule-dest")
        }
        self.destination = destination
        for (name, duration) in [("after", after), ("every", every)] {
            if let duration, duration <= .zero { throw CommandError("--schedule-\(name) must be greater than 0") }
        }
        if at != nil, after != nil {
            throw CommandError("--schedule-at and --schedule-after are mutually exclusive")
        }
        if every != nil, at != nil || after != nil {
            throw CommandError("--schedule-every may not be used with --schedule-at or --schedule-after")
        }
        if cron != nil, at != nil || after != nil || every != nil {
            throw CommandError(
                "--schedule-at, --schedule-every and --schedule-after may not be used with --schedule-cron")
        }
        if let at {
            guard let time = Timestamp.parse(at) else {
                throw CommandError(
                    "invalid time \(GoText.quoted(at)) for --schedule-at: use one such as 2026-01-02T15:04:05Z")
            }
            pattern = "@at \(Self.wholeSeconds(time))"
        } else if let after {
            pattern = "@at \(Self.wholeSeconds(.now.addingTimeInterval(Double(after.nanoseconds) / 1e9)))"
        } else {
            pattern = every.map { "@every \(GoDuration.described($0))" } ?? cron
        }
    }

    func add(to message: inout NATSMessage) {
        message.headers.add("Nats-Schedule-Target", destination)
        if let pattern { message.headers.add("Nats-Schedule", pattern) }
        if let timeToLive { message.headers.add("Nats-Schedule-TTL", GoDuration.described(timeToLive)) }
        if let source { message.headers.add("Nats-Schedule-Source", source) }
    }

    private static func wholeSeconds(_ time: Date) -> String {
        time.formatted(.iso8601)
    }
}
