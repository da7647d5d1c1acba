import Tangling

/// What must be known of a compose file before anything reads it whole: its variables may not have their values yet.
struct ComposeFacts: Sendable {
    /// A port of the machine that a service takes.
    struct PublishedPort: Sendable, Hashable {
        /// Nil means all of the machine's addresses.
        var address: String?
        var number: UInt16
        var isUDP: Bool
    }

    /// Relative to the project's root.
    var file: String
    /// What its containers and volumes are named after.
    var project: String
    /// The services with their images, in the order of the file; services that are built are left out.
    var services: [(name: String, image: String)] = []
    var ports: [PublishedPort] = []
    /// The names of containers that have one of their own.
    var containers: [String] = []

    var images: [String] { services.map(\.image) }

    /// The files with a name that Compose looks for, or one like it.
    static func all(in files: [TangledFile]) -> [ComposeFacts] {
        files.compactMap { ComposeFacts($0) }
    }

    /// - Returns: nil for other files than compose files.
    init?(_ file: TangledFile) {
        let parts = file.path.split(separator: "/")
        guard let name = parts.last, name.hasSuffix(".yml") || name.hasSuffix(".yaml"), name.contains("compose") else {
            return nil
        }
        var yaml = ComposeYAML(file: file.path, bytes: file.contents, variables: Variables(values: [:]))
        guard let root = yaml.read(), let services = root["services"]?.map else { return nil }
        self.file = file.path
        // Without a name of its own a project is called as its folder is.
        project = root["name"]?.text ?? parts.dropLast().last.map { Self.projectName($0) } ?? "workspace"
        for service in services {
            if let image = service.value["image"]?.text, !image.isEmpty { self.services.append((service.key, image)) }
            if let name = service.value["container_name"]?.text { containers.append(name) }
            for port in service.value["ports"]?.list ?? [] { ports += Self.ports(port) }
        }
    }

    /// What Compose makes of a folder's name.
    private static func projectName(_ folder: Substring) -> String {
        let allowed = folder.lowercased().filter {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
        }
        return String(allowed.drop { $0 == "-" || $0 == "_" })
    }

    /// The ports that an entry below `ports:` takes, in its short form or its long one. Ports that the system chooses, and
    /// what is no port, take none.
    private static func ports(_ value: ComposeValue) -> [PublishedPort] {
        if value.map != nil {
            return range(value["published"]?.text ?? "").map {
                PublishedPort(
                    address: value["host_ip"]?.text, number: $0, isUDP: value["protocol"]?.text == "udp")
            }
        }
        guard let text = value.text else { return [] }
        let words = text.split(separator: "/")
        var parts = (words.first ?? "").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return [] }
        parts.removeLast()
        let published = parts.removeLast()
        let address = parts.joined(separator: ":").filter { $0 != "[" && $0 != "]" }
        return range(published).map {
            PublishedPort(address: address.isEmpty ? nil : address, number: $0, isUDP: words.last == "udp")
        }
    }

    private static func range(_ text: String) -> [UInt16] {
        let ends = text.split(separator: "-").map { UInt16($0) }
        guard let first = ends.first.flatMap({ $0 }), let last = ends.last.flatMap({ $0 }), first > 0, first <= last
        else {
            return []
        }
        return Array(first...last)
    }
}
