/// Something that happened to a connection on its own.
public enum ConnectionEvent: Sendable, Hashable {
    /// The first connection stands.
    case connected(ServerAddress)
    /// The connection is lost; a new one is tried if the options say so.
    case disconnected(NATSError?)
    /// An attempt to connect again failed; the next follows after the given wait.
    case reconnectFailed(NATSError, nextAttemptIn: Duration)
    /// The connection stands again, and all subscriptions are back.
    case reconnected(ServerAddress)
    /// The server made servers known that were not known before.
    case discoveredServers([ServerAddress])
    /// The server will shut down soon.
    case lameDuck
    /// An error that belongs to no call, such as a permissions violation.
    case error(NATSError)
    /// The connection is closed for good.
    case closed
}
