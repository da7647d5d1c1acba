import JetStream
import NATSConfig
import NATSWire
import NIOCore
import Synchronization

/// JetStream as monitoring sees it at one moment.
struct JetStreamReport: Sendable {
    var setup: JetStreamSetup
    /// By name.
    var accounts: [AccountReport]
    /// Streams that are stored and could not be recovered, by account.
    var unrecovered: [String: [String]] = [:]

    func sum<Value: AdditiveArithmetic>(_ path: KeyPath<AccountReport, Value>) -> Value {
        accounts.reduce(.zero) { $0 + $1[keyPath: path] }
    }

    /// The members that every document about the whole begins with.
    var statistics: [JSONValue.Member] {
        Self.statistics(
            memory: sum(\.memory), storage: sum(\.storage),
            reserved: (UInt64(clamping: sum(\.reservedMemory)), UInt64(clamping: sum(\.reservedStorage))),
            accounts: accounts.count, requests: sum(\.requests), failures: sum(\.failures),
            level: JetStreamSettings.level)
    }

    static func statistics(
        memory: Int64,
        storage: Int64,
        reserved: (memory: UInt64, storage: UInt64),
        accounts: Int,
        requests: UInt64,
        failures: UInt64,
        level: Int
    ) -> [JSONValue.Member] {
        [
            .init("memory", .int(memory)),
            .init("storage", .int(storage)),
            .init("reserved_memory", .unsigned(reserved.memory)),
            .init("reserved_storage", .unsigned(reserved.storage)),
            .init("accounts", .int(Int64(accounts))),
            .init("ha_assets", 0),
            .init(
                "api",
                .object([
                    .init("level", .int(Int64(level))),
                    .init("total", .int(Int64(clamping: requests))),
                    .init("errors", .int(Int64(clamping: failures))),
                ])),
        ]
    }
}

extension Broker {
    /// JetStream as it is now; nil where it is off.
    func jetStreamReport(
        on loop: any EventLoop,
        _ options: ReportOptions = ReportOptions()
    ) -> EventLoopFuture<JetStreamReport?> {
        guard let engine = jetStream.withLock({ $0 }) else { return loop.makeSucceededFuture(nil) }
        let setup = engine.setup
        let futures = engine.workers.map { worker in
            worker.submit { ($0.report(options), worker.unrecovered) }
        }
        return EventLoopFuture.whenAllSucceed(futures, on: loop).map { reports in
            var report = JetStreamReport(setup: setup, accounts: [])
            for case let (account, unrecovered)? in reports {
                report.accounts.append(account)
                if !unrecovered.isEmpty { report.unrecovered[account.name] = unrecovered }
            }
            return report
        }
    }
}

/// `/jsz`: streams and their consumers.
struct JszDocument {
    private(set) var report = ReportOptions()
    private var account = ""
    private var showsAccounts = false
    private var offset = 0
    private var limit = 0
    private var isForLeaders = false
    private var showsLeaders = false

    init(_ query: MonitoringQuery) throws(MonitoringQuery.Failure) {
        showsAccounts = try query.bool("accounts")
        report.showsStreams = try query.bool("streams")
        report.showsConsumers = try query.bool("consumers")
        _ = try query.bool("direct-consumers")
        report.showsConfigurations = try query.bool("config")
        offset = try query.int("offset")
        limit = try query.int("limit")
        isForLeaders = try query.bool("leader-only")
        showsLeaders = try query.bool("raft")
        _ = try query.bool("stream-leader-only")
        account = query["acc"]
        complete()
    }

    /// Reads the options of a request to the system account's service.
    init(_ options: ServiceOptions) throws(ServiceOptions.Failure) {
        account = try options.string("account")
        showsAccounts = try options.bool("accounts")
        report.showsStreams = try options.bool("streams")
        report.showsConsumers = try options.bool("consumer")
        report.showsConfigurations = try options.bool("config")
        isForLeaders = try options.bool("leader_only")
        showsLeaders = try options.bool("raft")
        offset = try options.int("offset")
        limit = try options.int("limit")
        complete()
    }

