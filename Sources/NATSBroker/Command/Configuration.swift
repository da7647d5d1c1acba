import NATSAccounts
import NATSConfig

/// What a command line and its configuration file come to.
struct Configuration {
    /// The options, with the flags laid over them and every default filled in.
    var options: ServerOptions
    var settings: BrokerSettings
    /// Whether a password stands in it as it is.
    var hasPlainPasswords: Bool
    /// `sha256:…` of the configuration file.
    var digest: String?
    /// What nats-server warns of before it goes on, on standard error; empty where there is nothing.
    var warnings = ""
    /// Why a server that has begun to start with it must give up, in nats-server's words.
    var fatal: String?

    /// A command line that no server can be started with.
    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    /// Reads the file that the flags name and lays the flags over it.
    ///
    /// - Throws: ``NATSConfig/ConfigRefusal`` for what nats-server refuses, in its words, and for what only it can do;
    ///   ``Refusal`` for flags.
    init(_ flags: ServerFlags, from source: ConfigSource = .system) throws {
        var source = source
        source.keyPairComplaint = { certificate, key in
            do throws(TLSEndpoint.Unusable) {
                _ = try TLSKeyPair(certificate: certificate, key: key)
                return nil
            } catch {
                return error.description
            }
        }
        var options = ServerOptions()
        if let file = flags.configFile, !file.isEmpty {
            let loaded = try ServerOptions.load(
                file, from: source, authorization: flags.authorization, storeDirectory: flags.storeDirectory)
            if flags.checksConfig, !loaded.warnings.isEmpty {
                throw ConfigRefusal(.options, loaded.warnings)
            }
            options = loaded.options
            digest = loaded.digest
            if !loaded.warnings.isEmpty { warnings = ConfigRefusal(.options, loaded.warnings).description }
        } else if flags.checksConfig {
            throw Refusal(description: "must specify [-c, --config] option to check configuration file syntax")
        }
        flags.apply(to: &options)
        try flags.applyTLS(to: &options, from: source)
        if !flags.checksConfig {
            do throws(ConfigRefusal) {
                try options.checkForStart()
            } catch {
                guard error.stage == .fatal else { throw error }
                fatal = error.description
            }
        }
        if fatal == nil {
            try options.checkSupport()
            if flags.hasRoutesAlone {
                throw Refusal(description: "solicited routes require cluster capabilities, e.g. --cluster")
            }
            if let flag = flags.unsupported.first {
                throw Refusal(
                    description:
                        "the bundled broker does not do what -\(flag) asks for; start nats-server itself for it")
            }
            if let missing = Self.missing(in: options) {
                throw Refusal(
                    description:
                        "\(missing) is not supported by Launchpad's bundled broker: run this file with nats-server")
            }
            if Self.hasHashes(options), !Password.canHash {
                throw Refusal(description: "passwords are hashed: \(Password.libraryMissing)")
            }
        }
        hasPlainPasswords = Self.hasPlainPasswords(options)
        self.options = options.completed()
        settings = try BrokerSettings(self.options)
        settings.configDigest = digest
    }

    /// A token is none, and a user whom a certificate names needs none.
    private static func hasPlainPasswords(_ options: ServerOptions) -> Bool {
        let mapsCertificates =
            options.tls?.verifyAndMap == true || options.websocket?.tls?.verifyAndMap == true
        let own = options.authorization.map { $0.password.isEmpty ? [] : [$0.password] } ?? []
        let passwords = own + options.users.map(\.password).filter { !$0.isEmpty || !mapsCertificates }
        return passwords.contains { !Password.isBcrypt($0) }
    }

    /// The first thing that the options ask for and that this broker does not do.
    private static func missing(in options: ServerOptions) -> String? {
        if !options.defaultSentinel.isEmpty { return "default_sentinel" }
        if options.writeTimeout == .retry { return "write_timeout: retry" }
        if options.profilingPort != 0 { return "prof_port" }
        if options.jetStream.isEnabled, !options.jetStream.key.isEmpty {
            return "encryption of streams (jetstream key)"
        }
        return nil
    }

    /// Whether a client has to prove a bcrypt hash.
    private static func hasHashes(_ options: ServerOptions) -> Bool {
        let own = options.authorization.map { [$0.password, $0.token] } ?? []
        return (own + options.users.map(\.password)).contains(where: Password.isBcrypt)
    }
}

extension ServerFlags {
    /// Lays the flags over what the configuration file says.
    func apply(to options: inout ServerOptions) {
        if let host { options.host = host }
        if let port { options.port = port }
        if let name { options.serverName = name }
        if let jetStream { options.jetStream.isEnabled = jetStream }
        if let storeDirectory { options.jetStream.storeDirectory = storeDirectory }
        if let httpPort { options.monitoring.port = httpPort }
        if let httpsPort { options.monitoring.securePort = httpsPort }
        if let clientAdvertise { options.clientAdvertise = clientAdvertise }
        if let pidFile { options.pidFile = pidFile }
        if let portsFileDirectory { options.portsFileDirectory = portsFileDirectory }
        if let logFile { options.logging.file = logFile }
        if let logTime { options.logging.time = logTime }
        if let logTimeUTC { options.logging.timeInUTC = logTimeUTC }
        if let debug { options.logging.debug = debug }
        if let trace { options.logging.trace = trace }
        if let traceVerbose { options.logging.traceVerbose = traceVerbose }
        if let logSizeLimit { options.logging.fileSizeLimit = Int64(logSizeLimit) }
        if let systemLog { options.logging.syslog = systemLog }
        if let remoteSystemLog { options.logging.remoteSyslog = remoteSystemLog }
        if let maxTracedMessageLength { options.logging.maxTracedMessageLength = maxTracedMessageLength }
        if let authorization = authorization(over: options.authorization) { options.authorization = authorization }
    }

    /// What the flags alone say about authorization; nil where they say nothing.
    var authorization: AuthorizationOptions? { authorization(over: nil) }

    private func authorization(over configured: AuthorizationOptions?) -> AuthorizationOptions? {
        guard user != nil || password != nil || token != nil else { return nil }
        var authorization = configured ?? AuthorizationOptions()
        if let user { authorization.user = user }
        if let password { authorization.password = password }
        if let token { authorization.token = token }
        return authorization
    }
}
