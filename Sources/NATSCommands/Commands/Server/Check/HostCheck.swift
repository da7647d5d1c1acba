import GoFormats
import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats server check server`: what a server uses, and whether it demands what it should.
enum HostCheck {
    static let name = Flag.text("name", "The server's name")
    static let processorWarning = Flag.integer("cpu-warn", "Warn at so many percent of CPU", default: 0)
    static let processorCritical = Flag.integer("cpu-critical", "Critical at so many percent of CPU", default: 0)
    static let memoryWarning = Flag.integer("mem-warn", "Warn at so many bytes of memory", default: 0)
    static let memoryCritical = Flag.integer("mem-critical", "Critical at so many bytes of memory", default: 0)
    static let connectionsWarning = Flag.integer("conn-warn", "Warn at so many connections", default: 0)
    static let connectionsCritical = Flag.integer("conn-critical", "Critical at so many connections", default: 0)
    static let subscriptionsWarning = Flag.integer("subs-warn", "Warn at so many subscriptions", default: 0)
    static let subscriptionsCritical = Flag.integer("subs-critical", "Critical at so many subscriptions", default: 0)
    static let uptimeWarning = Flag.duration("uptime-warn", "Warn if the server started so lately")
    static let uptimeCritical = Flag.duration("uptime-critical", "Critical if the server started so lately")
    static let authentication = Flag.toggle("auth-required", "Clients must have to say who they are")
    static let encryption = Flag.toggle("tls-required", "Clients must have to use TLS")
    static let jetStream = Flag.toggle("js-required", "JetStream must be enabled")
    static let certificateWarning = Flag.duration("tls-cert-warn", "Warn if certificates expire so soon")
    static let certificateCritical = Flag.duration("tls-cert-crit", "Critical if certificates expire so soon")

    static let spec = CommandSpec(
        name: "server",
        help: "Checks a NATS Server health",
        longHelp: ServerCheckCommand.warnings,
        flags: [
            name.spec, processorWarning.spec, processorCritical.spec, memoryWarning.spec, memoryCritical.spec,
            connectionsWarning.spec, connectionsCritical.spec, subscriptionsWarning.spec, subscriptionsCritical.spec,
            uptimeWarning.spec, uptimeCritical.spec, authentication.spec, encryption.spec, jetStream.spec,
            certificateWarning.spec, certificateCritical.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard let name = invocation[name] else { throw UsageError.missingRequiredFlag(name: "name") }
        try await ServerCheckCommand.run(invocation, name: name, suite: "server", failure: "connection failed") {
            result, connection in
            var request = JSONDocument()
            request["server_name"] = name
            request["exact_match"] = true
            let server: JSONDocument
            do {
                let body = String(decoding: request.json.encoded(), as: UTF8.self)
                let answer = try await connection.request(
                    body, to: "$SYS.REQ.SERVER.PING.VARZ", timeout: invocation[GlobalFlags.timeout])
                server = try ServerAnswer(document: Invocation.document(of: answer)).content()
            } catch {
                result.critical("varz failed: \(error)")
                return
            }
            guard server.text("server_name") == name else {
                result.critical("result from wrong server \(GoText.quoted(server.text("server_name")))")
                return
            }
            checkDemands(server, &result, invocation)
            checkCertificates(server, &result, invocation)
            guard checkUptime(server, &result, invocation) else { return }
            checkUse(server, &result, invocation)
        }
    }

    private static func checkDemands(_ server: JSONDocument, _ result: inout CheckResult, _ invocation: Invocation) {
        if invocation[jetStream] {
            let isEnabled = (server.document("jetstream")["config"] as JSONDocument?) != nil
            isEnabled ? result.ok("JetStream enabled") : result.critical("JetStream not enabled")
        }
        if invocation[encryption] {
            server.isTrue("tls_required") ? result.ok("TLS required") : result.critical("TLS not required")
        }
        if invocation[authentication] {
            server.isTrue("auth_required")
                ? result.ok("Authentication required") : result.critical("Authentication not required")
        }
    }

    private static func checkCertificates(
        _ server: JSONDocument,
        _ result: inout CheckResult,
        _ invocation: Invocation
    ) {
        let (warning, critical) = (invocation[certificateWarning] ?? .zero, invocation[certificateCritical] ?? .zero)
        guard warning > .zero || critical > .zero else { return }
        let parts: [(String, JSONDocument)] =
            [("server", server)]
            + ["cluster", "gateway", "leaf", "mqtt", "websocket"].map {
                ($0 == "leaf" ? "leafnode" : $0, server.document($0))
            }
        let ends = parts.compactMap { name, part in (part["tls_cert_not_after"] as Date?).map { (name, $0) } }
        guard !ends.isEmpty else {
            result.critical("TLS certificate expiry thresholds configured but no TLS certificates found")
            return
        }
        for (name, end) in ends {
            let left = Int(end.timeIntervalSince((server["now"] as Date?) ?? .now))
            let time = Timestamp.text(end)
            let text =
                left <= 0
                ? "\(name) TLS certificate expired (expired_at=\(time))"
                : "\(name) TLS certificate expires in \(GoDuration.described(.seconds(left))) (expires_at=\(time))"
            if left <= 0 || critical > .zero && Double(left) <= critical.inSeconds {
                result.critical(text)
            } else if warning > .zero, Double(left) <= warning.inSeconds {
                result.warn(text)
            } else {
                result.ok(text)
            }
        }
    }

    /// - Returns: whether the thresholds can be used.
    private static func checkUptime(_ server: JSONDocument, _ result: inout CheckResult, _ invocation: Invocation)
        -> Bool
    {
        let (start, now): (Date?, Date?) = (server["start"], server["now"])
        let seconds = start.map { (now ?? .now).timeIntervalSince($0) } ?? 0
        let (warning, critical) = (invocation[uptimeWarning] ?? .zero, invocation[uptimeCritical] ?? .zero)
        if warning > .zero || critical > .zero {
            guard critical <= warning else {
                result.critical("Up invalid thresholds")
                return false
            }
            let text = "Up \(CommandDuration.humanized(.nanoseconds(Int64(seconds * 1e9))))"
            result.compare(
                seconds, warning: warning.inSeconds, critical: critical.inSeconds, isInverted: true, text)
        }
        result.measure(
            "uptime", seconds, warning: warning.inSeconds, critical: critical.inSeconds, unit: "s",
            "NATS Server uptime in seconds")
        return true
    }

    private static func checkUse(_ server: JSONDocument, _ result: inout CheckResult, _ invocation: Invocation) {
        let parts: [(name: String, title: String, unit: String, Flag<Int>, Flag<Int>, inverts: Bool, help: String)] = [
            ("cpu", "CPU", "%", processorWarning, processorCritical, false, "NATS Server CPU usage in percentage"),
            ("mem", "Memory", "", memoryWarning, memoryCritical, false, "NATS Server memory usage in bytes"),
            ("connections", "Connections", "", connectionsWarning, connectionsCritical, true, "Active connections"),
            (
                "subscriptions", "Subscriptions", "", subscriptionsWarning, subscriptionsCritical, true,
                "Active subscriptions"
            ),
        ]
        for part in parts {
            result.measure(
                part.name, server.number(part.name), warning: Double(invocation[part.3]),
                critical: Double(invocation[part.4]), unit: part.unit, part.help)
        }
        for part in parts {
            let (warning, critical) = (invocation[part.3], invocation[part.4])
            guard warning != 0 || critical != 0 else { continue }
            guard critical >= warning || part.inverts else {
                result.critical("\(part.title) invalid thresholds")
                continue
            }
            let value = server.number(part.name)
            result.compare(
                value, warning: Double(warning), critical: Double(critical), isInverted: critical < warning,
                "\(part.title) \(Humanized.fixed(value, 2))")
        }
    }
}
