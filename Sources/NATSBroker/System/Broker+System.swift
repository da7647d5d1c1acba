import JetStream
import NATSWire
import NIOCore
import Synchronization

/// What the server itself says and answers inside the accounts.
struct SystemState {
    /// The server as a client, by account.
    var clients: [String: Connection] = [:]
    /// What the server answers itself, by account.
    var services: [String: [Subscription]] = [:]
    /// Counts what was sent with a description of the server.
    var sequence: Int64 = 0
    /// The running heartbeats of accounts' connection counts.
    var heartbeats: [String: Scheduled<Void>] = [:]
    /// The running heartbeat of statistics.
    var statistics: Scheduled<Void>?
    /// Reads the configuration anew and takes it over; returns why that was not possible. Set by whoever knows the file.
    var reload: (@Sendable () async -> String?)?
    var isStopped = false
}

extension Broker {
    /// The system account, unless the server was told to have none.
    var systemAccount: Account? {
        guard settings.hasSystemAccount else { return nil }
        return account(named: settings.systemAccount)
    }

    /// The server as a client of `account`.
    func client(inside account: Account) -> Connection {
        let settings = settings
        return system.withLock { state in
            if let client = state.clients[account.name] { return client }
            let client = Connection(
                inside: account, of: self, id: UInt64(state.clients.count + 1), settings: settings,
                mailbox: anyMailbox())
            state.clients[account.name] = client
            return client
        }
    }

    /// Who speaks, as every event and every answer of a service names it.
    func serverDescription() -> JSONValue {
        let settings = settings
        let sequence = system.withLock { state in
            state.sequence += 1
            return state.sequence
        }
        var members: [JSONValue.Member] = [
            .init("name", .string(serverName)),
            .init("host", .string(settings.host ?? "0.0.0.0")),
            .init("id", .string(serverID)),
        ]
        let hasStreams = jetStream.withLock { $0 != nil }
        if hasStreams, let domain = settings.jetStream?.streams.domain, !domain.isEmpty {
            members.append(.init("domain", .string(domain)))
        }
        members.append(.init("ver", .string(BrokerSettings.natsVersion)))
        if !settings.serverTags.isEmpty {
            members.append(.init("tags", .array(settings.serverTags.map { .string($0) })))
        }
        if !settings.serverMetadata.isEmpty { members.append(.init("metadata", settings.metadataDocument)) }
        members += [
            .init("feature_flags", settings.featureFlagsDocument),
            .init("jetstream", .bool(hasStreams)),
            .init("flags", hasStreams ? 7 : 0),
            .init("seq", .int(sequence)),
            .init("time", .string(WallClock.now().rfc3339)),
        ]
        return .object(members)
    }

    /// Publishes a document in the system account, or in another one.
    func announce(_ document: JSONValue, on subject: String, in account: Account? = nil) {
        guard let account = account ?? systemAccount else { return }
        client(inside: account).publish(document.encoded(), to: Array(subject.utf8))
    }

    /// Whether anybody listens to `subject` in the system account, or in another one, or reads of it in the log. Events that
    /// nobody wants are not put together.
    func isWanted(_ subject: String, in account: Account? = nil) -> Bool {
        guard settings.hasSystemAccount, let account = account ?? systemAccount else { return false }
        if log.tracesServer { return true }
        var bytes = Array(subject.utf8)
        return bytes.withUnsafeMutableBytes { buffer in
            let match = account.match(UnsafeRawBufferPointer(buffer))
            return match.plain.contains { $0.handler == nil } || !match.groups.isEmpty || !match.services.isEmpty
        }
    }

    /// What the server itself subscribes to, as monitoring shows it.
    var ownSubscriptions: [ConnectionSnapshot.SubscriptionDetail] {
        let (services, clients) = system.withLock { ($0.services, $0.clients) }
        let imports = accounts.flatMap { account in
            // nats-server asks for the services that an account imports by subscriptions of its own.
            account.serviceImports.enumerated().map { index, service in
                ConnectionSnapshot.SubscriptionDetail(
                    account: account.name, place: account.name, subject: String(decoding: service.from, as: UTF8.self),
                    queue: nil, sid: "\(index + 1)", messages: 0, limit: 0,
                    connection: clients[account.name]?.id ?? 0)
            }
        }
        return imports
            + services.keys.sorted().flatMap { name in
                services[name, default: []].map { service in
                    ConnectionSnapshot.SubscriptionDetail(
                        account: name, place: name, subject: String(decoding: service.subject, as: UTF8.self),
                        queue: nil,
                        sid: String(decoding: service.sid, as: UTF8.self), messages: 0, limit: 0,
                        connection: service.owner.id)
                }
            }
    }

    /// Takes the services of an account back that is no more.
    func removeServices(from account: Account) {
        let services = system.withLock { state in
            state.heartbeats.removeValue(forKey: account.name)?.cancel()
            if state.clients.removeValue(forKey: account.name) != nil {
                log.debug("ACCOUNT - Account connection closed: Internal Client")
            }
            return state.services.removeValue(forKey: account.name) ?? []
        }
        for service in services { account.remove(service) }
    }

    /// Takes the services back and forgets the clients inside accounts, which hold the broker.
    func stopSystem() {
        requests.stop()
        let (services, timers) = system.withLock { state in
            defer { state = SystemState(isStopped: true) }
            return (
                state.services.values.joined(), Array(state.heartbeats.values) + [state.statistics].compactMap { $0 }
            )
        }
        for timer in timers { timer.cancel() }
        for service in services { service.account.remove(service) }
    }
}
