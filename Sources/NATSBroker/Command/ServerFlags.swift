import GoFormats

/// nats-server's command line.
struct ServerFlags {
    var host: String?
    var port: Int?
    var name: String?
    var clientAdvertise: String?
    var httpPort: Int?
    var httpsPort: Int?
    var configFile: String?
    var checksConfig = false
    var signal: String?
    var pidFile: String?
    var portsFileDirectory: String?
    var logFile: String?
    var logTime: Bool?
    var logTimeUTC: Bool?
    var logSizeLimit: Int?
    var systemLog: Bool?
    var remoteSystemLog: String?
    var debug: Bool?
    var trace: Bool?
    var traceVerbose: Bool?
    var maxTracedMessageLength: Int?
    var user: String?
    var password: String?
    var token: String?
    var jetStream: Bool?
    var storeDirectory: String?
    var tls: Bool?
    var tlsVerify: Bool?
    var tlsCertificate: String?
    var tlsKey: String?
    var tlsCA: String?
    var showsVersion = false
    var showsHelp = false
    var showsTLSHelp = false
    /// Flags whose work this server does not do, as they were given.
    var unsupported: [String] = []

    /// What a flag takes; nil for a name that is none.
    private static func kind(of name: String) -> FlagParser.Kind? {
        switch name {
        case "h", "help", "D", "debug", "V", "VV", "trace", "DV", "DVV", "T", "logtime", "logtime_utc", "t", "s",
            "syslog", "version", "v", "no_advertise", "help_tls", "tls", "tlsverify", "js", "jetstream":
            .bool
        case "port", "p", "m", "http_port", "ms", "https_port", "log_size_limit", "profile", "connect_retries",
            "max_traced_msg_len":
            .int
        case "n", "name", "server_name", "addr", "a", "net", "client_advertise", "user", "pass", "auth", "c", "config",
            "sl", "signal", "P", "pid", "ports_file_dir", "l", "log", "r", "remote_syslog", "routes", "cluster",
            "cluster_listen", "cluster_advertise", "cluster_name", "tlscert", "tlskey", "tlscacert", "sd", "store_dir":
            .string
        default: nil
        }
    }

    /// Flags that say how servers of a cluster find each other: to a server in none they mean nothing.
    private static let idle = ["no_advertise", "connect_retries", "cluster_advertise"]

    /// Whether other servers are to be found without a cluster to be in.
    var hasRoutesAlone: Bool {
        unsupported.contains("routes") && !unsupported.contains("cluster") && !unsupported.contains("cluster_listen")
    }

    /// Reads a command line without the program's name.
    init(_ arguments: [String]) throws(FlagParser.Failure) {
        let outcome = try FlagParser(kind: Self.kind(of:)).parse(arguments)
        for (name, value) in outcome.flags { apply(name, value) }
        // The only words that are no flags; who asks for help or the version gets it, whatever else there is.
        guard !showsVersion, !showsHelp, !showsTLSHelp, let word = outcome.arguments.first else { return }
        switch word.lowercased() {
        case "version": showsVersion = true
        case "help": showsHelp = true
        default: throw FlagParser.Failure(description: "unrecognized command: \(GoText.quoted(word))")
        }
    }

    private mutating func apply(_ name: String, _ value: FlagParser.Value) {
        switch value {
        case .bool(let value): apply(name, value)
        case .int(let value): apply(name, value)
        case .string(let value): apply(name, value)
        }
    }

    private mutating func apply(_ name: String, _ value: Bool) {
        switch name {
        case "h", "help": showsHelp = value
        case "v", "version": showsVersion = value
        case "D", "debug": debug = value
        case "V", "trace": trace = value
        case "VV":
            trace = value
            traceVerbose = value
        case "DV":
            debug = value
            trace = value
        case "DVV":
            debug = value
            trace = value
            traceVerbose = value
        case "s", "syslog": systemLog = value
        case "T", "logtime": logTime = value
        case "logtime_utc": logTimeUTC = value
        case "t": checksConfig = value
        case "js", "jetstream": jetStream = value
        case "tls": tls = value
        case "tlsverify": tlsVerify = value
        case "help_tls": showsTLSHelp = value
        default: if value, !Self.idle.contains(name) { unsupported.append(name) }
        }
    }

    private mutating func apply(_ name: String, _ value: Int) {
        switch name {
        case "p", "port": port = value
        case "m", "http_port": httpPort = value
        case "ms", "https_port": httpsPort = value
        case "log_size_limit": logSizeLimit = value
        case "max_traced_msg_len": maxTracedMessageLength = value
        default: if value != 0, !Self.idle.contains(name) { unsupported.append(name) }
        }
    }

    private mutating func apply(_ name: String, _ value: String) {
        switch name {
        case "n", "name", "server_name": self.name = value
        case "a", "addr", "net": host = value
        case "client_advertise": clientAdvertise = value
        case "user": user = value
        case "pass": password = value
        case "auth": token = value
        case "c", "config": configFile = value
        case "sl", "signal": signal = value
        case "P", "pid": pidFile = value
        case "ports_file_dir": portsFileDirectory = value
        case "l", "log": logFile = value
        case "r", "remote_syslog": remoteSystemLog = value
        case "sd", "store_dir": storeDirectory = value
        case "tlscert": tlsCertificate = value
        case "tlskey": tlsKey = value
        case "tlscacert": tlsCA = value
        default: if !value.isEmpty, !Self.idle.contains(name) { unsupported.append(name) }
        }
    }
}
