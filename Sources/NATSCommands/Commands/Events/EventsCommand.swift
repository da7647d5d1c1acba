import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats events`: what servers and JetStream tell about what happens.
enum EventsCommand {
    static let all = Flag.toggle("all", short: "a", "Show all events")
    static let json = Flag.toggle("json", short: "j", "Print the events' documents")
    static let cloudEvent = Flag.toggle("cloudevent", "Print CloudEvents v1 documents")
    static let short = Flag.toggle("short", "One line for each event")
    static let filter = Flag.text("filter", "Only events that match a regular expression", default: ".")
    static let metrics = Flag.toggle("js-metric", "Show JetStream's metrics")
    static let advisories = Flag.toggle("js-advisory", "Show JetStream's advisories")
    static let serverAdvisories = Flag.toggle(
        "srv-advisory", "Show the servers' advisories", isNegatable: true, default: true)
    static let subjects = Flag.texts("subjects", "Show events that come on these subjects", placeholder: "SUBJECTS")
    static let stream = Flag.text("stream", "Show the events in a stream")
    static let since = Flag.duration("since", "Begin so long ago in the stream", placeholder: "DURATION")

    static let spec = CommandSpec(
        name: "events",
        aliases: ["event", "e"],
        help: "Show advisories and events",
        flags: [
            all.spec, json.spec, cloudEvent.spec, short.spec, filter.spec, metrics.spec, advisories.spec,
            serverAdvisories.spec, subjects.spec, stream.spec, since.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let selects =
            invocation[all] || invocation[advisories] || invocation[metrics] || !invocation[subjects].isEmpty
        guard selects || invocation[serverAdvisories] || invocation[stream] != nil else {
            throw CommandError("no events were chosen")
        }
        guard !selects || invocation[stream] == nil else {
            throw CommandError("cannot specify both Stream and specific advisories or extra subjects")
        }
        let pattern = try CheckPattern.regex(invocation[filter].uppercased())
        // A pattern is no value that tasks can share.
        nonisolated(unsafe) let regex = pattern
        let connection = try await invocation.connect()
        defer { connection.close() }
        let show: @Sendable (String, String) -> Void = { subject, text in
            guard text.uppercased().contains(regex) else { return }
            Self.show(text, from: subject, invocation)
        }
        if let name = invocation[stream] {
            try await follow(name, connection, invocation, show)
            return
        }
        var subscriptions: [NATSSubscription] = []
        for (subject, what) in sources(try invocation.settings(), invocation) {
            if !isJSON(invocation) { invocation.console.print("Listening for \(what) on \(subject)") }
            subscriptions.append(try connection.subscribe(to: subject))
        }
        try await connection.flush()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for subscription in subscriptions {
                group.addTask {
                    for try await message in subscription {
                        show(message.subject, message.text)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func isJSON(_ invocation: Invocation) -> Bool { invocation[json] || invocation[cloudEvent] }

    /// The subjects to listen on, and what comes there.
    private static func sources(_ settings: ContextSettings, _ invocation: Invocation) -> [(String, String)] {
        let prefix = settings.jetstreamEventPrefix
        func event(_ kind: String) -> String { prefix.isEmpty ? "$JS.EVENT.\(kind).>" : "\(prefix).\(kind).>" }
        var sources: [(String, String)] = []
        if invocation[advisories] || invocation[all] { sources.append((event("ADVISORY"), "Advisories")) }
        if invocation[metrics] || invocation[all] { sources.append((event("METRIC"), "Metrics")) }
        if invocation[serverAdvisories] || invocation[all] {
            sources += [
                ("$SYS.ACCOUNT.*.CONNECT", "Client Connection events"),
                ("$SYS.ACCOUNT.*.DISCONNECT", "Client Disconnection events"),
                ("$SYS.SERVER.*.CLIENT.AUTH.ERR", "Authentication Errors events"),
            ]
        }
        return sources + invocation[subjects].map { ($0, "advisories") }
    }

    private static func follow(
        _ name: String,
        _ connection: NATSConnection,
        _ invocation: Invocation,
        _ show: @Sendable (String, String) -> Void
    ) async throws {
        var options = OrderedOptions()
        var heading = "Listening for Events in stream \(name)"
        if let age = invocation[since], age > .zero {
            let start = Date.now.addingTimeInterval(-age.inSeconds)
            options.deliverPolicy = .startTime(start)
            heading += " since \(Humanized.time(start))"
        }
        if !isJSON(invocation) { invocation.console.print(heading) }
        let stream = try await invocation.jetStream(over: connection).stream(name)
        for try await message in stream.orderedMessages(options) {
            show(message.subject, message.text)
        }
    }

    private static func show(_ text: String, from subject: String, _ invocation: Invocation) {
        let console = invocation.console
        guard !invocation[json] || invocation[cloudEvent] else {
            console.print(text)
            return
        }
        guard let value = try? JSONValue(parsing: Array(text.utf8)), let document = JSONDocument(json: value) else {
            console.print("Event error: parsing failed: it is no JSON object\n")
            console.print(EventText.indented(text))
            return
        }
        if invocation[cloudEvent] {
            invocation.print(json: EventText.cloudEvent(document, subject: subject))
            return
        }
        guard let event = EventText(document) else {
            console.print("Event error: unknown event schema on subject \(subject)\n")
            console.print(EventText.indented(text))
            return
        }
        console.print((invocation[short] ? event.line : event.text) + "\n")
    }
}
