package import NATSWire

/// What monitoring shows of one account's streams.
package struct AccountReport: Sendable {
    package var name: String
    /// Bytes in memory and on disk.
    package var memory: Int64
    package var storage: Int64
    /// Bytes that the account's streams may grow to.
    package var reservedMemory: Int64
    package var reservedStorage: Int64
    package var limits: AccountLimits
    package var requests: UInt64
    package var failures: UInt64
    package var streams = 0
    package var consumers = 0
    package var messages: UInt64 = 0
    package var bytes: UInt64 = 0
    /// A document for each stream, as far as they were asked for.
    package var details: [JSONValue] = []
    /// The streams that are on disk, with their consumers, as far as they were asked for.
    package var stored: [String: Set<String>] = [:]
}

/// What a report tells besides sums.
package struct ReportOptions: Sendable, Hashable {
    package var showsStreams = false
    package var showsConsumers = false
    package var showsConfigurations = false
    package var showsNames = false

    package init() {}
}

extension AccountJetStream {
    /// What there is now.
    package func report(_ options: ReportOptions) -> AccountReport {
        var report = AccountReport(
            name: name, memory: used(.memory), storage: used(.file), reservedMemory: reserved(.memory),
            reservedStorage: reserved(.file), limits: limits, requests: requests, failures: failures)
        for stream in streams.values.sorted(by: { $0.name < $1.name }) {
            report.streams += 1
            report.consumers += stream.consumers.count
            report.messages += stream.store.state.messages
            report.bytes += stream.store.state.bytes
            if options.showsNames, stream.configuration.storage == .file {
                report.stored[stream.name] = Set(stream.consumers.keys)
            }
            if options.showsStreams { report.details.append(stream.monitoringDocument(options)) }
        }
        return report
    }
}

extension Stream {
    fileprivate func monitoringDocument(_ options: ReportOptions) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("created", .string(GoTime(nanoseconds: created).text)),
            .init("cluster", .object([.init("leader", .string(host.serverName))])),
        ]
        if options.showsConfigurations { members.append(.init("config", configuration.json)) }
        members.append(.init("state", stateJSON()))
        if options.showsConsumers {
            let infos = consumers.values.sorted { $0.name < $1.name }.map { consumer -> JSONValue in
                let all = consumer.infoMembers(withVersions: false)
                return .object(options.showsConfigurations ? all : all.filter { $0.key != "config" })
            }
            if !infos.isEmpty { members.append(.init("consumer_detail", .array(infos))) }
        }
        if let mirror { members.append(.init("mirror", mirror.json)) }
        if !sources.isEmpty { members.append(.init("sources", .array(sources.map(\.json)))) }
        return .object(members)
    }
}
