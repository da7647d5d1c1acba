import NATSConfig
import NATSWire

/// What `/accountz` shows of an account's mappings, of what it offers to others and of what it takes from them.
struct AccountExchange {
    let account: Account
    /// What the configuration says about the account; nil where it says nothing.
    let options: AccountOptions?
    /// The options of all accounts, by name.
    let others: [String: AccountOptions]
    /// Nil where there is no system account.
    let systemAccount: String?
    /// Whether the server has JetStream, whose requests nats-server has as a service of the system account and shows so.
    let hasJetStream: Bool

    /// The members of the account's document; those that would be empty are left out.
    var members: [JSONValue.Member] {
        [("mappings", mappings), ("exports", .array(exports)), ("imports", .array(imports))].compactMap {
            $0.1 == .array([]) || $0.1 == .object([]) ? nil : .init($0.0, $0.1)
        }
    }

    private var mappings: JSONValue {
        let rules = account.mappingRules.sorted { $0.source < $1.source }
        return .object(
            rules.map { rule in
                let destinations = rule.destinations.map { limit, subject in
                    JSONValue.object([.init("subject", .string(subject)), .init("weight", .int(Int64(limit)))])
                }
                return .init(rule.source, .array(destinations))
            })
    }

    // MARK: Offered

    private var exports: [JSONValue] {
        let configured = options?.exports ?? []
        let services = configured.filter { $0.kind == .service }.map(describe)
        let streams = configured.filter { $0.kind == .stream }.map(describe)
        return (account.name == systemAccount ? systemExports : []) + services + streams
    }

    private func describe(_ export: ExportOptions) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("subject", .string(export.subject)), .init("type", .string(export.kind.rawValue)),
        ]
        if export.kind == .service {
            members.append(.init("response_type", .string(export.responseType.rawValue)))
            if let latency = export.latency { members.append(.init("service_latency", Self.describe(latency))) }
        }
        if let approved = export.accounts, !approved.isEmpty {
            members.append(.init("approved_accounts", .array(approved.map { .string($0) })))
        }
        return .object(members)
    }

    private static func describe(_ latency: ExportOptions.Latency) -> JSONValue {
        .object([
            .init("sampling", latency.sampling == 0 ? "headers" : .int(Int64(latency.sampling))),
            .init("results", .string(latency.subject)),
        ])
    }

    /// Services of the system account that are built in here; nats-server has them as exports and shows them so.
    private var systemExports: [JSONValue] {
        let always = [
            ("$SYS.REQ.ACCOUNT.*.CONNZ", "Streamed"), ("$SYS.REQ.ACCOUNT.*.STATZ", "Streamed"),
            ("$SYS.DEBUG.SUBSCRIBERS", "Singleton"), ("$SYS.REQ.USER.*.INFO", "Singleton"),
        ]
        return (hasJetStream ? always + [(Self.streamRequests, "Singleton")] : always).map { subject, kind in
            .object([
                .init("subject", .string(subject)), .init("type", "service"), .init("response_type", .string(kind)),
            ])
        }
    }

    private static let streamRequests = "$JS.API.>"

    // MARK: Taken

    private var imports: [JSONValue] {
        let configured = options?.imports ?? []
        let streams = configured.filter { $0.kind == .stream }.map { item in
            Self.taken(item.subject, from: item.account, as: item.localSubject, .stream, isShared: false)
        }
        let services = configured.filter { $0.kind == .service }.map { item in
            let local = item.to.isEmpty ? item.subject : item.to
            return Self.taken(
                item.subject, from: item.account, as: local, .service, isShared: item.share, latency: latency(of: item))
        }
        return streams + systemImports + services
    }

    /// The measurements of the service that `item` asks for.
    private func latency(of item: ImportOptions) -> ExportOptions.Latency? {
        others[item.account]?.exports.first { $0.kind == .service && $0.subject == item.subject }?.latency
    }

    private static func taken(
        _ subject: String,
        from account: String,
        as local: String,
        _ kind: ExportOptions.Kind,
        isShared: Bool,
        latency: ExportOptions.Latency? = nil
    ) -> JSONValue {
        var members: [JSONValue.Member] = [.init("subject", .string(subject)), .init("account", .string(account))]
        // An older name of the same.
        if kind == .service { members.append(.init("to", .string(local))) }
        members += [
            .init("local_subject", .string(local)), .init("type", .string(kind.rawValue)), .init("invalid", false),
            .init("share", .bool(isShared)), .init("tracking", false),
        ]
        if let latency { members.append(.init("latency", describe(latency))) }
        return .object(members)
    }

    private var systemImports: [JSONValue] {
        guard let systemAccount else { return [] }
        let taken = { (from: String, to: String, isShared: Bool) in
            Self.taken("$SYS.REQ.\(from)", from: systemAccount, as: "$SYS.REQ.\(to)", .service, isShared: isShared)
        }
        let name = account.name
        let user = taken("USER.\(name).INFO", "USER.INFO", true)
        guard name != systemAccount else { return [user] }
        return [
            taken("ACCOUNT.\(name).CONNZ", "ACCOUNT.PING.CONNZ", false),
            taken("ACCOUNT.\(name).CONNZ", "SERVER.PING.CONNZ", false),
            taken("ACCOUNT.\(name).STATZ", "ACCOUNT.PING.STATZ", false),
            user,
        ]
            + (hasJetStream
                ? [
                    Self.taken(
                        Self.streamRequests, from: systemAccount, as: Self.streamRequests, .service, isShared: true)
                ]
                : [])
    }
}
