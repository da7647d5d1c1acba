import NATSClient

/// `nats server check stream`: whether a stream has its replicas, sources and messages.
enum StreamCheck {
    static let stream = Flag.text("stream", "The stream to check")
    static let lag = Flag.unsigned(
        "lag-critical", "Critical if an origin is so many messages ahead", placeholder: "MSGS")
    static let seen = Flag.duration(
        "seen-critical", "Critical if an origin was not heard of for so long", placeholder: "DURATION")
    static let minimumSources = Flag.unsigned("min-sources", "How many sources there must be", placeholder: "SOURCES")
    static let maximumSources = Flag.unsigned("max-sources", "How many sources there may be", placeholder: "SOURCES")
    static let peers = Flag.unsigned("peer-expect", "How many replicas there must be", placeholder: "SERVERS")
    static let peerLag = Flag.unsigned(
        "peer-lag-critical", "Critical if a replica is so far behind", placeholder: "OPS")
    static let peerSeen = Flag.duration(
        "peer-seen-critical", "Critical if a replica was not heard of for so long", placeholder: "DURATION")
    static let messagesWarning = Flag.unsigned("msgs-warn", "Warn if there are no more messages", placeholder: "MSGS")
    static let messagesCritical = Flag.unsigned(
        "msgs-critical", "Critical if there are no more messages", placeholder: "MSGS")
    static let subjectsWarning = Flag.unsigned("subjects-warn", "Threshold for subjects", placeholder: "SUBJECTS")
    static let subjectsCritical = Flag.unsigned(
        "subjects-critical", "Critical threshold for subjects", placeholder: "SUBJECTS")

    static let spec = CommandSpec(
        name: "stream",
        help: "Checks the health of mirrored streams, streams with sources or clustered streams",
        longHelp: ServerCheckCommand.warnings + """

            A stream's metadata may hold thresholds too, such as io.nats.monitor.lag-critical: 200.
            """,
        flags: [
            stream.spec, lag.spec, seen.spec, minimumSources.spec, maximumSources.spec, peers.spec, peerLag.spec,
            peerSeen.spec, messagesWarning.spec, messagesCritical.spec, subjectsWarning.spec, subjectsCritical.spec,
        ],
        run: run
    )

    /// The thresholds, zero where there is none.
    private struct Thresholds {
        private let invocation: Invocation
        private let metadata: [String: String]

        init(_ invocation: Invocation, _ metadata: [String: String]) {
            self.invocation = invocation
            self.metadata = metadata
        }

        /// What the stream's owner wrote goes before flags, as in natscli.
        func count(_ flag: Flag<Int?>) throws -> Int {
            guard let text = metadata["io.nats.monitor.\(flag.spec.name)"] else { return invocation[flag] ?? 0 }
            guard let number = GoNumber.unsigned(text) else {
                throw CommandError("could not configure based on metadata: \(flag.spec.name) is no number: \(text)")
            }
            return number
        }

