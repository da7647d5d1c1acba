import GoFormats
import NATSClient
import NATSWire
import NIOCore

/// `nats account`: what the connection and its account may do.
enum AccountCommand {
    static let spec = CommandSpec(
        name: "account",
        aliases: ["a"],
        help: "Account information and status",
        subcommands: [
            CommandSpec(name: "info", aliases: ["nfo"], help: "Account information", run: showInfo),
            AccountReportCommand.spec, AccountBackupCommand.spec, AccountBackupCommand.restoreSpec,
            .notBuilt("tls", "Show the certificates of the server", instead: "use openssl s_client -showcerts"),
        ]
    )

    @Sendable
    private static func showInfo(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let connection = jetStream.connection
            var report = Report("Account Information")
            let user = await user(of: connection)
            addUser(user, to: &report)
            try await addConnection(connection, to: &report)
            addPermissions(user, to: &report)
            switch await usage(of: jetStream) {
            case .success(let account):
                addUsage(account, connection, to: &report)
            case .failure(let error):
                report.line()
                report.line(reason(error))
            }
            invocation.console.print(bytes: Array(report.text.utf8))
        }
    }

    private static func usage(of jetStream: JetStream) async -> Result<AccountInfo, JetStreamError> {
        do {
            return .success(try await jetStream.accountInfo())
        } catch {
            return .failure(error)
        }
    }

    /// Why nothing is known about the account's streams.
    private static func reason(_ error: JetStreamError) -> String {
        if error.code == .notEnabled { return "  JetStream is not supported in this account" }
        if error.connectionError?.code == .timeout { return "  No response from JetStream server" }
        return "  Could not obtain account information:  \(error)"
    }

    /// What the server says about the user, if it answers.
    private static func user(of connection: NATSConnection) async -> JSONValue? {
        guard let answer = try? await connection.request("", to: "$SYS.REQ.USER.INFO", timeout: .seconds(1)) else {
            return nil
        }
        return (try? JSONValue(parsing: Array(answer.payload.readableBytesView)))?["data"]
    }

    private static func addUser(_ user: JSONValue?, to report: inout Report) {
        guard let user else { return }
        report.add("User", user.text("user"))
        report.add("Account", user.text("account"))
        if case .int(let seconds)? = user["expires"], seconds > 0 {
            report.add("Expires", .nanoseconds(seconds))
        } else {
            report.add("Expires", "never")
        }
    }

    private static func addConnection(_ connection: NATSConnection, to report: inout Report) async throws {
        guard let info = connection.serverInfo, let server = connection.connectedServer else { return }
        report.add("Client ID", info.clientID.map { String($0) } ?? "0")
        report.add("Client IP", info.clientIP ?? "")
        report.add("RTT", try await connection.roundTripTime())
        report.add("Headers Supported", info.supportsHeaders)
        report.add("Maximum Payload", Humanized.bytes(info.maximumPayload))
        report.add("Connected Cluster", ifAny: info.cluster)
        report.add("Connected URL", server.description)
        report.add("Connected Address", server.hostAndPort)
        report.add("Connected Server ID", info.serverID)
        report.add("Connected Server Version", info.version)
        if info.serverID != info.serverName { report.add("Connected Server Name", info.serverName) }
        let isSecure = server.usesTLS || info.requiresTLS
        report.add("TLS Connection", isSecure ? "yes" : "no")
    }

    private static func addPermissions(_ user: JSONValue?, to report: inout Report) {
        guard let permissions = user?["permissions"] else { return }
        report.section("Connection Permissions")
        for (title, key) in [("Publish:", "publish"), ("Subscribe:", "subscribe")] {
            let (allowed, denied) = (permissions[key]?.texts("allow") ?? [], permissions[key]?.texts("deny") ?? [])
            if !allowed.isEmpty || !denied.isEmpty {
                report.indent(2)
                report.line(title)
                report.add("Allow", each: allowed.sorted())
                if !denied.isEmpty {
                    report.line()
                    report.add("Deny", each: denied.sorted())
                }
                report.indent(0)
            }
            report.line()
        }
    }

    private static func addUsage(_ account: AccountInfo, _ connection: NATSConnection, to report: inout Report) {
        report.section("JetStream Account Information" + (account.domain.map { " for domain \($0)" } ?? ""))
        let usage = account.usage
        report.section("Account Usage")
        report.add("Domain", ifAny: account.domain)
        report.add("Storage", Humanized.bytes(usage.storage))
        report.add("Memory", Humanized.bytes(usage.memory))
        report.add("Streams", usage.streams)
        report.add("Consumers", usage.consumers)
        report.section("Account Limits")
        report.add("Max Message Payload", Humanized.bytes(connection.serverInfo?.maximumPayload ?? 0))
        let tiers = account.tiers.isEmpty ? ["Default": usage] : account.tiers
        for (name, tier) in tiers.sorted(by: { $0.key < $1.key }) {
            add(tier, name, to: &report)
        }
    }

    private static func add(_ tier: AccountInfo.Usage, _ name: String, to report: inout Report) {
        let limits = tier.limits
        func unlimited(_ limit: Int, _ text: (Int) -> String) -> String { limit < 0 ? "Unlimited" : text(limit) }
        func reserved(_ bytes: Int) -> String { bytes > 0 ? "(\(Humanized.bytes(bytes)) reserved)" : "" }
        func orUnlimited(_ limit: Int, _ text: (Int) -> String) -> String { limit <= 0 ? "Unlimited" : text(limit) }
        report.indent(2)
        report.section("Tier: \(name)")
        report.indent(6)
        report.section("Configuration Requirements")
        report.add("Stream Requires Max Bytes Set", limits.requiresMaximumBytes)
        report.add("Consumer Maximum Ack Pending", orUnlimited(limits.maximumAckPending, Humanized.count))
        report.section("Stream Resource Usage Limits")
        report.add(
            "Memory",
            "\(Humanized.bytes(tier.memory)) of \(unlimited(limits.maximumMemory, Humanized.bytes)) "
                + reserved(tier.reservedMemory))
        report.add("Memory Per Stream", orUnlimited(limits.maximumMemoryPerStream, Humanized.bytes))
        report.add(
            "Storage",
            "\(Humanized.bytes(tier.storage)) of \(unlimited(limits.maximumStorage, Humanized.bytes)) "
                + reserved(tier.reservedStorage))
        report.add("Storage Per Stream", orUnlimited(limits.maximumStoragePerStream, Humanized.bytes))
        report.add(
            "Streams", "\(Humanized.count(tier.streams)) of \(unlimited(limits.maximumStreams, Humanized.count))")
        report.add(
            "Consumers",
            unlimited(limits.maximumConsumers) { "Maximum \(Humanized.count($0)) per stream" })
        report.indent(0)
    }
}

extension JSONValue {
    fileprivate func text(_ key: String) -> String {
        guard case .string(let text)? = self[key] else { return "" }
        return text
    }

    fileprivate func texts(_ key: String) -> [String] {
        guard case .array(let values)? = self[key] else { return [] }
        return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}
