/// What a command asks of the supervisor; each connection carries one request.
enum SupervisorRequest: Sendable, Codable {
    case ping
    case ensureNetwork(StoredResource)
    case removeNetwork(String)
    case networks
    case ensureVolume(StoredResource)
    case removeVolume(String)
    case volumes
    case create(ContainerSpec)
    case containers
    /// Followed by three descriptors where the caller's own are to be the container's.
    case start(String, isAttached: Bool)
    case stop(String, graceNanoseconds: Int?)
    case kill(String, signal: Int32)
    case remove(String, force: Bool, volumes: Bool)
    /// Answered once the container satisfies the condition, or cannot any more.
    case wait(String, WaitCondition, seconds: Double?)
    /// Answered by several `lines` and `done`.
    case logs([String], isFollowing: Bool)
    /// Followed by three descriptors, unless it is detached.
    case exec(ExecSpec)
}

/// What can be waited for.
enum WaitCondition: String, Sendable, Codable {
    /// Running, and healthy where it has a health check.
    case healthy
    case exited
}

/// What the supervisor answers.
enum SupervisorReply: Sendable, Codable {
    case done
    /// - Parameter status: the exit status that the command should end with.
    case failed(String, status: Int32)
    case container(ContainerInfo)
    case containers([ContainerInfo])
    case resources([StoredResource])
    /// True where it was not there before.
    case made(Bool)
    case lines([LogLine])
    case exited(Int)
}