        func duration(_ flag: Flag<Duration?>) throws -> Duration {
            guard let text = metadata["io.nats.monitor.\(flag.spec.name)"] else { return invocation[flag] ?? .zero }
            return try invocation.duration(text, flag: flag.spec.name)
        }
    }

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard let name = invocation[stream] else { throw UsageError.missingRequiredFlag(name: "stream") }
        try await ServerCheckCommand.run(invocation, name: name, suite: "stream") { result, connection in
            let info: StreamInfo
            do {
                info = try await invocation.jetStream(over: connection).stream(name).lastInfo
            } catch {
                result.critical("could not load info: \(error)")
                return
            }
            let thresholds = Thresholds(invocation, info.configuration.metadata)
            try checkReplicas(info, thresholds, &result)
            try checkMessages(info, thresholds, &result)
            try checkSubjects(info, thresholds, &result)
            try checkSources(info, thresholds, &result)
            try checkMirror(info, thresholds, &result)
        }
    }

    private static func checkReplicas(_ info: StreamInfo, _ limits: Thresholds, _ result: inout CheckResult) throws {
        let expected = try limits.count(peers)
        let isClustered = info.cluster != nil && info.configuration.replicas > 1
        guard isClustered || expected > 0 else { return }
        guard isClustered, let cluster = info.cluster else {
            result.critical("Stream is not clustered")
            return
        }
        guard !cluster.leader.isEmpty else {
            result.critical("No leader")
            return
        }
        let count = cluster.replicas.count + 1
        guard count == expected else {
            result.critical("Expected \(expected) replicas got \(count)")
            return
        }
        result.ok("\(count) peers")
        let (maximumLag, maximumAge) = (try limits.count(peerLag), try limits.duration(peerSeen))
        let offline = cluster.replicas.count(where: \.isOffline)
        if offline > 0 { result.critical("\(offline) replicas offline") }
        if maximumLag > 0 {
            let late = cluster.replicas.count { $0.lag > maximumLag }
            late > 0 ? result.critical("\(late) replicas lagged") : result.ok("replicas are current")
        }
        if maximumAge > .zero {
            let silent = cluster.replicas.count { $0.active > maximumAge }
            silent > 0 ? result.critical("\(silent) replicas inactive") : result.ok("replicas are active")
        }
    }

    private static func checkMessages(_ info: StreamInfo, _ limits: Thresholds, _ result: inout CheckResult) throws {
        let (warning, critical) = (try limits.count(messagesWarning), try limits.count(messagesCritical))
        guard warning > 0 || critical > 0 else { return }
        let count = info.state.messages
        result.measure(
            "messages", Double(count), warning: Double(warning), critical: Double(critical),
            "Messages stored in the stream")
        if critical > 0, count <= critical {
            result.critical("\(count) messages")
        } else if warning > 0, count <= warning {
            result.warn("\(count) messages")
        } else {
            result.ok("\(count) messages")
        }
    }

    private static func checkSubjects(_ info: StreamInfo, _ limits: Thresholds, _ result: inout CheckResult) throws {
        let (warning, critical) = (try limits.count(subjectsWarning), try limits.count(subjectsCritical))
        guard warning > 0 || critical > 0 else { return }
        let count = Double(info.state.subjectCount)
        result.measure(
            "subjects", count, warning: Double(warning), critical: Double(critical),
            "Number of subjects stored in the stream")
        result.compare(
            count, warning: Double(warning), critical: Double(critical), isInverted: warning >= critical,
            "\(info.state.subjectCount) subjects")
    }

    private static func checkSources(_ info: StreamInfo, _ limits: Thresholds, _ result: inout CheckResult) throws {
        let count = info.sources.count
        let (minimum, maximum) = (try limits.count(minimumSources), try limits.count(maximumSources))
        result.measure(
            "sources", Double(count), warning: Double(minimum), critical: Double(maximum),
            "Number of sources being consumed by this stream")
        let isWrong = minimum > 0 && count < minimum || maximum > 0 && count > maximum
        isWrong ? result.critical("\(count) sources") : result.ok("\(count) sources")
        let (maximumLag, maximumAge) = (try limits.count(lag), try limits.duration(seen))
        guard maximumLag > 0 || maximumAge > .zero else { return }
        let late = maximumLag > 0 ? info.sources.count { $0.lag >= maximumLag } : 0
        let silent = maximumAge > .zero ? info.sources.count { $0.active ?? .zero >= maximumAge } : 0
        result.measure(
            "sources_lagged", Double(late), "Number of sources that are behind more than the configured threshold")
        result.measure("sources_inactive", Double(silent), "Number of sources that are inactive")
        late > 0 ? result.critical("\(late) sources are lagged") : result.ok("\(count) sources current")
        silent > 0 ? result.critical("\(silent) sources are inactive") : result.ok("\(count) sources active")
    }

    private static func checkMirror(_ info: StreamInfo, _ limits: Thresholds, _ result: inout CheckResult) throws {
        let (maximumLag, maximumAge) = (try limits.count(lag), try limits.duration(seen))
        guard maximumLag > 0 || maximumAge > .zero, info.sources.isEmpty else { return }
        guard info.configuration.mirror != nil else {
            result.critical("not mirrored")
            return
        }
        guard let mirror = info.mirror else {
            result.critical("invalid state")
            return
        }
        let active = mirror.active ?? .zero
        result.measure(
            "lag", Double(mirror.lag), critical: Double(maximumLag),
            "Number of operations this peer is behind its origin")
        result.measure(
            "active", active.inSeconds, critical: maximumAge.inSeconds, unit: "s",
            "Indicates if this peer is active and catching up if lagged")
        let isLate = maximumLag > 0 && mirror.lag >= maximumLag
        let isSilent = maximumAge > .zero && active >= maximumAge
        if isLate { result.critical("Mirror Lag \(mirror.lag)") }
        if isSilent { result.critical("Mirror Seen \(mirror.lastSeen)") }
        if !isLate, !isSilent { result.ok("Mirror \(mirror.name)") }
    }
}
