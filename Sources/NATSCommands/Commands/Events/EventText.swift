import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An event of a server or of JetStream as people read it, laid out as natscli does.
struct EventText: Sendable {
    /// One line.
    let line: String
    /// A heading, and a line for each thing that the event tells.
    let text: String

    /// - Returns: `nil` for an event of an unknown kind.
    init?(_ event: JSONDocument) {
        let time: Date? = event["timestamp"]
        let clock = time.map { UTCTime.clock($0) } ?? ""
        let kind = event.text("type")
        guard let (title, compact, rows) = Self.parts(kind, event) else { return nil }
        line = "\(clock) \(compact)"
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { label, value in
            label.isEmpty ? value : String(repeating: " ", count: width - label.count + 3) + "\(label): \(value)"
        }
        text = (["", "[\(clock)] [\(event.text("id"))] \(title)", ""] + lines).joined(separator: "\n")
    }

    private typealias Parts = (title: String, line: String, rows: [(String, String)])

    private static func parts(_ kind: String, _ event: JSONDocument) -> Parts? {
        guard let name = kind.split(separator: ".").last.map(String.init), kind.hasPrefix("io.nats.") else {
            return nil
        }
        return kind.contains(".server.") ? server(name, event) : jetStream(name, event)
    }

    private static func server(_ name: String, _ event: JSONDocument) -> Parts? {
        let (client, server) = (event.document("client"), event.document("server"))
        let user = client.text("user").isEmpty ? "" : "user: \(client.text("user"))"
        let who = "\(user) cid: \(client.count("id")) in account \(client.text("acc"))"
        let place = rows([("Server", server.text("name")), ("Cluster", server.text("cluster"))])
        let (sent, received) = (event.document("sent"), event.document("received"))
        func amount(_ data: JSONDocument) -> String {
            "\(Humanized.count(data.count("msgs"))) messages (\(Humanized.bytes(data.count("bytes"))))"
        }
        switch name {
        case "client_connect":
            return ("Client Connection", "[Connection] \(who)", place + clientRows(client))
        case "client_disconnect":
            let reason = event.text("reason")
            return (
                "Client Disconnection", "[Disconnection] \(who): \(reason)",
                rows([("Reason", reason)]) + place + clientRows(client)
                    + rows([
                        ("RTT", CommandDuration.humanized(client["rtt", default: Duration.zero])),
                        ("Client Received", amount(received)), ("Client Published", amount(sent)),
                    ])
            )
        case "account_connections":
            let account = event.text("acc")
            let counts = (event.count("conns"), event.count("leafnodes"), event.count("slow_consumers"))
            return (
                "Account Status",
                "[Account] \(account) Server: \(server.text("name")) Connections: \(counts.0) Leaf Nodes: \(counts.1) "
                    + "Slow: \(counts.2) Sent: \(amount(sent)) Received: \(amount(received))",
                rows([("Account", account)]) + place
                    + rows([
                        ("Connections", String(counts.0)), ("Leaf Nodes", String(counts.1)),
                        ("Received", amount(received)), ("Published", amount(sent)),
                        ("Slow Consumers", String(counts.2)),
                    ])
            )
        default:
            return nil
        }
    }

