import NATSWire
import NIOCore
import Synchronization

/// The server's statistics, as `STATSZ` shows them and as they are announced from time to time.
extension Broker {
    /// The first announcement comes early, the next ones ever later, up to this.
    private static let longestInterval = TimeAmount.seconds(10)

    func statisticsDocument(_ open: [ConnectionSnapshot], _ streams: JetStreamReport?) -> JSONValue {
        let settings = settings
        var traffic = goneTraffic
        for connection in open { traffic += connection.traffic }
        let sent = Self.messagesAndBytes(traffic.outMessages, traffic.outBytes)
        let received = Self.messagesAndBytes(traffic.inMessages, traffic.inBytes)
        let count = { (value: Int) in JSONValue.int(Int64(value)) }
        let slow = counters.slowConsumers.load(ordering: .relaxed)
        let stale = counters.staleConnections.load(ordering: .relaxed)
        let stalled = counters.stalledClients.load(ordering: .relaxed)
        var members: [JSONValue.Member] = [
            .init("start", .string(started.rfc3339)),
            .init("mem", count(residentMemory())),
            .init("cores", count(System.coreCount)),
            .init("cpu", .double(processorShare(.now()))),
            .init("connections", count(open.count)),
            .init("total_connections", count(counters.totalConnections.load(ordering: .relaxed))),
            .init("active_accounts", count(Set(open.map(\.account)).count)),
            .init("subscriptions", count(accounts.reduce(0) { $0 + $1.statistics.subscriptions })),
            .init("sent", sent), .init("sent_to_clients", sent),
            .init("received", received), .init("received_from_clients", received),
            .init("slow_consumers", count(slow)),
        ]
        if slow > 0 { members.append(.init("slow_consumer_stats", Self.byPeer(slow))) }
        if stale > 0 {
            members.append(.init("stale_connections", count(stale)))
            members.append(.init("stale_connection_stats", Self.byPeer(stale)))
        }
        if stalled > 0 { members.append(.init("stalled_clients", count(stalled))) }
        members.append(.init("active_servers", 1))
        if let streams { members.append(.init("jetstream", Self.jetStreamDocument(streams, withDirectory: false))) }
        members += [.init("gomaxprocs", count(settings.threads ?? threadCount))]
        return .object([.init("server", serverDescription()), .init("statsz", .object(members))])
    }

    /// Announces statistics now and then, where somebody listens.
    func startStatistics(after delay: TimeAmount = .milliseconds(250)) {
        guard systemAccount != nil else { return }
        let loop = anyMailbox().eventLoop
        system.withLock { state in
            guard !state.isStopped else { return }
            state.statistics = loop.scheduleTask(in: delay) { [weak self] in
                guard let self else { return }
                startStatistics(after: min(.nanoseconds(delay.nanoseconds * 2), Self.longestInterval))
                let subject = "$SYS.SERVER.\(serverID).STATSZ"
                guard isWanted(subject) else { return }
                snapshots(on: loop).and(jetStreamReport(on: loop)).whenSuccess { open, streams in
                    self.announce(self.statisticsDocument(open, streams), on: subject)
                }
            }
        }
    }
}
