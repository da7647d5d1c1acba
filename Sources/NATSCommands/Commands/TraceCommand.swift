import GoFormats
import NATSClient
import NATSWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats trace`: the way of a message through servers, as they report it (ADR-41).
enum TraceCommand {
    static let subject = Argument.required("subject", "The subject to publish to")
    static let payload = Argument.optional("payload", "Body of the message")
    static let deliver = Flag.toggle("deliver", "Deliver the message too")
    static let times = Flag.toggle("timestamp", short: "T", "Show when each step was")
    static let header = Flag.texts("header", short: "H", "Adds a header to the message", placeholder: "K:V")

    static let spec = CommandSpec(
        name: "trace",
        help: "Trace message delivery within a NATS network",
        arguments: [subject.spec, payload.spec],
        flags: [deliver.spec, times.spec, header.spec],
        run: run
    )

    /// How long to wait for more reports once one has come.
    private static let pause = Duration.milliseconds(250)

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let headers = try Dictionary(pairs: invocation[header], flag: "--header").sorted { $0.key < $1.key }
        let connection = try await invocation.connect()
        defer { connection.close() }
        let reports = try connection.subscribe(to: connection.newInbox())
        var message = NATSMessage(
            subject: invocation[subject], payload: ByteBuffer(string: invocation[payload] ?? ""))
        for (name, value) in headers {
            message.headers.add(name, value)
        }
        message.headers.add("Nats-Trace-Dest", reports.subject)
        if !invocation[deliver] { message.headers.add("Nats-Trace-Only", "true") }
        let how = invocation[deliver] ? "with delivery to the final destination" : ""
        invocation.console.print("Tracing message route to subject \(invocation[subject]) \(how)\n")
        try await connection.publish(message)
        var events: [JSONDocument] = []
        while events.isEmpty || events.count < expected(events) {
            let patience = events.isEmpty ? invocation[GlobalFlags.timeout] : pause
            do {
                guard let report = try await reports.next(timeout: patience) else { break }
                let event = try Invocation.document(of: report)
                if invocation[GlobalFlags.trace] { invocation.console.print(">>> \(report.text)") }
                events.append(event)
            } catch let error as NATSError where error.code == .timeout {
                guard !events.isEmpty else { throw error }
                break
            }
        }
        var route = TraceRoute(events, showsTimes: invocation[times])
        let lines = route.lines
        invocation.console.print(lines.joined(separator: "\n"))
        invocation.console.print(
            "\nLegend: Client: --C Router: --> Gateway: ==> Leafnode: ~~> JetStream: --J Error: --X\n")
        guard !route.egress.isEmpty else { return }
        var report = Report("Egress Count:")
        for (kind, count) in route.egress.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            report.add(kind, count)
        }
        invocation.print(report)
        if let streams = route.egress["JetStream"], streams > 1 {
            invocation.console.print("WARNING: The message was received by \(streams) streams")
        }
    }

    /// How many servers report: each hop to another one brings one more.
    private static func expected(_ events: [JSONDocument]) -> Int {
        1 + events.reduce(0) { $0 + $1.count("hops") }
    }
}

/// The reports of servers about one message, drawn as a tree.
private struct TraceRoute {
    private let events: [JSONDocument]
    private let showsTimes: Bool
    /// How many of each kind got the message.
    private(set) var egress: [String: Int] = [:]

    init(_ events: [JSONDocument], showsTimes: Bool) {
        self.events = events
        self.showsTimes = showsTimes
    }

    private static let kinds = [
        0: "Client", 1: "Router", 2: "Gateway", 3: "System", 4: "Leafnode", 5: "JetStream", 6: "Account",
    ]
    private static let arrows = [0: "--C", 1: "-->", 2: "==>", 4: "~~>", 5: "--J"]

    private static func kind(_ step: JSONDocument) -> Int {
        let kinds = kinds.map { ($0.value.lowercased(), $0.key) }
        guard let name: String = step["kind"] else { return step.count("kind") }
        return kinds.first { name.lowercased().hasPrefix($0.0.prefix(6)) }?.1 ?? 0
    }

    var lines: [String] {
        mutating get {
            // The first server got the message from a client, and no other server's hop led to it.
            guard let first = events.first(where: { Self.hop(of: $0).isEmpty }) ?? events.first else { return [] }
            let start: Date? = Self.steps(first, "in").first?["ts"]
            return draw(first, since: start ?? .now, depth: 0)
        }
    }

    private static func steps(_ event: JSONDocument, _ type: String) -> [JSONDocument] {
        event.documents("events").filter { $0.text("type") == type }
    }

    /// The path by which a message came to the server that reports.
    private static func hop(of event: JSONDocument) -> String {
        let header: [String: [String]] = event.document("request")["header", default: [:]]
        return header["Nats-Trace-Hop"]?.first ?? ""
    }

    private mutating func draw(_ event: JSONDocument, since start: Date, depth: Int) -> [String] {
        var lines: [String] = []
        let server = event.document("server")
        func add(_ text: String, _ step: JSONDocument) {
            let time: Date? = step["ts"]
            let seconds = time.map { $0.timeIntervalSince(start) } ?? 0
            let shown = seconds < 0 ? "Skew" : GoDuration.described(.microseconds(Int((seconds * 1e6).rounded())))
            lines.append((showsTimes ? "[\(shown)] " : "") + text)
        }
        func who(_ step: JSONDocument) -> String {
            let kind = Self.kind(step)
            let name = step.text("name").isEmpty ? "" : " \(GoText.quoted(step.text("name")))"
            let letter = ["c", "r", "g", "s", "l", "j", "a"][min(6, kind)]
            return "\(Self.kinds[kind] ?? "")\(name) \(letter)id:\(step.count("cid"))"
        }
        let ingress = Self.steps(event, "in").first
        if let ingress {
            let cluster = server.text("cluster").isEmpty ? "" : " cluster:\(GoText.quoted(server.text("cluster")))"
            add(
                "\(who(ingress))\(cluster) server:\(GoText.quoted(server.text("name"))) "
                    + "version:\(GoText.quoted(server.text("ver")))", ingress)
            if !ingress.text("error").isEmpty { add("--X Error: \(ingress.text("error"))", ingress) }
        }
        for step in Self.steps(event, "sm") { add("    Mapping subject:\(GoText.quoted(step.text("to")))", step) }
        for step in Self.steps(event, "si") {
            add(
                "    Service Import from:\(GoText.quoted(step.text("from"))) to:\(GoText.quoted(step.text("to"))) "
                    + "account:\(GoText.quoted(step.text("acc")))", step)
        }
        for step in Self.steps(event, "se") {
            add(
                "    Stream Export subject:\(GoText.quoted(step.text("to"))) account:\(GoText.quoted(step.text("acc")))",
                step)
        }
        let stored = Self.steps(event, "js")
        for step in stored {
            egress["JetStream", default: 0] += 1
            add(
                "--J JetStream action:\(step.isTrue("nointerest") ? "\"no interest\"" : "\"stored\"") "
                    + "stream:\(GoText.quoted(step.text("stream"))) subject:\(GoText.quoted(step.text("subject")))",
                step)
            if !step.text("error").isEmpty { add("--X Error: \(step.text("error"))", step) }
        }
        let exits = Self.steps(event, "eg")
        if exits.isEmpty, ingress.map({ Self.kind($0) == 0 && $0.text("error").isEmpty }) ?? false {
            lines.append("--X No active interest")
        }
        for step in exits {
            egress[Self.kinds[Self.kind(step)] ?? "", default: 0] += 1
            var parts = [Self.arrows[Self.kind(step)] ?? "", who(step)]
            for (label, key) in [("account", "acc"), ("subject", "sub"), ("queue", "queue")] {
                if !step.text(key).isEmpty { parts.append("\(label):\(GoText.quoted(step.text(key)))") }
            }
            add(parts.joined(separator: " "), step)
            if !step.text("error").isEmpty { add("  --X Error: \(step.text("error"))", step) }
            let hop = step.text("hop")
            if !hop.isEmpty, let next = events.first(where: { Self.hop(of: $0) == hop }) {
                lines += draw(next, since: step["ts"] ?? start, depth: depth + 1)
            }
        }
        return depth == 0 ? lines : lines.map { String(repeating: " ", count: 4) + $0 }
    }
}
