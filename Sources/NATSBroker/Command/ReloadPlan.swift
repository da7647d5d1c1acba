import GoFormats
import NATSConfig

/// What changes when a running server reads its configuration again.
///
/// The order of the fields, what can change, and the words are nats-server's (`reload.go`): it compares its options field by
/// field, and gives up at the first one that takes a restart.
struct ReloadPlan {
    /// What the log is told, in order.
    private(set) var lines: [String] = []
    /// The line before which connections beyond the new limit are closed.
    private(set) var limitLine: String?

    /// A change that takes a restart; `description` is nats-server's sentence for it.
    struct Refusal: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    /// Compares two sets of options, both with flags laid over them and defaults filled in.
    ///
    /// - Parameter hasNewCertificates: whether files that the `tls` block names have another content.
    /// - Throws: ``Refusal``.
    init(
        from old: ServerOptions,
        to new: ServerOptions,
        hasNewCertificates: Bool = false
    ) throws(Refusal) {
        try fix("ServerName", old.serverName, new.serverName)
        try fix("Host", old.host, new.host)
        if new.port != 0 { try fix("Port", old.port, new.port) }
        if old.clientAdvertise != new.clientAdvertise {
            lines.append("Reload: client_advertise = \(new.clientAdvertise)")
        }
        compareLogging(old.logging, new.logging)
        try fix("NoSublistCache", old.noSublistCache, new.noSublistCache)
        try fix("NoHeaderSupport", old.noHeaderSupport, new.noHeaderSupport)
        note("logtime", old.logging.time ?? true, new.logging.time ?? true)
        note("logtime_utc", old.logging.timeInUTC ?? false, new.logging.timeInUTC ?? false)
        note("max_connections", old.limits.maxConnections, new.limits.maxConnections)
        if old.limits.maxConnections != new.limits.maxConnections { limitLine = lines.last }
        try fix("MaxSubs", old.limits.maxSubscriptions, new.limits.maxSubscriptions)
        try fix("MaxSubTokens", old.limits.maxSubscriptionTokens, new.limits.maxSubscriptionTokens)
        try compareUsers(old, new)
        try compareTimesAndLimits(old, new)
        try compareFiles(old, new)
        try fix("JsAccDefaultDomain", Self.text(old.defaultJetStreamDomains), Self.text(new.defaultJetStreamDomains))
        try compareTransports(old, new, hasNewCertificates)
        if old.writeDeadline != new.writeDeadline {
            lines.append("Reloaded: write_deadline = \(Self.text(new.writeDeadline))")
        }
        try fix("WriteTimeout", old.writeTimeout.goName, new.writeTimeout.goName)
        try fix("MaxClosedClients", old.limits.maxClosedClients, new.limits.maxClosedClients)
        try fix("LameDuckDuration", Self.text(old.lameDuckDuration), Self.text(new.lameDuckDuration))
        try fix("LameDuckGracePeriod", Self.text(old.lameDuckGracePeriod), Self.text(new.lameDuckGracePeriod))
        note("max_traced_msg_len", old.logging.maxTracedMessageLength, new.logging.maxTracedMessageLength)
        try fix("FeatureFlags", Self.text(old.featureFlags), Self.text(new.featureFlags))
        note("connect_error_reports", old.connectErrorReports, new.connectErrorReports)
        note("reconnect_error_reports", old.reconnectErrorReports, new.reconnectErrorReports)
        if old.serverTags != new.serverTags { lines.append("Reloaded: tags") }
        if old.serverMetadata != new.serverMetadata { lines.append("Reloaded: metadata") }
    }

    private mutating func compareLogging(_ old: LoggingOptions, _ new: LoggingOptions) {
        note("trace", old.trace ?? false, new.trace ?? false)
        note("debug", old.debug ?? false, new.debug ?? false)
        note("trace_verbose", old.traceVerbose ?? false, new.traceVerbose ?? false)
        note("trace_headers", old.traceHeaders ?? false, new.traceHeaders ?? false)
    }

