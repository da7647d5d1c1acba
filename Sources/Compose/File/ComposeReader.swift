import Guides

/// Reads the merged value of the compose files into a ``ComposeProject``. A key that is not supported is an error.
struct ComposeReader {
    /// The keys of the top level.
    static let keys = ["name", "version", "services", "networks", "volumes"]

    let directory: String
    /// What `environment: [NAME]` and `env_file` take their values from.
    let variables: Variables
    var diagnostics: [Diagnostic] = []
    var project: ComposeProject
    /// The volumes that services mention, checked once all volumes are known.
    var mentionedVolumes: [(name: String, place: Place)] = []
    var mentionedNetworks: [(name: String, place: Place)] = []
    var mentionedServices: [(name: String, place: Place)] = []
    /// All services, those that cannot be used among them.
    private var serviceNames: [String] = []

    init(name: String, directory: String, files: [String], variables: Variables) {
        self.directory = directory
        self.variables = variables
        project = ComposeProject(
            name: name, directory: directory, files: files, services: [], networks: [:], volumes: [:])
    }

    mutating func read(_ root: ComposeValue) {
        guard let entries = root.map else {
            reject(root.place, "a compose file must be key: value pairs", help: Self.valid(Self.keys))
            return
        }
        project.extensions = extensions(of: root)
        for entry in entries where !entry.key.hasPrefix("x-") {
            switch entry.key {
            case "name", "version": break
            case "services": readServices(entry.value)
            case "networks": project.networks = readResources(entry.value, kind: "network")
            case "volumes": project.volumes = readResources(entry.value, kind: "volume")
            default: unknown(entry, valid: Self.keys)
            }
        }
        project.services.sort { $0.name < $1.name }
        checkMentions()
    }

    private mutating func readServices(_ value: ComposeValue) {
        guard let entries = value.map else {
            reject(value.place, "\"services\" must map names to services")
            return
        }
        serviceNames = entries.map(\.key)
        for entry in entries {
            guard !entry.key.isEmpty, entry.key.allSatisfy(Self.isNamePart) else {
                reject(
                    entry.place, "\"\(entry.key)\" is no name of a service",
                    help: "use letters, digits, \".\", \"_\" and \"-\"")
                continue
            }
            var reader = ServiceReader(reader: self, name: entry.key, place: entry.place)
            reader.read(entry.value)
            self = reader.reader
            if let service = reader.finished { project.services.append(service) }
        }
    }

    private mutating func readResources(_ value: ComposeValue, kind: String) -> [String: Resource] {
        var result: [String: Resource] = [:]
        guard !value.isNull else { return result }
        guard let entries = value.map else {
            reject(value.place, "\"\(kind)s\" must map names to \(kind)s")
            return result
        }
        let valid =
            ["name", "external", "driver", "labels"] + (kind == "network" ? ["internal"] : [])
        for entry in entries {
            var resource = Resource(name: "\(project.name)_\(entry.key)", extensions: extensions(of: entry.value))
            for option in entry.value.map ?? [] where !option.key.hasPrefix("x-") {
                switch option.key {
                case "name": resource.name = text(option) ?? resource.name
                case "external":
                    resource.isExternal = bool(option) ?? false
                    if resource.isExternal, entry.value["name"] == nil { resource.name = entry.key }
                case "internal" where kind == "network": resource.isInternal = bool(option) ?? false
                case "labels": resource.labels = labels(option)
                case "driver":
                    resource.driver = text(option)
                    let known = kind == "network" ? "bridge" : "local"
                    if let driver = resource.driver, driver != known {
                        reject(
                            option.value.place, "the \(kind) driver \"\(driver)\" is not supported here",
                            help: "valid: \(known)")
                    }
                default: unknown(option, valid: valid)
                }
            }
            if entry.value.map == nil, !entry.value.isNull {
                reject(entry.value.place, "\"\(entry.key)\" must be empty or a mapping", help: Self.valid(valid))
            }
            result[entry.key] = resource
        }
        return result
    }

    private mutating func checkMentions() {
        for (name, place) in mentionedVolumes where project.volumes[name] == nil {
            let near = nearestName(to: name, among: project.volumes.keys.sorted())
            reject(
                place, "no volume is called \"\(name)\"", code: "unknown-volume",
                help: (near.map { "did you mean \"\($0)\"? " } ?? "")
                    + "add it at the top level: volumes: {\(name): {}}, or write ./\(name) for a directory")
        }
        if project.networks["default"] == nil, project.services.contains(where: { $0.networks["default"] != nil }) {
            project.networks["default"] = Resource(name: "\(project.name)_default")
        }
        for (name, place) in mentionedNetworks where project.networks[name] == nil {
            let near = nearestName(to: name, among: project.networks.keys.sorted())
            reject(
                place, "no network is called \"\(name)\"", code: "unknown-network",
                help: (near.map { "did you mean \"\($0)\"? " } ?? "")
                    + "add it at the top level: networks: {\(name): {}}")
        }
        for (name, place) in mentionedServices where !serviceNames.contains(name) {
            let near = nearestName(to: name, among: serviceNames)
            reject(
                place, "no service is called \"\(name)\"", code: "unknown-service",
                help: (near.map { "did you mean \"\($0)\"? " } ?? "") + "the services are: "
                    + serviceNames.joined(separator: ", "))
        }
        if let cycle = project.dependencyCycle() {
            let place = project.service(cycle[0])?.place ?? Place(file: project.files[0])
            reject(
                place, "services need each other in a circle: \(cycle.joined(separator: " → "))",
                help: "remove one of these depends_on")
        }
    }

    static func isNamePart(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }

    static func valid(_ keys: [String]) -> String {
        "valid keys: \(keys.joined(separator: ", "))"
    }
}

extension ComposeProject {
    /// Names of services of which each needs the next one and the last one the first, or nil.
    func dependencyCycle() -> [String]? {
        var done: Set<String> = []
        func visit(_ name: String, _ path: [String]) -> [String]? {
            if let start = path.firstIndex(of: name) { return Array(path[start...]) + [name] }
            guard !done.contains(name), let service = service(name) else { return nil }
            for dependency in service.dependencies {
                if let cycle = visit(dependency.service, path + [name]) { return cycle }
            }
            done.insert(name)
            return nil
        }
        return services.lazy.compactMap { visit($0.name, []) }.first
    }
}
