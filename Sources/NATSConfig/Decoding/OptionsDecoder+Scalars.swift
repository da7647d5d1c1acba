import GoFormats

/// The fields of the top level that hold one value each. Every function returns false for a field that isn't its own.
extension OptionsDecoder {
    /// Where the server listens.
    mutating func network(_ setting: Setting) throws(ConfigProblem) -> Bool {
        switch setting.name {
        case "listen": (options.host, options.port) = try listen(setting)
        case "host", "net": options.host = try setting.string()
        case "port": options.port = try setting.int()
        case "client_advertise": options.clientAdvertise = try setting.string()
        case "http": (options.monitoring.host, options.monitoring.port) = try listen(setting)
        case "https": (options.monitoring.host, options.monitoring.securePort) = try listen(setting)
        case "http_port", "monitor_port": options.monitoring.port = try setting.int()
        case "https_port": options.monitoring.securePort = try setting.int()
        case "http_base_path": options.monitoring.basePath = try setting.string()
        case "allow_non_tls": options.allowNonTLS = try setting.bool()
        case "proxy_protocol":
            options.proxyProtocol = try setting.bool()
            if options.proxyProtocol {
                require(.proxyProtocol, at: setting.position)
            }
        default: return false
        }
        return true
    }

    /// Who the server is, and who is who to it.
    mutating func identity(_ setting: Setting) throws(ConfigProblem) -> Bool {
        switch setting.name {
        case "server_name":
            let name = try setting.string()
            guard !name.contains(" ") else {
                throw setting.problem("server name cannot contain spaces")
            }
            options.serverName = name
        case "server_tags": try serverTags(setting)
        case "server_metadata":
            guard let fields = setting.fieldsIfMap else {
                throw setting.problem("error parsing metadata: unsupported type \(setting.typeName)")
            }
            for field in fields {
                options.serverMetadata[field.key] = try field.string()
            }
        case "no_auth_user": options.noAuthUser = try setting.string()
        case "system_account", "system": break
        case "no_system_account", "no_system", "no_sys_acc": options.noSystemAccount = try setting.bool()
        case "default_sentinel": options.defaultSentinel = try setting.string()
        case "no_header_support": options.noHeaderSupport = try setting.bool()
        case "disable_sublist_cache", "no_sublist_cache": options.noSublistCache = try setting.bool()
        case "no_fast_producer_stall": options.noFastProducerStall = try setting.bool()
        default: return false
        }
        return true
    }

    private mutating func serverTags(_ setting: Setting) throws(ConfigProblem) {
        let tags: [String]
        switch setting.content {
        case .string(let tag):
            tags = [tag]
        case .array(let values):
            var texts: [String] = []
            for value in values {
                // nats-server can't use an array that is in an environment variable here.
                guard !value.isFromEnvironment else {
                    throw setting.problem("error parsing tags: unsupported type \(GoText.typeName(value.content))")
                }
                guard case .string(let tag) = value.content else {
                    throw setting.problem("error parsing tags: unsupported type *conf.token where string is expected")
                }
                texts.append(tag)
            }
            tags = texts
        default:
            throw setting.problem("error parsing tags: unsupported type \(setting.typeName)")
        }
        for tag in tags.map({ $0.trimmed.lowercased() }) where !tag.isEmpty && !options.serverTags.contains(tag) {
            options.serverTags.append(tag)
        }
    }

    /// How much there may be of something.
    mutating func limit(_ setting: Setting) throws(ConfigProblem) -> Bool {
        switch setting.name {
        case "max_connections", "max_conn":
            let count = try setting.int()
            options.limits.maxConnections = count == 0 ? -1 : count
        case "max_payload": options.limits.maxPayload = try boundedSize(setting)
        case "max_control_line": options.limits.maxControlLine = try boundedSize(setting)
        case "max_pending": options.limits.maxPending = try setting.integer()
        case "max_subscriptions", "max_subs": options.limits.maxSubscriptions = try setting.int()
        case "max_sub_tokens", "max_subscription_tokens":
            let count = try setting.integer()
            guard count <= UInt8.max else { throw setting.problem("\(setting.key) value is too big") }
            guard count > 0 else { throw setting.problem("\(setting.key) value can not be negative") }
            options.limits.maxSubscriptionTokens = UInt8(count)
        case "max_closed_clients": options.limits.maxClosedClients = try setting.int()
        default: return false
        }
        return true
    }

