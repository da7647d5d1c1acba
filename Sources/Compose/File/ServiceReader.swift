import Guides

/// Reads one service.
struct ServiceReader {
    static let keys = [
        "image", "command", "entrypoint", "environment", "env_file", "ports", "expose", "volumes", "tmpfs",
        "healthcheck",
        "depends_on", "restart", "container_name", "networks", "profiles", "hostname", "user", "working_dir", "labels",
        "stop_signal", "stop_grace_period", "tty", "stdin_open", "init", "read_only", "extra_hosts", "pull_policy",
    ]

    var reader: ComposeReader
    private var service: Service
    private var hasImage = false

    init(reader: ComposeReader, name: String, place: Place) {
        self.reader = reader
        service = Service(name: name, place: place, image: "", imagePlace: place)
    }

    /// The service, unless it cannot be used at all.
    var finished: Service? { hasImage ? service : nil }

    mutating func read(_ value: ComposeValue) {
        guard let entries = value.map else {
            reader.reject(
                service.place, "the service \"\(service.name)\" must be a mapping", help: "at least: image: NAME")
            return
        }
        service.extensions = reader.extensions(of: value)
        var environmentFiles: ComposeValue.Entry?
        for entry in entries where !entry.key.hasPrefix("x-") {
            switch entry.key {
            case "image":
                service.image = reader.text(entry) ?? ""
                service.imagePlace = entry.value.place
                hasImage = !service.image.isEmpty
            case "command": service.command = reader.words(entry)
            case "entrypoint": service.entrypoint = reader.words(entry)
            case "environment": service.environment = reader.pairs(entry).reduce(into: [:]) { $0[$1.key] = resolve($1) }
            case "env_file": environmentFiles = entry
            case "ports":
                for port in (entry.value.list ?? []).flatMap({ ports($0) }) where !service.ports.contains(port) {
                    service.ports.append(port)
                }
            case "expose": service.expose = reader.texts(entry, isListOnly: true, allowsNumbers: true)
            case "volumes": service.mounts = (entry.value.list ?? []).compactMap { mount($0) }
            case "tmpfs": service.tmpfs = reader.texts(entry)
            case "healthcheck": service.healthcheck = healthcheck(entry.value)
            case "depends_on": service.dependencies = dependencies(entry.value)
            case "restart":
                service.restart = reader.text(entry).flatMap { RestartPolicy($0) }
                if service.restart == nil {
                    reader.reject(
                        entry.value.place, "\"restart\" says when a container that ends is started again",
                        help: "valid: \"no\", always, unless-stopped, on-failure, on-failure:3")
                }
            case "container_name": service.containerName = containerName(entry)
            case "networks": readNetworks(entry.value)
            case "profiles": service.profiles = reader.texts(entry, isListOnly: true)
            case "hostname": service.hostname = reader.text(entry)
            case "user": service.user = reader.text(entry)
            case "working_dir": service.workingDirectory = reader.text(entry)
            case "labels": service.labels = reader.labels(entry)
            case "stop_signal": service.stopSignal = reader.text(entry)
            case "stop_grace_period": service.stopGrace = reader.duration(entry)
            case "tty": service.isTerminal = reader.bool(entry) ?? false
            case "stdin_open": service.isInputOpen = reader.bool(entry) ?? false
            case "init": service.hasInit = reader.bool(entry)
            case "read_only": service.isReadOnly = reader.bool(entry) ?? false
            case "extra_hosts": service.extraHosts = extraHosts(entry)
            case "pull_policy": service.pullPolicy = pullPolicy(entry)
            default: reader.unknown(entry, of: " of a service", valid: Self.keys)
            }
            checkKind(entry)
        }
        if let environmentFiles {
            // They may build on the service's own variables, wherever those stand.
            service.environment = readEnvironmentFiles(environmentFiles).merging(service.environment) { _, own in own }
        }
        if service.networks.isEmpty {
            service.networks = ["default": []]
        }
        if !hasImage {
            reader.reject(
                service.place, "the service \"\(service.name)\" has no image",
                help: "images are not built here; name one: image: nats:latest")
        }
    }

    private mutating func checkKind(_ entry: ComposeValue.Entry) {
        if ["ports", "volumes"].contains(entry.key), entry.value.list == nil, !entry.value.isNull {
            reader.reject(entry.value.place, "\"\(entry.key)\" must be a list")
        }
    }

    // MARK: Environment

    /// A name without a value takes it from the environment; without one there, the container does not get it.
    private func resolve(_ pair: (key: String, value: String?)) -> String? {
        pair.value ?? reader.variables.values[pair.key]
    }

    private mutating func readEnvironmentFiles(_ entry: ComposeValue.Entry) -> [String: String?] {
        var result: [String: String?] = [:]
        for item in entry.value.list ?? [entry.value] {
            var path = item.text
            var isRequired = true
            for option in item.map ?? [] {
                switch option.key {
                case "path": path = reader.text(option)
                case "required": isRequired = reader.bool(option) ?? true
                default: reader.unknown(option, of: " of env_file", valid: ["path", "required"])
                }
            }
            guard let path else {
                reader.reject(item.place, "\"env_file\" must name a file")
                continue
            }
            let file = reader.absolute(path)
            guard let bytes = try? FileBytes.read(file) else {
                if isRequired {
                    reader.reject(
                        item.place, "the env_file \(path) cannot be read",
                        help: "make it, or leave it out: required: false")
                }
                continue
            }
            var variables = reader.variables
            for (name, value) in result.merging(service.environment, uniquingKeysWith: { _, own in own }) {
                variables.values[name] = value ?? variables.values[name]
            }
            do {
                let text = String(decoding: bytes, as: UTF8.self)
                for pair in try EnvironmentFile.parse(text, file: file, variables: variables) {
                    if let value = resolve((pair.name, pair.value)) { result[pair.name] = value }
                }
            } catch let error as DiagnosticsError {
                reader.diagnostics += error.diagnostics
            } catch {
                reader.reject(item.place, "\(error)")
            }
        }
        return result
    }