    private mutating func compareUsers(_ old: ServerOptions, _ new: ServerOptions) throws(Refusal) {
        // nats-server compares users and accounts with those in use, which know more than a file says: they always differ.
        if !old.nkeys.isEmpty || !new.nkeys.isEmpty { lines.append("Reloaded: authorization nkey users") }
        lines.append("Reloaded: authorization users")
        lines.append("Reloaded: accounts")
        let isUserKept = new.users.contains { $0.name == old.noAuthUser }
        if old.noAuthUser.isEmpty || !new.noAuthUser.isEmpty || isUserKept {
            try fix("NoAuthUser", old.noAuthUser, new.noAuthUser)
        }
        if old.defaultSentinel != new.defaultSentinel {
            lines.append("Reloaded: default_sentinel = \(new.defaultSentinel)")
        }
        if old.systemAccount != AccountOptions.defaultSystemName || !new.systemAccount.isEmpty {
            try fix("SystemAccount", old.systemAccount, new.systemAccount)
        }
        try fix("NoSystemAccount", old.noSystemAccount, new.noSystemAccount)
        let (before, after) = (old.authorization, new.authorization)
        if (before?.user ?? "") != (after?.user ?? "") { lines.append("Reloaded: authorization username") }
        if (before?.password ?? "") != (after?.password ?? "") { lines.append("Reloaded: authorization password") }
        if (before?.token ?? "") != (after?.token ?? "") { lines.append("Reloaded: authorization token") }
    }

    private mutating func compareTimesAndLimits(_ old: ServerOptions, _ new: ServerOptions) throws(Refusal) {
        if old.pingInterval != new.pingInterval {
            lines.append("Reloaded: ping_interval = \(Self.text(new.pingInterval))")
        }
        note("ping_max", old.maxPingsOut, new.maxPingsOut)
        try fix("HTTPHost", old.monitoring.host, new.monitoring.host)
        try fix("HTTPPort", old.monitoring.port, new.monitoring.port)
        try fix("HTTPBasePath", old.monitoring.basePath, new.monitoring.basePath)
        try fix("HTTPSPort", old.monitoring.securePort, new.monitoring.securePort)
        note(
            "authorization timeout", JSONNumber.text(old.authorizationTimeout),
            JSONNumber.text(new.authorizationTimeout))
        if let before = old.tls, let after = new.tls {
            note("tls timeout", before.reloadedTimeout, after.reloadedTimeout)
        }
        note("max_control_line", old.limits.maxControlLine, new.limits.maxControlLine)
        note("max_payload", old.limits.maxPayload, new.limits.maxPayload)
        try fix("MaxPending", old.limits.maxPending, new.limits.maxPending)
        if old.noFastProducerStall != new.noFastProducerStall {
            lines.append("Reloaded: fast producers will \(new.noFastProducerStall ? "not " : "")be stalled")
        }
        try compareStreams(old.jetStream, new.jetStream)
        try fix("ProfPort", old.profilingPort, new.profilingPort)
        note("prof_block_rate", old.profilingBlockRate, new.profilingBlockRate)
    }

    private mutating func compareStreams(_ old: JetStreamOptions, _ new: JetStreamOptions) throws(Refusal) {
        if old.isEnabled != new.isEnabled { lines.append("Reloaded: JetStream") }
        try fix("NoJetStreamStrict", !old.strict, !new.strict)
        if old.isEnabled {
            try grow("max_mem_store", old.maxMemory, new.maxMemory, isLast: !new.isEnabled)
            try grow("max_file_store", old.maxStore, new.maxStore, isLast: !new.isEnabled)
        }
        try fix("JetStreamDomain", old.domain, new.domain)
        try fix("JetStreamExtHint", old.extensionHint, new.extensionHint)
        try fix("JetStreamUniqueTag", old.uniqueTag, new.uniqueTag)
        if old.limits != new.limits { lines.append("Reloaded: JetStream limits") }
        try fix("JetStreamMaxCatchup", old.maxOutstandingCatchup, new.maxOutstandingCatchup)
        try fix("JetStreamRequestQueueLimit", old.requestQueueLimit, new.requestQueueLimit)
        try fix("JetStreamInfoQueueLimit", old.infoQueueLimit, new.infoQueueLimit)
        if new.isEnabled, old.maxConcurrentIO != new.maxConcurrentIO {
            try fix("JetStreamConcurrentIOs", old.maxConcurrentIO, new.maxConcurrentIO)
        }
        try fix("StreamMaxBufferedMsgs", old.maxBufferedMessages, new.maxBufferedMessages)
        try fix("StreamMaxBufferedSize", old.maxBufferedSize, new.maxBufferedSize)
        if old.isEnabled, old.storeDirectory != new.storeDirectory {
            if !new.storeDirectory.isEmpty {
                throw Refusal(description: "config reload not supported for jetstream storage directory")
            }
            if new.isEnabled { throw Refusal(description: "config reload not supported for jetstream storage dir") }
        }
        try fix("SyncInterval", Self.text(old.syncInterval), Self.text(new.syncInterval))
        try fix("SyncAlways", old.syncAlways, new.syncAlways)
    }

