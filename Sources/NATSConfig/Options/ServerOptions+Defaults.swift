extension ServerOptions {
    /// nats-server's own numbers, from its `const.go`.
    package enum Default {
        package static let host = "0.0.0.0"
        package static let port = 4222
        package static let maxConnections = 65536
        package static let maxPayload: Int32 = 1 << 20
        package static let maxControlLine: Int32 = 4096
        package static let maxPending: Int64 = 64 << 20
        package static let maxClosedClients = 10_000
        package static let pingInterval = Duration.seconds(120)
        package static let maxPingsOut = 2
        package static let writeDeadline = Duration.seconds(10)
        package static let lameDuckDuration = Duration.seconds(120)
        package static let lameDuckGracePeriod = Duration.seconds(10)
        /// Seconds.
        package static let tlsTimeout = 2.0
        /// Seconds.
        package static let authorizationTimeout = 2.0
        package static let connectErrorReports = 3600
        package static let reconnectErrorReports = 1
    }

    /// The same options with every default filled in, as nats-server does when it starts.
    ///
    /// A port of −1 becomes 0 here: the operating system chooses.
    package func completed() -> ServerOptions {
        var options = self
        options.host = host.isEmpty ? Default.host : host
        options.port = port == 0 ? Default.port : port == -1 ? 0 : port
        if options.monitoring.host.isEmpty {
            options.monitoring.host = options.host
        }
        options.limits.complete()
        options.pingInterval = nonZero(pingInterval) ?? Default.pingInterval
        options.maxPingsOut = maxPingsOut == 0 ? Default.maxPingsOut : maxPingsOut
        options.writeDeadline = nonZero(writeDeadline) ?? Default.writeDeadline
        options.lameDuckDuration = nonZero(lameDuckDuration) ?? Default.lameDuckDuration
        options.lameDuckGracePeriod = nonZero(lameDuckGracePeriod) ?? Default.lameDuckGracePeriod
        if options.tls != nil, (options.tls?.timeout ?? 0) == 0 {
            options.tls?.timeout = Default.tlsTimeout
        }
        if connectErrorReports == 0 {
            options.connectErrorReports = Default.connectErrorReports
        }
        if reconnectErrorReports == 0 {
            options.reconnectErrorReports = Default.reconnectErrorReports
        }
        if options.websocket?.port != 0, options.websocket?.host.isEmpty == true {
            options.websocket?.host = Default.host
        }
        return options
    }

    /// Seconds that a client has to authenticate: what the file says, or the default, which leaves room for a TLS handshake.
    package var authorizationTimeout: Double {
        if let timeout = authorization?.timeout, timeout != 0 {
            return timeout
        }
        guard let tls else { return Default.authorizationTimeout }
        return (tls.timeout ?? Default.tlsTimeout) + 1
    }

    private func nonZero(_ duration: Duration?) -> Duration? {
        duration == .zero ? nil : duration
    }
}

extension LimitOptions {
    fileprivate mutating func complete() {
        maxConnections = maxConnections == 0 ? ServerOptions.Default.maxConnections : maxConnections
        maxPayload = maxPayload == 0 ? ServerOptions.Default.maxPayload : maxPayload
        maxControlLine = maxControlLine == 0 ? ServerOptions.Default.maxControlLine : maxControlLine
        maxPending = maxPending == 0 ? ServerOptions.Default.maxPending : maxPending
        maxClosedClients = maxClosedClients == 0 ? ServerOptions.Default.maxClosedClients : maxClosedClients
    }
}
