import GoFormats
import NATSClient

/// `nats server check jetstream`: how much of an account's limits is used, and whether its streams have their replicas.
enum JetStreamCheck {
    static let memoryWarning = Flag.integer("mem-warn", "Warn above so many percent of memory", default: 75)
    static let memoryCritical = Flag.integer("mem-critical", "Critical above so many percent of memory", default: 90)
    static let storageWarning = Flag.integer("store-warn", "Warn above so many percent of storage", default: 75)
    static let storageCritical = Flag.integer(
        "store-critical", "Critical above so many percent of storage", default: 90)
    static let streamsWarning = Flag.integer("streams-warn", "Warn above so many percent of streams", default: -1)
    static let streamsCritical = Flag.integer(
        "streams-critical", "Critical above so many percent of streams", default: -1)
    static let consumersWarning = Flag.integer("consumers-warn", "Warn above so many percent of consumers", default: -1)
    static let consumersCritical = Flag.integer(
        "consumers-critical", "Critical above so many percent of consumers", default: -1)
    static let replicas = Flag.toggle("replicas", "Look at replicas too", isNegatable: true, default: true)
    static let replicaSeen = Flag.duration(
        "replica-seen-critical", "Critical if a replica was not heard of for so long", default: "5s")
    static let replicaLag = Flag.integer("replica-lag-critical", "Critical if a replica is so far behind", default: 200)

    static let spec = CommandSpec(
        name: "jetstream",
        aliases: ["js"],
        help: "Check JetStream account state",
        longHelp: ServerCheckCommand.warnings,
        flags: [
            memoryWarning.spec, memoryCritical.spec, storageWarning.spec, storageCritical.spec, streamsWarning.spec,
            streamsCritical.spec, consumersWarning.spec, consumersCritical.spec, replicas.spec, replicaSeen.spec,
            replicaLag.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        try await ServerCheckCommand.run(
            invocation, name: "JetStream", suite: "jetstream", failure: "connection failed"
        ) { result, connection in
            let jetStream = try invocation.jetStream(over: connection)
            do {
                let account = try await jetStream.accountInfo()
                checkLimits(account, &result, invocation)
                if invocation[replicas] {
                    checkReplicas(try await jetStream.streams(), &result, invocation)
                }
            } catch {
                result.critical("JetStream not available: \(error)")
            }
        }
    }

    private static func checkLimits(_ account: AccountInfo, _ result: inout CheckResult, _ invocation: Invocation) {
        let (usage, limits) = (account.usage, account.usage.limits)
        let parts: [(name: String, unit: String, used: Int, limit: Int, Flag<Int>, Flag<Int>)] = [
            ("memory", "B", usage.memory, limits.maximumMemory, memoryWarning, memoryCritical),
            ("storage", "B", usage.storage, limits.maximumStorage, storageWarning, storageCritical),
            ("streams", "", usage.streams, limits.maximumStreams, streamsWarning, streamsCritical),
            ("consumers", "", usage.consumers, limits.maximumConsumers, consumersWarning, consumersCritical),
        ]
        for (name, unit, used, limit, warningFlag, criticalFlag) in parts {
            let (warning, critical) = (invocation[warningFlag], invocation[criticalFlag])
            let percent = limit > 0 ? Int(Double(used) / Double(limit) * 100) : 0
            result.measure(name, Double(used), unit: unit, "JetStream \(name) resource usage")
            result.measure(
                name + "_pct", Double(percent), warning: Double(max(0, warning)), critical: Double(max(0, critical)),
                unit: "%", "JetStream \(name) resource usage in percent")
            if warning != -1, critical != -1, warning >= critical {
                result.critical("\(name): invalid thresholds")
            } else if percent > 100 {
                result.critical("\(name): exceed server limits")
            } else if warning >= 0, critical >= 0, percent > critical {
                result.critical("\(percent)% \(name)")
            } else if warning >= 0, critical >= 0, percent > warning {
                result.warn("\(percent)% \(name)")
            }
        }
    }

    private enum Health {
        case ok, failed, leaderless, incomplete, late, silent
    }

    private static func checkReplicas(_ streams: [StreamInfo], _ result: inout CheckResult, _ invocation: Invocation) {
        let (maximumAge, maximumLag) = (invocation[replicaSeen], invocation[replicaLag])
        let health = streams.map { stream -> Health in
            guard stream.configuration.replicas > 1 else { return .ok }
            guard let cluster = stream.cluster else { return .failed }
            guard !cluster.leader.isEmpty else { return .leaderless }
            guard cluster.replicas.count == stream.configuration.replicas - 1 else { return .incomplete }
            for peer in cluster.replicas {
                if peer.isOffline { return .failed }
                if maximumAge > .zero, peer.active > maximumAge { return .silent }
                if maximumLag > 0, peer.lag > maximumLag { return .late }
            }
            return .ok
        }
        func count(_ kind: Health) -> Double { Double(health.count { $0 == kind }) }
        result.measure("replicas_ok", count(.ok), "Streams with healthy cluster state")
        result.measure("replicas_no_leader", count(.leaderless), "Streams with no leader elected")
        result.measure(
            "replicas_missing_replicas", count(.incomplete),
            "Streams where there are fewer known replicas than configured")
        result.measure(
            "replicas_lagged", count(.late), critical: Double(maximumLag),
            "Streams with > \(maximumLag) lagged replicas")
        result.measure(
            "replicas_not_seen", count(.silent), critical: maximumAge.inSeconds, unit: "s",
            "Streams with replicas seen > \(GoDuration.described(maximumAge)) ago")
        result.measure("replicas_fail", count(.failed), "Streams unhealthy cluster state")
        let unhealthy = health.count { $0 != .ok }
        if unhealthy > 0 { result.critical("\(unhealthy) unhealthy streams") }
    }
}
