import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats server info`: what one server says about itself.
enum ServerInfoCommand {
    static let server = Argument.optional("server", "Name or ID of the server")

    static let spec = CommandSpec(
        name: "info",
        aliases: ["i"],
        help: "Show information about a single server",
        arguments: [server.spec],
        run: { invocation in try await show(invocation[server] ?? "", invocation) }
    )

    static func show(_ id: String, _ invocation: Invocation) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        let data = try await variables(id, connection, invocation)
        invocation.print(report(data))
    }

    /// What a server's `varz` says.
    private static func variables(_ id: String, _ connection: NATSConnection, _ invocation: Invocation) async throws
        -> JSONDocument
    {
        let isID = id.count == 56 && id.uppercased() == id
        var request = JSONDocument()
        if !isID {
            request["server_name"] = id.isEmpty ? nil : id
            request["exact_match"] = true
        }
        do {
            let body = String(decoding: request.json.encoded(), as: UTF8.self)
            let subject = isID ? "$SYS.REQ.SERVER.\(id).VARZ" : "$SYS.REQ.SERVER.PING.VARZ"
            guard let (answer, _) = try await invocation.answers(connection, to: subject, body, .count(1)).first else {
                throw CommandError(Invocation.noSystemAnswers)
            }
            return try ServerAnswer(document: Invocation.document(of: answer)).content()
        } catch let error as NATSError where error.code == .noResponders {
            throw CommandError(Invocation.noSystemAnswers)
        }
    }

    private static func report(_ server: JSONDocument) -> Report {
        let (id, name) = (server.text("server_id"), server.text("server_name"))
        var report = Report("Server information for " + (id == name ? id : "\(name) (\(id))"))
        addProcess(server, to: &report)
        addConnection(server, to: &report)
        addJetStream(server.document("jetstream"), to: &report)
        addLimits(server, to: &report)
        addStatistics(server, to: &report)
        addClusters(server, to: &report)
        return report
    }

    private static func addProcess(_ server: JSONDocument, to report: inout Report) {
        report.section("Process Details")
        report.add("Version", server.text("version"))
        report.add("Git Commit", server.text("git_commit"))
        report.add("Go Version", server.text("go"))
        report.add("Start Time", Humanized.time(server["start"] as Date?))
        report.add("Configuration Load Time", Humanized.time(server["config_load_time"] as Date?))
        report.add("Configuration Digest", ifAny: server.text("config_digest"))
        report.add("Uptime", server.text("uptime"))
    }

    private static func addConnection(_ server: JSONDocument, to report: inout Report) {
        report.section("Connection Details")
        report.add("Auth Required", server.isTrue("auth_required"))
        report.add("TLS Required", server.isTrue("tls_required"))
        let (host, address) = ("\(server.text("host")):\(server.count("port"))", server.text("ip"))
        report.add("Host", address.isEmpty ? host : "\(host) (\(address))")
        report.add("Client URLs", each: server.texts("connect_urls"))
        report.add("WebSocket URLs", each: server.texts("ws_connect_urls"))
    }

    private static func addJetStream(_ jetStream: JSONDocument, to report: inout Report) {
        let configuration = jetStream.document("config")
        guard !configuration.text("store_dir").isEmpty else { return }
        let statistics = jetStream.document("stats")
        let api = statistics.document("api")
        report.section("JetStream")
        report.add("Domain", configuration.text("domain"))
        report.add("API Support Level", api.count("level"))
        report.add("Storage Directory", configuration.text("store_dir"))
        report.add("Active Accounts", statistics.count("accounts"))
        report.add("Memory In Use", Humanized.bytes(statistics.count("memory")))
        report.add("File In Use", Humanized.bytes(statistics.count("storage")))
        report.add("API Requests", api.count("total"))
        report.add("API Errors", api.count("errors"))
        let interval: Duration = configuration["sync_interval", default: .zero]
        if interval > .zero {
            report.add("Always sync writes to disk", configuration.isTrue("sync_always"))
            report.add("Write sync Frequency", interval)
        }
        report.add("Maximum Memory Storage", Humanized.bytes(configuration.count("max_memory")))
        report.add("Maximum File Storage", Humanized.bytes(configuration.count("max_storage")))
        report.add("Unique Tag", ifAny: configuration.text("unique_tag"))
        report.add("Cluster Message Compression", configuration.isTrue("compress_ok"))
        if let limits = jetStream["limits"] as JSONDocument? { addAPILimits(limits, to: &report) }
        report.add("Strict API Parsing", configuration.isTrue("strict"))
    }

    private static func addAPILimits(_ limits: JSONDocument, to report: inout Report) {
        func orUnlimited(_ key: String) -> String {
            limits.count(key) == 0 ? "unlimited" : Humanized.count(limits.count(key))
        }
        report.add("Maximum HA Assets", orUnlimited("max_ha_assets"))
        report.add("Maximum Ack Pending", orUnlimited("max_ack_pending"))
        report.add("Maximum Request Batch", orUnlimited("max_request_batch"))
        let window: Duration = limits["duplicate_window", default: .zero]
        report.add("Maximum Duplicate Window", window == .zero ? "unlimited" : CommandDuration.humanized(window))
        report.add("Maximum Messages Per Batch", limits.count("max_request_batch"))
        report.add("Maximum Batch Timeout", limits["max_batch_timeout", default: Duration.zero])
        report.add("Maximum Open Batches Per Stream", limits.count("max_batch_inflight_per_stream"))
        report.add("Maximum Open Batches Per Server", limits.count("max_batch_inflight_total"))
    }

    private static func addLimits(_ server: JSONDocument, to report: inout Report) {
        report.section("Limits")
        report.add("Maximum Connections", server.count("max_connections"))
        report.add("Maximum Subscriptions", server.count("max_subscriptions"))
        report.add("Maximum Payload", Humanized.bytes(server.count("max_payload")))
        report.add("TLS Timeout", Duration.seconds(Int(server.number("tls_timeout"))))
        report.add("Write Deadline", server["write_deadline", default: Duration.zero])
    }

    private static func addStatistics(_ server: JSONDocument, to report: inout Report) {
        report.section("Statistics")
        report.add("CPU Cores", "\(server.count("cores")) \(Humanized.fixed(server.number("cpu"), 2))%")
        if server.count("gomaxprocs") > 0 { report.add("GOMAXPROCS", String(server.count("gomaxprocs"))) }
        report.add("Memory", Humanized.bytes(server.count("mem")))
        if server.count("gomemlimit") > 0 { report.add("GOMEMLIMIT", server.count("gomemlimit")) }
        report.add("Connections", server.count("connections"))
        report.add("Subscriptions", server.count("subscriptions"))
        let messages = (Humanized.count(server.count("in_msgs")), Humanized.count(server.count("out_msgs")))
        report.add("Messages", "\(messages.0) in \(messages.1) out")
        let bytes = (Humanized.bytes(server.count("in_bytes")), Humanized.bytes(server.count("out_bytes")))
        report.add("Bytes", "\(bytes.0) in \(bytes.1) out")
        report.add("Slow Consumers", server.count("slow_consumers"))
    }

    private static func addClusters(_ server: JSONDocument, to report: inout Report) {
        let cluster = server.document("cluster")
        if !cluster.texts("urls").isEmpty {
            report.section("Cluster")
            report.add("Name", cluster.text("name"))
            report.add("Tags", ifAny: server.texts("tags").joined(separator: ", "))
            report.add("Host", "\(cluster.text("addr")):\(cluster.count("cluster_port"))")
            report.add("URLs", each: cluster.texts("urls"))
        }
        let gateway = server.document("gateway")
        if !gateway.documents("gateways").isEmpty {
            report.section("Super Cluster")
            report.add("Name", gateway.text("name"))
            report.add("Host", "\(gateway.text("host")):\(gateway.count("port"))")
            report.add("Clusters", each: gateway.documents("gateways").map { $0.text("name") }.sorted())
        }
    }
}