    /// What all streams may use may grow, and go together with them.
    ///
    /// - Parameters:
    ///   - old: nil where the server chose it itself.
    ///   - isLast: whether streams are switched off.
    private mutating func grow(_ name: String, _ old: Int64?, _ new: Int64?, isLast: Bool) throws(Refusal) {
        guard old != new else { return }
        guard let old else {
            throw Refusal(description: "config reload not supported for jetstream dynamic max memory and store")
        }
        guard let new else {
            if isLast { return }
            throw Refusal(description: "config reload not supported for jetstream max memory and max store")
        }
        guard new > old else {
            throw Refusal(description: "config reload not supported for decreasing jetstream max memory and store")
        }
        lines.append("Reloaded: JetStream \(name) = \(FriendlyBytes.text(new))")
    }

    private mutating func compareFiles(_ old: ServerOptions, _ new: ServerOptions) throws(Refusal) {
        if old.pidFile != new.pidFile, !new.pidFile.isEmpty { lines.append("Reloaded: pid_file = \(new.pidFile)") }
        note("ports_file_dir", old.portsFileDirectory, new.portsFileDirectory)
        note("log_file", old.logging.file, new.logging.file)
        try fix("LogSizeLimit", old.logging.fileSizeLimit, new.logging.fileSizeLimit)
        try fix("LogMaxFiles", old.logging.fileMaxCount, new.logging.fileMaxCount)
        note("syslog", old.logging.syslog ?? false, new.logging.syslog ?? false)
        note("remote_syslog", old.logging.remoteSyslog, new.logging.remoteSyslog)
    }

    private mutating func compareTransports(
        _ old: ServerOptions,
        _ new: ServerOptions,
        _ hasNewCertificates: Bool
    ) throws(Refusal) {
        if old.websocket != new.websocket {
            throw Refusal(description: "config reload not supported for Websocket: restart the server for it")
        }
        if (old.tls == nil) != (new.tls == nil) {
            lines.append("Reloaded: tls = \(new.tls == nil ? "disabled" : "enabled")")
        }
        try compareTLS(old.tls ?? TLSOptions(), new.tls ?? TLSOptions(), hasNewCertificates)
        try fix("AllowNonTLS", old.allowNonTLS, new.allowNonTLS)
    }

    private mutating func compareTLS(
        _ old: TLSOptions,
        _ new: TLSOptions,
        _ hasNewCertificates: Bool
    ) throws(Refusal) {
        try fix("TLSMap", old.verifyAndMap, new.verifyAndMap)
        if hasNewCertificates || old.handshake != new.handshake,
            !lines.contains(where: { $0.hasPrefix("Reloaded: tls = ") })
        {
            lines.append("Reloaded: tls = enabled")
        }
        if old.pinnedCertificates != new.pinnedCertificates {
            lines.append("Reloaded: \(new.pinnedCertificates.count) pinned_certs")
        }
        try fix("TLSRateLimit", old.connectionRateLimit, new.connectionRateLimit)
        if old.handshakeFirst != new.handshakeFirst {
            lines.append("Reloaded: Client TLS handshake first: \(new.handshakeFirst)")
        }
        if old.handshakeFirstFallback != new.handshakeFirstFallback {
            let delay = Self.text(new.handshakeFirstFallback)
            lines.append("Reloaded: Client TLS handshake first fallback delay: \(delay)")
        }
    }

    // MARK: One field

    private mutating func note<Value: Equatable>(_ name: String, _ old: Value, _ new: Value) {
        if old != new { lines.append("Reloaded: \(name) = \(new)") }
    }

    private func fix<Value: Equatable>(_ name: String, _ old: Value, _ new: Value) throws(Refusal) {
        guard old != new else { return }
        throw Refusal(description: "config reload not supported for \(name): old=\(old), new=\(new)")
    }

    private static func text(_ duration: Duration?) -> String {
        GoDuration.described(duration ?? .zero)
    }

    /// A map as Go prints it.
    private static func text(_ map: [String: some Any]) -> String {
        "map[" + map.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " ") + "]"
    }
}

/// Numbers with a fraction, without a needless one.
private enum JSONNumber {
    static func text(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }
}

extension TLSOptions {
    /// Seconds for the handshake, as Go prints them.
    fileprivate var reloadedTimeout: String {
        let seconds = timeout ?? 0
        return JSONNumber.text(seconds == 0 ? ServerOptions.Default.tlsTimeout : seconds)
    }

    /// What Go's configuration of TLS is made from: all but what the server does about it itself.
    fileprivate var handshake: TLSOptions {
        var options = self
        options.timeout = nil
        options.pinnedCertificates = []
        options.connectionRateLimit = 0
        options.handshakeFirst = false
        options.handshakeFirstFallback = nil
        options.verifyAndMap = false
        return options
    }
}

extension WriteTimeoutPolicy {
    /// The policy's name, which for the default one is empty.
    fileprivate var goName: String { self == .default ? "" : rawValue }
}