    // MARK: Networks

    private mutating func readNetworks(_ value: ComposeValue) {
        for item in value.list ?? [] {
            guard let name = item.text else {
                reader.reject(item.place, "\"networks\" must be a list of names or a mapping")
                continue
            }
            service.networks[name] = []
            reader.mentionedNetworks.append((name, item.place))
        }
        for entry in value.map ?? [] {
            var aliases: [String] = []
            for option in entry.value.map ?? [] {
                switch option.key {
                case "aliases": aliases = reader.texts(option)
                default: reader.unknown(option, of: " of a service's network", valid: ["aliases"])
                }
            }
            service.networks[entry.key] = aliases
            reader.mentionedNetworks.append((entry.key, entry.place))
        }
        // The default network is made by being mentioned.
        reader.mentionedNetworks.removeAll { $0.name == "default" }
    }

    private mutating func extraHosts(_ entry: ComposeValue.Entry) -> [(name: String, address: String)] {
        if let map = entry.value.map {
            return map.compactMap { pair in pair.value.text.map { (pair.key, $0) } }
        }
        return reader.texts(entry).compactMap { text in
            guard let mark = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                reader.reject(entry.value.place, "\"\(text)\" is no extra host", help: "write it as \"name=address\"")
                return nil
            }
            return (String(text[..<mark]), String(text[text.index(after: mark)...]))
        }
    }

    private mutating func containerName(_ entry: ComposeValue.Entry) -> String? {
        guard let name = reader.text(entry) else { return nil }
        if name.wholeMatch(of: #/[a-zA-Z0-9][a-zA-Z0-9_.-]+/#) == nil {
            reader.reject(
                entry.value.place, "\"\(name)\" cannot be the name of a container",
                help: "two or more letters, digits, \"_\", \".\" and \"-\", the first a letter or digit")
        }
        return name
    }

    private mutating func pullPolicy(_ entry: ComposeValue.Entry) -> String? {
        let valid = ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"]
        guard let policy = reader.text(entry) else { return nil }
        if !valid.contains(policy), policy.wholeMatch(of: #/every_([0-9]+[wdhms])+/#) == nil {
            let near = nearestName(to: policy, among: valid).map { "did you mean \"\($0)\"? " } ?? ""
            reader.reject(
                entry.value.place, "there is no pull policy \"\(policy)\"",
                help: near + "valid: \(valid.joined(separator: ", ")), every_12h")
        }
        return policy
    }

    // MARK: Dependencies

    private mutating func dependencies(_ value: ComposeValue) -> [Dependency] {
        var result: [Dependency] = []
        for item in value.list ?? [] {
            guard let name = item.text else { continue }
            result.append(Dependency(service: name))
            reader.mentionedServices.append((name, item.place))
        }
        if value.text != nil {
            reader.reject(value.place, "\"depends_on\" must be a list of services or a mapping")
        }
        for entry in value.map ?? [] {
            var dependency = Dependency(service: entry.key)
            for option in entry.value.map ?? [] {
                switch option.key {
                case "condition":
                    let text = reader.text(option) ?? ""
                    if let condition = Dependency.Condition(rawValue: text) {
                        dependency.condition = condition
                    } else {
                        let valid = Dependency.Condition.allCases.map(\.rawValue)
                        let near = nearestName(to: text, among: valid).map { "did you mean \"\($0)\"? " } ?? ""
                        reader.reject(
                            option.value.place, "there is no condition \"\(text)\"",
                            help: near + "valid: \(valid.joined(separator: ", "))")
                    }
                case "restart": dependency.restarts = reader.bool(option) ?? false
                case "required": dependency.isRequired = reader.bool(option) ?? true
                default: reader.unknown(option, of: " of depends_on", valid: ["condition", "restart", "required"])
                }
            }
            if entry.value["condition"] == nil {
                reader.reject(
                    entry.place, "\"\(entry.key)\" in depends_on needs a condition",
                    help: "for example: \(entry.key): {condition: service_started}")
            }
            result.append(dependency)
            if dependency.isRequired { reader.mentionedServices.append((entry.key, entry.place)) }
        }
        return result.sorted { $0.service < $1.service }
    }

    // MARK: Health

    private mutating func healthcheck(_ value: ComposeValue) -> HealthCheck {
        var check = HealthCheck()
        let valid = ["test", "interval", "timeout", "retries", "start_period", "start_interval", "disable"]
        for entry in value.map ?? [] {
            switch entry.key {
            case "test":
                if let text = entry.value.text {
                    check.test = ["CMD-SHELL", text]
                } else {
                    check.test = reader.texts(entry)
                    if let first = check.test?.first, !["CMD", "CMD-SHELL", "NONE"].contains(first) {
                        reader.reject(
                            entry.value.place, "healthcheck.test must start with \"CMD\", \"CMD-SHELL\" or \"NONE\"",
                            help: "for example: [\"CMD\", \"pg_isready\"]")
                    }
                }
            case "interval": check.interval = reader.duration(entry)
            case "timeout": check.timeout = reader.duration(entry)
            case "retries": check.retries = reader.int(entry)
            case "start_period": check.startPeriod = reader.duration(entry)
            case "start_interval": check.startInterval = reader.duration(entry)
            case "disable": check.isDisabled = reader.bool(entry) ?? false
            default: reader.unknown(entry, of: " of healthcheck", valid: valid)
            }
        }
        return check
    }
}