    private static func jetStream(_ name: String, _ event: JSONDocument) -> Parts? {
        let (stream, consumer) = (event.text("stream"), event.text("consumer"))
        let both = "\(stream) > \(consumer)"
        let action = event.text("action").prefix(1).uppercased() + event.text("action").dropFirst()
        let deliveries = event.count("deliveries")
        let delivery = rows([
            ("Consumer", both), ("Stream Sequence", String(event.count("stream_seq"))),
            ("Deliveries", String(deliveries)), ("Reason", event.text("reason")), ("Domain", event.text("domain")),
        ])
        let message = "\(stream) (\(event.count("stream_seq"))) > \(consumer): \(deliveries) deliveries"
        let client = event.document("client")
        switch name {
        case "api_audit":
            let user = client.text("user").isEmpty ? "" : " \(client.text("user")) @"
            let account = client.text("acc").isEmpty ? "" : " \(client.text("acc"))"
            let request = event.text("request")
            return (
                "JetStream API Access", "[JS API] \(event.text("subject"))\(user)\(account)",
                rows([("Server", event.text("server")), ("Subject", event.text("subject"))]) + clientRows(client) + [
                    ("", ""), ("", "    Request:"), ("", ""),
                    ("", request.isEmpty ? "          Empty Request" : indented(request)), ("", ""),
                    ("", "    Response:"), ("", ""), ("", indented(event.text("response"))),
                ]
            )
        case "stream_action":
            return ("Stream \(action) Action", "[Stream \(action)] \(stream)", rows([("Stream", stream)]))
        case "consumer_action":
            return (
                "Consumer \(action) Action", "[Consumer \(action)] \(both)",
                rows([("Stream", stream), ("Consumer", consumer)])
            )
        case "max_deliver": return ("Delivery Attempts Exceeded", "[JS Max Deliveries] \(message)", delivery)
        case "nak": return ("Delivery NAKed", "[JS Delivery NAKed] \(message)", delivery)
        case "terminated":
            let reason = event.text("reason")
            return (
                "Delivery Terminated",
                "[JS Delivery Terminated] \(message)" + (reason.isEmpty ? "" : ": \(reason)"), delivery
            )
        case "consumer_ack":
            let delay = CommandDuration.humanized(event["ack_time", default: Duration.zero])
            let sequence = event.count("consumer_seq")
            return (
                "Acknowledgment Sample",
                "[JS Ack] \(stream) (\(event.count("stream_seq"))) > \(consumer) (\(sequence)): \(deliveries) "
                    + "deliveries in \(delay)",
                delivery + rows([("Consumer Sequence", String(sequence)), ("Delay", delay)])
            )
        case "snapshot_create", "snapshot_complete", "restore_create", "restore_complete":
            let words = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
            return (
                "Stream \(words[0]) \(words[1])d", "[\(words.joined(separator: " "))] \(stream)",
                rows([
                    ("Stream", stream),
                    ("Bytes", event.count("bytes") > 0 ? Humanized.bytes(event.count("bytes")) : ""),
                ]) + clientRows(client)
            )
        case "consumer_pause":
            let isPaused = event.isTrue("paused")
            let until = isPaused ? event.text("pause_until") : ""
            return (
                "Consumer Pause",
                "[Consumer Pause] Consumer: \(both) Paused: \(isPaused)" + (isPaused ? " until \(until)" : ""),
                rows([
                    ("Stream", stream), ("Consumer", consumer), ("Paused", isPaused ? "true" : "false"),
                    ("Until", until),
                    ("Domain", event.text("domain")),
                ])
            )
        case "stream_leader_elected", "consumer_leader_elected":
            let isStream = name.hasPrefix("stream")
            let peers = event.documents("replicas")
            let leader = event.text("leader")
            return (
                "\(isStream ? "Stream" : "Consumer") Leader Election",
                "[RAFT] \(isStream ? "Stream \(stream)" : "Consumer \(both)") elected \(leader) of \(peers.count) peers",
                rows([("Stream", stream), ("Consumer", consumer), ("Leader", leader)])
                    + peers.map { ("Replica", $0.text("name") + ($0.isTrue("current") ? "" : ", outdated")) }
            )
        default:
            return nil
        }
    }

    /// Those that have a value.
    private static func rows(_ rows: [(String, String)]) -> [(String, String)] {
        rows.filter { !$0.1.isEmpty }
    }

    private static func clientRows(_ client: JSONDocument) -> [(String, String)] {
        guard !client.members.isEmpty else { return [] }
        let language = client.text("lang").isEmpty ? "Unknown" : client.text("lang")
        return [("", ""), ("", "   Client:")]
            + rows([
                ("ID", String(client.count("id"))), ("User", client.text("user")), ("Name", client.text("name")),
                ("Account", client.text("acc")), ("Library Version", "\(client.text("ver"))  Language: \(language)"),
                ("Host", client.text("host")), ("Client Kind", client.text("kind")),
                ("Client Type", client.text("client_type")),
            ])
    }

    /// Every line behind ten blanks.
    static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String(repeating: " ", count: 10) + $0 }.joined(separator: "\n")
    }

    /// The event in the envelope that other systems take.
    static func cloudEvent(_ event: JSONDocument, subject: String) -> JSONValue {
        var envelope = JSONDocument()
        envelope["type"] = event.text("type")
        envelope["time"] = event.text("timestamp")
        envelope["id"] = event.text("id")
        envelope["source"] = "urn:nats:\(subject)"
        envelope["specversion"] = "1.0"
        envelope["subject"] = subject
        envelope["datacontenttype"] = "application/json"
        envelope["data"] = event
        return envelope.json
    }
}

/// Times of events, which are in UTC.
enum UTCTime {
    /// `15:04:05`
    static func clock(_ date: Date) -> String {
        let text = Timestamp.text(date)
        return text.split(separator: "T").last.map { String($0.prefix(8)) } ?? ""
    }
}
