import NIOCore
import NIOSSL

// What stands between a socket and the connection's handler: TLS, WebSocket, or nothing. All of it runs on the event loop.
extension NATSConnection {
    /// Puts the handlers into the pipeline of a socket that is being opened.
    ///
    /// - Throws: ``NATSError/Code/tlsFailed`` for certificates that can't be used.
    func fill(_ pipeline: ChannelPipeline.SynchronousOperations, _ server: ServerAddress, attempt: Int) throws {
        let handler = ConnectionHandler(connection: self, attempt: attempt)
        if server.usesWebSocket ? server.usesTLS : options.tls.handshakeFirst {
            handler.beginSecuring()
            try pipeline.addHandler(try tlsHandler(for: server))
        }
        if server.usesWebSocket {
            try pipeline.addHandler(WebSocketUpgradeHandler(host: server.hostAndPort, connection: handler))
        } else {
            try pipeline.addHandler(handler)
        }
    }

    /// Begins a handshake on an open socket.
    func secure(_ channel: any Channel, _ server: ServerAddress, attempt: Int) {
        let pipeline = channel.pipeline.syncOperations
        do {
            try pipeline.handler(type: ConnectionHandler.self).beginSecuring()
            try pipeline.addHandler(try tlsHandler(for: server), position: .first)
        } catch {
            channel.close(promise: nil)
            socketClosed(attempt: attempt, error: error as? NATSError ?? .handshake(error))
        }
    }

    func secured(attempt: Int) {
        update { $0.machine.secured(attempt: attempt) }
    }

    private func tlsHandler(for server: ServerAddress) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: server.host, port: 0)) != nil
        // An address is checked against the certificate too, but is no name to ask for.
        return try NIOSSLClientHandler(
            context: try options.tls.context(), serverHostname: isAddress ? nil : server.host)
    }
}
