/// The canonical form, as `docker compose config` prints it.
extension ComposeProject {
    /// - Parameter services: the services that take part.
    func config(services: [Service]) -> ConfigTree {
        var entries: [(key: String, value: ConfigTree)] = [("name", .text(name))]
        entries.append(("services", .map(services.map { ($0.name, $0.config()) })))
        let usedNetworks = Set(services.flatMap(\.networks.keys))
        let networks = self.networks.filter { usedNetworks.contains($0.key) }
        if !networks.isEmpty { entries.append(("networks", .sorted(networks.mapValues { $0.config() }))) }
        let usedVolumes = Set(services.flatMap { $0.mounts.filter { $0.kind == .volume }.compactMap(\.source) })
        let volumes = self.volumes.filter { usedVolumes.contains($0.key) }
        if !volumes.isEmpty { entries.append(("volumes", .sorted(volumes.mapValues { $0.config() }))) }
        return .map(entries + extensions.map { ($0.key, ConfigTree($0.value)) })
    }
}

extension ConfigTree {
    /// What an author keeps under keys of their own, with its types.
    fileprivate init(_ value: ComposeValue) {
        switch value.content {
        case .null: self = .null
        case .list(let items): self = .list(items.map { ConfigTree($0) })
        case .map(let entries):
            self = .map(entries.sorted { $0.key < $1.key }.map { ($0.key, ConfigTree($0.value)) })
        case .scalar(let text, _):
            self =
                switch value.typed {
                case .bool(let value): .bool(value)
                case .integer(let value): .number(value)
                case .float: .float(value.printed ?? text)
                case .timestamp(let date, let time): .float("\(date)T\(time.prefix { $0 != " " })Z")
                default: .text(text)
                }
        }
    }
}

extension Resource {
    fileprivate func config() -> ConfigTree {
        var entries: [(key: String, value: ConfigTree)] = [("name", .text(name))]
        if let driver { entries.append(("driver", .text(driver))) }
        if !labels.isEmpty { entries.append(("labels", .sorted(labels.mapValues { .text($0) }))) }
        if isExternal { entries.append(("external", .bool(true))) }
        if isInternal { entries.append(("internal", .bool(true))) }
        return .map(entries + extensions.map { ($0.key, ConfigTree($0.value)) })
    }
}

extension Service {
    /// The service alone, for `config` and for the hash that tells whether a container is up to date.
    func config() -> ConfigTree {
        var entries: [(key: String, value: ConfigTree)] = []
        func add(_ key: String, _ value: ConfigTree?) {
            if let value { entries.append((key, value)) }
        }
        func texts(_ list: [String]) -> ConfigTree? {
            list.isEmpty ? nil : .list(list.map { .text($0) })
        }
        add("restart", restart.map { .text($0.text) })
        add("profiles", texts(profiles))
        add("container_name", containerName.map { .text($0) })
        add("command", command.map { .list($0.map { .text(Self.escaped($0)) }) })
        add("entrypoint", entrypoint.map { .list($0.map { .text(Self.escaped($0)) }) })
        let values = environment.mapValues { $0.map { ConfigTree.text(Self.escaped($0)) } ?? .null }
        add("environment", environment.isEmpty ? nil : .sorted(values))
        add("extra_hosts", texts(extraHosts.map { "\($0.name)=\($0.address)" }))
        add("hostname", hostname.map { .text($0) })
        add("image", .text(image))
        add("init", hasInit.map { .bool($0) })
        add("labels", labels.isEmpty ? nil : .sorted(labels.mapValues { .text($0) }))
        add(
            "networks",
            .sorted(networks.mapValues { $0.isEmpty ? .null : .map([("aliases", .list($0.map { .text($0) }))]) }))
        add("pull_policy", pullPolicy.map { .text($0) })
        add("read_only", isReadOnly ? .bool(true) : nil)
        add("stop_grace_period", stopGrace.map { .text($0.text) })
        add("stop_signal", stopSignal.map { .text($0) })
        add("tmpfs", texts(tmpfs))
        add("user", user.map { .text($0) })
        add("volumes", mounts.isEmpty ? nil : .list(mounts.map { $0.config() }))
        add("working_dir", workingDirectory.map { .text($0) })
        add("depends_on", dependencies.isEmpty ? nil : .map(dependencies.map { ($0.service, $0.config()) }))
        add("expose", texts(expose))
        add("healthcheck", healthcheck?.config())
        add("ports", ports.isEmpty ? nil : .list(ports.map { $0.config() }))
        add("stdin_open", isInputOpen ? .bool(true) : nil)
        add("tty", isTerminal ? .bool(true) : nil)
        return .map(entries + extensions.map { ($0.key, ConfigTree($0.value)) })
    }

    /// What is printed may be read again, with variables.
    private static func escaped(_ text: String) -> String {
        text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
    }
}

extension Mount {
    fileprivate func config() -> ConfigTree {
        var entries: [(key: String, value: ConfigTree)] = [("type", .text(kind.rawValue))]
        if let source { entries.append(("source", .text(source))) }
        entries.append(("target", .text(target)))
        if isReadOnly { entries.append(("read_only", .bool(true))) }
        switch kind {
        case .volume: entries.append(("volume", .map(isNotFilled ? [("nocopy", .bool(true))] : [])))
        case .bind: if isShort, label == nil { entries.append(("bind", .map([]))) }
        case .tmpfs: entries.append(("tmpfs", size.map { .map([("size", .text($0))]) } ?? .map([])))
        }
        if let label {
            entries.insert(
                ("bind", .map([("selinux", .text(label))])), at: kind == .volume ? entries.count - 1 : entries.count)
        }
        return .map(entries)
    }
}

extension Port {
    fileprivate func config() -> ConfigTree {
        var entries: [(key: String, value: ConfigTree)] = [("mode", .text(mode))]
        if let hostAddress { entries.append(("host_ip", .text(hostAddress))) }
        entries.append(("target", .number(target)))
        if let published { entries.append(("published", .text(String(published)))) }
        entries.append(("protocol", .text(protocolName)))
        return .map(entries)
    }
}

extension Dependency {
    fileprivate func config() -> ConfigTree {
        var entries: [(key: String, value: ConfigTree)] = [("condition", .text(condition.rawValue))]
        if restarts { entries.append(("restart", .bool(true))) }
        entries.append(("required", .bool(isRequired)))
        return .map(entries)
    }
}

extension HealthCheck {
    fileprivate func config() -> ConfigTree {
        var entries: [(key: String, value: ConfigTree)] = []
        if isDisabled { entries.append(("disable", .bool(true))) }
        if let test {
            entries.append(
                (
                    "test",
                    .list(
                        test.map {
                            .text($0.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$"))
                        })
                ))
        }
        if let timeout { entries.append(("timeout", .text(timeout.text))) }
        if let interval { entries.append(("interval", .text(interval.text))) }
        if let retries { entries.append(("retries", .number(retries))) }
        if let startPeriod { entries.append(("start_period", .text(startPeriod.text))) }
        if let startInterval { entries.append(("start_interval", .text(startInterval.text))) }
        return .map(entries)
    }
}
