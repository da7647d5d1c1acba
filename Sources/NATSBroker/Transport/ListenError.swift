import GoFormats

/// An address that cannot be listened on.
package struct ListenError: StartFailure {
    enum Purpose {
        case clients, monitoring, webSockets
    }

    /// What the address was wanted for.
    var purpose: Purpose
    /// `host:port`, as nats-server's messages give it.
    package var address: String
    /// What could not be done, behind `listen tcp`.
    package var reason: String

    private var goReason: String {
        reason.hasPrefix("address") || reason.hasPrefix("lookup") ? "listen tcp: \(reason)" : "listen tcp \(reason)"
    }

    /// nats-server's line for it.
    package var message: String {
        switch purpose {
        case .clients: "Error listening on port: \(address), \(GoText.quoted(goReason))"
        case .webSockets: "Unable to listen for websocket connections: \(goReason)"
        case .monitoring: "Can't start monitoring: can't listen to the monitor port: \(goReason)"
        }
    }
}
