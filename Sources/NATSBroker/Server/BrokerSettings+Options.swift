import GoFormats
import NATSAccounts
import NATSConfig

extension BrokerSettings {
    /// The settings that completed options come to.
    ///
    /// - Throws: ``TLSEndpoint/Unusable`` for files that changed since the options were read.
    init(_ options: ServerOptions) throws(TLSEndpoint.Unusable) {
        serverName = options.serverName.isEmpty ? nil : options.serverName
        host = options.host.isEmpty ? nil : options.host
        port = options.port
        monitorsSecurely = options.monitoring.port == 0 && options.monitoring.securePort != 0
        let httpPort = monitorsSecurely ? options.monitoring.securePort : options.monitoring.port
        self.httpPort = httpPort == 0 ? nil : httpPort == -1 ? 0 : httpPort
        if let tls = options.tls { self.tls = try TLSEndpoint(tls) }
        allowsNonTLS = options.allowNonTLS
        webSocket = try WebSocketSettings(options)
        httpHost = options.monitoring.host.isEmpty ? nil : options.monitoring.host
        httpBasePath = options.monitoring.basePath
        clientAdvertise = options.clientAdvertise.isEmpty ? nil : options.clientAdvertise
        accounts = options.accounts.map(\.name)
        hasSystemAccount = options.effectiveSystemAccount != nil
        accountOptions = options.accounts
        mappings = options.mappings
        systemAccount = options.effectiveSystemAccount ?? AccountOptions.defaultSystemName
        authenticator = Authenticator(options)
        maxConnections = options.limits.maxConnections
        maxSubscriptions = options.limits.maxSubscriptions > 0 ? options.limits.maxSubscriptions : nil
        let tokens = Int(options.limits.maxSubscriptionTokens)
        maxSubscriptionTokens = tokens > 0 ? tokens : nil
        maxControlLine = Int(options.limits.maxControlLine)
        maxPayload = Int(options.limits.maxPayload)
        maxPending = Int(options.limits.maxPending)
        maxClosedClients = options.limits.maxClosedClients
        pingInterval = options.pingInterval ?? pingInterval
        maxPingsOut = options.maxPingsOut
        writeDeadline = options.writeDeadline ?? writeDeadline
        authTimeout = GoDuration.seconds(options.authorizationTimeout)
        lameDuckDuration = options.lameDuckDuration ?? lameDuckDuration
        lameDuckGracePeriod = options.lameDuckGracePeriod ?? lameDuckGracePeriod
        let traced = options.logging.maxTracedMessageLength
        maxTracedMessageLength = traced > 0 ? traced : nil
        noHeaders = options.noHeaderSupport
        noFastProducerStall = options.noFastProducerStall
        portsFileDirectory = options.portsFileDirectory.isEmpty ? nil : options.portsFileDirectory
        pidFile = options.pidFile.isEmpty ? nil : options.pidFile
        configFile = options.configFile.isEmpty ? nil : options.configFile
        serverTags = options.serverTags
        serverMetadata = options.serverMetadata
        featureFlags = options.featureFlags
        jetStream = JetStreamSetup(options)
        if jetStream != nil {
            hasSystemAccount = true
            jetStreamAccounts = Self.jetStreamAccounts(options, systemAccount: systemAccount)
        }
        log.file = options.logging.file.isEmpty ? nil : options.logging.file
        log.showsTime = options.logging.time ?? true
        log.usesUTC = options.logging.timeInUTC ?? false
        log.debug = options.logging.debug ?? false
        log.trace = options.logging.trace ?? false || options.logging.traceVerbose ?? false
        log.tracesServer = options.logging.traceVerbose ?? false
        log.tracesHeadersOnly = options.logging.traceHeaders ?? false
        log.sizeLimit = Int(options.logging.fileSizeLimit)
        log.maxFiles = Int(options.logging.fileMaxCount)
        log.usesSystemLog = options.logging.syslog ?? false
        log.remoteSystemLog = options.logging.remoteSyslog.isEmpty ? nil : options.logging.remoteSyslog
    }
}

extension Authenticator {
    /// Users beat a single user, which beats a token, as in nats-server.
    init(_ options: ServerOptions) {
        let authorization = options.authorization ?? AuthorizationOptions()
        let rule: Rule
        if !options.users.isEmpty || !options.nkeys.isEmpty {
            let users = options.users.map { ($0.name, User($0)) }
            let nkeys = options.nkeys.compactMap { user in NKeyUser(user).map { (user.nkey, $0) } }
            rule = .users(
                Dictionary(users, uniquingKeysWith: { _, last in last }),
                nkeys: Dictionary(nkeys, uniquingKeysWith: { _, last in last }))
        } else if !authorization.token.isEmpty {
            rule = .token(authorization.token)
        } else if !authorization.user.isEmpty {
            rule = .single(user: authorization.user, password: authorization.password)
        } else {
            rule = .open
        }
        self.init(
            rule: rule, noAuthUser: options.noAuthUser.isEmpty ? nil : options.noAuthUser,
            needsProxy: authorization.proxyRequired)
    }
}

extension User {
    fileprivate init(_ options: UserOptions) {
        self.init(
            name: options.name,
            password: options.password,
            account: options.account ?? Authenticator.globalAccount,
            permissions: options.permissions.map { Permissions($0) },
            connectionKinds: options.allowedConnectionTypes.map(ConnectionKind.all),
            needsProxy: options.proxyRequired)
    }
}

extension NKeyUser {
    fileprivate init?(_ options: NKeyUserOptions) {
        guard let publicKey = NKey.publicKey(of: options.nkey) else { return nil }
        self.init(
            nkey: options.nkey,
            publicKey: publicKey,
            account: options.account ?? Authenticator.globalAccount,
            permissions: options.permissions.map { Permissions($0) },
            connectionKinds: options.allowedConnectionTypes.map(ConnectionKind.all),
            needsProxy: options.proxyRequired)
    }
}

extension ConnectionKind {
    /// The kinds that there are among `types`.
    fileprivate static func all(_ types: Set<ConnectionType>) -> Set<ConnectionKind> {
        var kinds: Set<ConnectionKind> = []
        if types.contains(.standard) { kinds.insert(.standard) }
        if types.contains(.websocket) { kinds.insert(.webSocket) }
        return kinds
    }
}

extension Permissions {
    fileprivate init(_ options: PermissionOptions) {
        let entries = { (list: [String]?) in list?.compactMap { PermissionEntry($0) } }
        self.init(
            publishAllow: entries(options.publish?.allow),
            publishDeny: entries(options.publish?.deny) ?? [],
            subscribeAllow: entries(options.subscribe?.allow),
            subscribeDeny: entries(options.subscribe?.deny) ?? [],
            responses: options.responses.map {
                ResponsePermission(
                    maxMessages: $0.maxMessages > 0 ? $0.maxMessages : nil,
                    expires: $0.expires > .zero ? $0.expires : nil)
            })
    }
}