    private mutating func complete() {
        if limit == 0 { limit = 1_024 }
        if report.showsConsumers { report.showsStreams = true }
        if report.showsStreams && account.isEmpty { showsAccounts = true }
    }

    /// - Returns: nil where only leaders answer, and there is nothing to lead.
    func document(_ broker: Broker, _ streams: JetStreamReport?) -> JSONValue? {
        guard let streams else { return isForLeaders ? nil : broker.jszWithoutStreams }
        var members = streams.statistics
        members += [
            .init("server_id", .string(broker.serverID)),
            .init("now", .string(WallClock.now().rfc3339)),
            .init("config", streams.setup.document),
            .init("limits", streams.setup.limitsDocument),
        ]
        members += count("streams", streams.sum(\.streams)) + count("consumers", streams.sum(\.consumers))
        members += [
            .init("messages", .int(Int64(clamping: streams.sum(\.messages)))),
            .init("bytes", .int(Int64(clamping: streams.sum(\.bytes)))),
        ]
        let details = shown(streams).map(Self.detail)
        if !details.isEmpty { members.append(.init("account_details", .array(details))) }
        members.append(.init("total", .int(Int64(streams.accounts.count))))
        return .object(members)
    }

    /// How many there are, and how many of them are led from here where that was asked for: all, on one node.
    private func count(_ name: String, _ number: Int) -> [JSONValue.Member] {
        let all = JSONValue.Member(name, .int(Int64(number)))
        return showsLeaders && number > 0 ? [all, .init(name + "_leader", .int(Int64(number)))] : [all]
    }

    private func shown(_ streams: JetStreamReport) -> [AccountReport] {
        if let one = streams.accounts.first(where: { $0.name == account }) { return [one] }
        guard showsAccounts else { return [] }
        guard limit > 0 else { return streams.accounts }
        return Array(streams.accounts.dropFirst(max(0, offset)).prefix(limit))
    }

    /// The document of one account.
    static func detail(_ account: AccountReport) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(account.name)), .init("id", .string(account.name)),
        ]
        members += JetStreamReport.statistics(
            memory: account.memory, storage: account.storage,
            // As nats-server shows it: no limit is the largest number.
            reserved: (
                UInt64(bitPattern: account.limits.maxMemory), UInt64(bitPattern: account.limits.maxStore)
            ), accounts: 0, requests: account.requests,
            failures: account.failures, level: 0)
        if !account.details.isEmpty { members.append(.init("stream_detail", .array(account.details))) }
        return .object(members)
    }
}

extension JetStreamSetup {
    /// The configuration as monitoring shows it.
    var document: JSONValue { document(withDirectory: true) }

    /// - Parameter withDirectory: whether it says where things are stored, which announcements do not.
    func document(withDirectory: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("max_memory", .int(streams.maxMemory)), .init("max_storage", .int(streams.maxStore)),
        ]
        if withDirectory { members.append(.init("store_dir", .string(storeDirectory))) }
        members.append(.init("sync_interval", .int(TimeAmount(syncInterval).nanoseconds)))
        if syncsAlways { members.append(.init("sync_always", true)) }
        if !streams.domain.isEmpty { members.append(.init("domain", .string(streams.domain))) }
        if isBounded { members.append(.init("compress_ok", true)) }
        if !uniqueTag.isEmpty { members.append(.init("unique_tag", .string(uniqueTag))) }
        if streams.isStrict { members.append(.init("strict", true)) }
        return .object(members)
    }

    var limitsDocument: JSONValue {
        var members: [JSONValue.Member] = []
        let add = { (name: String, value: Int64) in
            if value != 0 { members.append(.init(name, .int(value))) }
        }
        add("max_request_batch", Int64(limits.maxRequestBatch))
        add("max_ack_pending", Int64(limits.maxAckPending))
        add("max_ha_assets", Int64(limits.maxHAAssets))
        add("max_duplicate_window", streams.maxDuplicateWindow)
        add("default_max_consumers", 1_000)
        return .object(members)
    }
}
