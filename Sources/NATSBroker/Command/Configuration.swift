import NATSAccounts

/// What a command line and its configuration file come to.
struct Configuration {
    var settings: BrokerSettings
    /// Whether a password stands in it as it is.
    var hasPlainPasswords = false
    /// `sha256:…` of the configuration file.
    var digest: String?

    /// A configuration that no server can be started with, in nats-server's words where it would refuse it too.
    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    init(_ flags: ServerFlags) throws {
        if flags.checksConfig && flags.configFile == nil {
            throw Refusal(description: "must specify [-c, --config] option to check configuration file syntax")
        }
        if let flag = flags.unsupported.first {
            throw Refusal(
                description: "the bundled broker does not do what -\(flag) asks for; start nats-server itself for it")
        }
        if flags.jetStream == true {
            throw Refusal(
                description:
                    "the bundled broker has no JetStream yet; leave -js out, or start nats-server itself for it")
        }
        settings = BrokerSettings()
        apply(flags)
        if settings.serverName?.contains(" ") == true {
            throw Refusal(description: "server name cannot contain spaces")
        }
    }

    /// Flags beat the file.
    private mutating func apply(_ flags: ServerFlags) {
        if let host = flags.host { settings.host = host.isEmpty ? nil : host }
        if let port = flags.port, port != 0 { settings.port = port == -1 ? 0 : port }
        if let name = flags.name, !name.isEmpty { settings.serverName = name }
        if let port = flags.httpPort { settings.httpPort = port == 0 ? nil : max(port, 0) }
        if let advertise = flags.clientAdvertise { settings.clientAdvertise = advertise }
        if let file = flags.pidFile, !file.isEmpty { settings.pidFile = file }
        if let directory = flags.portsFileDirectory, !directory.isEmpty { settings.portsFileDirectory = directory }
        if let file = flags.logFile, !file.isEmpty { settings.log.file = file }
        if let time = flags.logTime { settings.log.showsTime = time }
        if let utc = flags.logTimeUTC { settings.log.usesUTC = utc }
        if let debug = flags.debug { settings.log.debug = debug }
        if let trace = flags.trace { settings.log.trace = trace }
        if let length = flags.maxTracedMessageLength, length > 0 { settings.maxTracedMessageLength = length }
        if let token = flags.token, !token.isEmpty {
            settings.authenticator = Authenticator(rule: .token(token))
            hasPlainPasswords = !Password.isBcrypt(token)
        } else if let user = flags.user, !user.isEmpty {
            let password = flags.password ?? ""
            settings.authenticator = Authenticator(rule: .single(user: user, password: password))
            hasPlainPasswords = !Password.isBcrypt(password)
        }
    }
}