    private func boundedSize(_ setting: Setting) throws(ConfigProblem) -> Int32 {
        let size = try setting.integer()
        guard size <= Int32.max else { throw setting.problem("\(setting.key) value is too big") }
        return Int32(truncatingIfNeeded: size)
    }

    /// How long something may take.
    mutating func timing(_ setting: Setting) throws(ConfigProblem) -> Bool {
        switch setting.name {
        case "ping_interval": options.pingInterval = try duration(setting, field: "ping_interval")
        case "ping_max": options.maxPingsOut = try setting.int()
        case "write_deadline": options.writeDeadline = try duration(setting, field: "write_deadline")
        case "write_timeout":
            guard let policy = WriteTimeoutPolicy(rawValue: try setting.string()) else {
                throw setting.problem("write_timeout must be 'default', 'close' or 'retry'")
            }
            options.writeTimeout = policy
        case "lame_duck_duration":
            let duration = try setting.duration(orFailWith: "error parsing lame_duck_duration: ")
            guard duration >= .seconds(30) else {
                throw setting.problem(
                    "invalid lame_duck_duration of \(GoDuration.described(duration)), minimum is 30 seconds"
                )
            }
            options.lameDuckDuration = duration
        case "lame_duck_grace_period":
            let duration = try setting.duration(orFailWith: "error parsing lame_duck_grace_period: ")
            guard duration >= .zero else {
                throw setting.problem("invalid lame_duck_grace_period, needs to be positive")
            }
            options.lameDuckGracePeriod = duration
        default: return false
        }
        return true
    }

    /// What is logged and reported.
    mutating func log(_ setting: Setting) throws(ConfigProblem) -> Bool {
        switch setting.name {
        case "debug": options.logging.debug = try setting.bool()
        case "trace": options.logging.trace = try setting.bool()
        case "trace_verbose":
            options.logging.traceVerbose = try setting.bool()
            options.logging.trace = options.logging.traceVerbose
        case "trace_headers":
            options.logging.traceHeaders = try setting.bool()
            options.logging.trace = options.logging.traceHeaders
        case "logtime": options.logging.time = try setting.bool()
        case "logtime_utc": options.logging.timeInUTC = try setting.bool()
        case "logfile", "log_file": options.logging.file = try setting.string()
        case "logfile_size_limit", "log_size_limit": options.logging.fileSizeLimit = try setting.integer()
        case "logfile_max_num", "log_max_num": options.logging.fileMaxCount = try setting.integer()
        case "syslog": options.logging.syslog = try setting.bool()
        case "remote_syslog": options.logging.remoteSyslog = try setting.string()
        case "max_traced_msg_len": options.logging.maxTracedMessageLength = try setting.int()
        case "pidfile", "pid_file": options.pidFile = try setting.string()
        case "ports_file_dir": options.portsFileDirectory = try setting.string()
        case "prof_port": options.profilingPort = try setting.int()
        case "prof_block_rate": options.profilingBlockRate = try setting.int()
        case "connect_error_reports": options.connectErrorReports = try setting.int()
        case "reconnect_error_reports": options.reconnectErrorReports = try setting.int()
        default: return false
        }
        return true
    }

    // MARK: Shared forms

    /// A duration, or a number of seconds, which is out of date and gets a warning. A malformed one is reported and counts
    /// as none.
    mutating func duration(_ setting: Setting, field: String) throws(ConfigProblem) -> Duration {
        if case .string = setting.content {
            do {
                return try setting.duration(orFailWith: "error parsing \(field): ")
            } catch {
                errors.append(error)
                return .zero
            }
        }
        warnings.append(
            setting.problem(
                "invalid use of field \(GoText.quoted(field)): \(field) should be converted to a duration"
            )
        )
        return .seconds(try setting.integer())
    }

    /// A port, or a host and a port.
    func listen(_ setting: Setting) throws(ConfigProblem) -> (host: String, port: Int) {
        switch setting.content {
        case .integer(let port):
            return ("", Int(port))
        case .string(let address):
            guard let (host, port) = HostPort.split(address) else {
                throw setting.problem("could not parse address string \(GoText.quoted(address))")
            }
            guard let number = Int(port) else {
                throw setting.problem("could not parse port \(GoText.quoted(port))")
            }
            return (host, number)
        default:
            throw setting.problem("expected port or host:port, got \(setting.typeName)")
        }
    }
}

extension String {
    /// Without white space at either end.
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
