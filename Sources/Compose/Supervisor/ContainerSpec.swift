import Guides

/// Everything that a supervisor must know to run a container.
struct ContainerSpec: Sendable, Hashable, Codable {
    /// A network that a container is in.
    struct Attachment: Sendable, Hashable, Codable {
        var network: String
        /// The names under which others find it there.
        var names: [String]
    }

    var name: String
    var project: String
    var service: String
    var number = 1
    /// True for `docker compose run`.
    var isOneOff = false
    var image: String
    var standIn: StandIn
    var arguments: [String]
    var environment: [String: String]
    var workingDirectory: String
    var user: String
    var hostname: String?
    var mounts: [Mount] = []
    var tmpfs: [String] = []
    var ports: [Port] = []
    var networks: [Attachment] = []
    var extraHosts: [String: String] = [:]
    var health: HealthCheck?
    var restart = RestartPolicy.no
    var stopSignal = "SIGTERM"
    var stopGrace = GoDuration.seconds(10)
    var isReadOnly = false
    /// Whether its program is not process 1, to which the kernel delivers no signal that it does not handle.
    var hasInit = false
    var isRemovedAtEnd = false
    var labels: [String: String] = [:]
    /// Files that are written into the container's root first, by path.
    var files: [String: String] = [:]
}

/// What becomes of a container.
enum ContainerState: String, Sendable, Hashable, Codable {
    case created, running, restarting, exited
}

/// What its health check says.
enum Health: String, Sendable, Hashable, Codable {
    case starting, healthy, unhealthy
}

/// A container as its supervisor sees it. Times are seconds since 1970.
struct ContainerInfo: Sendable, Hashable, Codable {
    /// 64 hexadecimal digits.
    var id: String
    var spec: ContainerSpec
    var state = ContainerState.created
    var health: Health?
    var createdAt: Double
    var startedAt: Double?
    var finishedAt: Double?
    var exitStatus = 0
    var restartCount = 0
    /// Process id of its first process, as the supervisor sees it; 0 where it does not run.
    var process: Int32 = 0
    /// Its addresses by network.
    var addresses: [String: String] = [:]
    /// Its ports with the ones that the system chose.
    var ports: [Port] = []
    /// Why it could not be started.
    var startProblem: String?
    /// What its last health check printed.
    var healthOutput = ""

    var shortID: String { String(id.prefix(12)) }
    var isRunning: Bool { state == .running }
}

/// A line that a container has printed.
struct LogLine: Sendable, Hashable, Codable {
    var container: String
    var isError: Bool
    /// RFC 3339 with nanoseconds, in UTC.
    var time: String
    var text: String
}

/// A command to run in a running container.
struct ExecSpec: Sendable, Hashable, Codable {
    var container: String
    var arguments: [String]
    var environment: [String: String] = [:]
    var workingDirectory: String?
    var isDetached = false
}

/// A network or volume that a supervisor keeps.
struct StoredResource: Sendable, Hashable, Codable {
    var name: String
    var project: String
    /// The name in the compose file.
    var key: String
    var labels: [String: String] = [:]
    /// Seconds since 1970.
    var createdAt: Double = 0
    /// Of a volume without a name: the container that it was made for.
    var owner: String?
}
