/// A compose file as it is meant: every short form written out, every path absolute, every variable replaced.
///
/// The reference: https://docs.docker.com/reference/compose-file/
package struct ComposeProject: Sendable {
    package var name: String
    /// The directory that relative paths start from; absolute.
    package var directory: String
    /// The files that it was read from; absolute.
    package var files: [String]
    /// In the order of their names.
    package var services: [Service]
    /// By their name in the file.
    package var networks: [String: Resource]
    package var volumes: [String: Resource]
    /// What the author keeps under keys that begin with `x-`.
    var extensions: [ComposeValue.Entry] = []

    package func service(_ name: String) -> Service? {
        services.first { $0.name == name }
    }
}

/// A network or volume of a compose file.
package struct Resource: Sendable {
    /// What it is called outside the file, such as `project_name`.
    package var name: String
    package var isExternal = false
    package var isInternal = false
    package var driver: String?
    package var labels: [String: String] = [:]
    var extensions: [ComposeValue.Entry] = []
}

/// One service.
package struct Service: Sendable {
    package var name: String
    var place: Place
    package var image: String
    var imagePlace: Place
    /// Nil takes the image's; an empty list clears it.
    var command: [String]?
    var entrypoint: [String]?
    package var environment: [String: String?] = [:]
    var ports: [Port] = []
    var expose: [String] = []
    var mounts: [Mount] = []
    var tmpfs: [String] = []
    var healthcheck: HealthCheck?
    var dependencies: [Dependency] = []
    var restart: RestartPolicy?
    var containerName: String?
    /// The networks by their name in the file, with further names that the service has there.
    var networks: [String: [String]] = [:]
    var profiles: [String] = []
    var hostname: String?
    var user: String?
    var workingDirectory: String?
    var labels: [String: String] = [:]
    var stopSignal: String?
    var stopGrace: GoDuration?
    var isTerminal = false
    var isInputOpen = false
    var hasInit: Bool?
    var isReadOnly = false
    var extraHosts: [(name: String, address: String)] = []
    var pullPolicy: String?
    var extensions: [ComposeValue.Entry] = []
}

/// A port of a container, reachable from outside if `published` is there.
struct Port: Sendable, Hashable, Codable {
    var target: Int
    /// Nil lets the system choose.
    var published: Int?
    var hostAddress: String?
    var isUDP = false
    var mode = "ingress"

    var protocolName: String { isUDP ? "udp" : "tcp" }
}

/// Something that a service finds at a path.
struct Mount: Sendable, Hashable, Codable {
    enum Kind: String, Sendable, Hashable, Codable {
        case volume, bind, tmpfs
    }

    var kind: Kind
    /// The path of a bind mount; the name in the file of a volume, nil for one without a name.
    var source: String?
    var target: String
    var isReadOnly = false
    /// Bytes of a tmpfs.
    var size: String?
    /// True where a missing source of a bind mount becomes a directory, as in the short form.
    var isShort = false
    /// Whether a new volume gets nothing of what the image has at its place.
    var isNotFilled = false
    /// `z` or `Z`, which mean something to SELinux alone.
    var label: String?
}

/// How a container's health is found out.
struct HealthCheck: Sendable, Hashable, Codable {
    /// `CMD …`, `CMD-SHELL …` or `NONE`; nil takes the image's.
    var test: [String]?
    var interval: GoDuration?
    var timeout: GoDuration?
    var retries: Int?
    var startPeriod: GoDuration?
    var startInterval: GoDuration?
    var isDisabled = false

    /// True where nothing is asked.
    var isNone: Bool { isDisabled || test?.first == "NONE" }
}

/// A service that another one needs.
struct Dependency: Sendable, Hashable, Codable {
    enum Condition: String, Sendable, Hashable, Codable, CaseIterable {
        case started = "service_started"
        case healthy = "service_healthy"
        case completed = "service_completed_successfully"
    }

    var service: String
    var condition = Condition.started
    /// Restart the dependent service when this one is restarted.
    var restarts = false
    var isRequired = true
}

/// What happens when a container ends by itself.
enum RestartPolicy: Sendable, Hashable, Codable {
    case no
    case always
    case unlessStopped
    /// - Parameter limit: how many times at most; nil for any number.
    case onFailure(limit: Int?)

    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("no", 1): self = .no
        case ("always", 1): self = .always
        case ("unless-stopped", 1): self = .unlessStopped
        case ("on-failure", 1): self = .onFailure(limit: nil)
        case ("on-failure", 2):
            guard let limit = Int(parts[1]), limit >= 0 else { return nil }
            self = .onFailure(limit: limit)
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .no: "no"
        case .always: "always"
        case .unlessStopped: "unless-stopped"
        case .onFailure(let limit): limit.map { "on-failure:\($0)" } ?? "on-failure"
        }
    }
}
