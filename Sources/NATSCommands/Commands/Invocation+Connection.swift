import GoFormats
import NATSClient

extension Invocation {
    /// The settings that hold for this run: those of the context that is named or selected, overridden by flags and
    /// variables.
    ///
    /// - Throws: ``CommandError`` if the context does not exist.
    func settings() throws -> ContextSettings {
        var settings = ContextSettings()
        if !self[GlobalFlags.noContext] {
            let store = ContextStore(environment: environment)
            if let name = self[GlobalFlags.context] {
                if name.hasSuffix(".json"), FileSystem.isFile(name) {
                    settings = try store.load(file: name, name: name)
                } else {
                    settings = try store.load(name)
                }
            } else if let name = store.selected {
                settings = try selectedSettings(name, in: store)
            }
        }
        settings.override(with: ContextSettings(flagsOf: self))
        if settings.url.isEmpty {
            settings.url = ContextSettings.defaultURL
        }
        return settings
    }

    private func selectedSettings(_ name: String, in store: ContextStore) throws -> ContextSettings {
        guard store.isKnown(name) else {
            console.print("The selected context \(GoText.quoted(name)) was not found, unselecting it")
            console.print()
            try store.select(nil)
            throw CommandError("context not found")
        }
        return try store.load(name)
    }

    /// Connects as the flags, the variables and the context say.
    ///
    /// - Parameters:
    ///   - servers: other servers than those.
    ///   - adjust: changes the options.
    /// - Throws: ``CommandError`` for settings that this tool can't serve yet, ``NATSError`` if no connection comes about.
    func connect(
        servers: String? = nil,
        adjust: (inout ConnectionOptions) -> Void = { _ in }
    ) async throws -> NATSConnection {
        let settings = try settings()
        var options = try connectionOptions(settings, servers: servers ?? settings.url)
        adjust(&options)
        let connection = try await NATSConnection.connect(options)
        report(connection.events(), trace: self[GlobalFlags.trace])
        if self[GlobalFlags.trace], let server = connection.connectedServer {
            console.log(">>> Connected to \(server) (\(server.hostAndPort))")
        }
        return connection
    }

    /// Connects once with the given settings and closes again.
    func tryConnecting(_ settings: ContextSettings) async throws {
        let servers = settings.url.isEmpty ? ContextSettings.defaultURL : settings.url
        try await NATSConnection.connect(try connectionOptions(settings, servers: servers)).close()
    }

    func connectionOptions(_ settings: ContextSettings, servers: String) throws -> ConnectionOptions {
        try refuseUnsupported(settings)
        var options = ConnectionOptions(servers: try ServerAddress.list(parsing: servers))
        options.name = self[GlobalFlags.connectionName]
        if !settings.inboxPrefix.isEmpty {
            options.inboxPrefix = settings.inboxPrefix
        }
        let home = HomeDirectory.path(environment: environment)
        options.credentials = try settings.credentials(home: home)
        options.tls.certificateFile = HomeDirectory.expanded(settings.cert, home: home)
        options.tls.keyFile = HomeDirectory.expanded(settings.key, home: home)
        options.tls.authorityFile = HomeDirectory.expanded(settings.ca, home: home)
        options.tls.handshakeFirst = settings.tlsFirst
        var reconnection = Reconnection(maximumAttempts: nil) { round in
            .milliseconds(Int.random(in: 500...1_000) + min(round, 38) * 500)
        }
        reconnection.continuesAfterAuthorizationErrors = true
        options.reconnection = reconnection
        return options
    }

    private func refuseUnsupported(_ settings: ContextSettings) throws {
        let refused: [(value: String, flag: String)] = [
            (settings.userJWT, "--jwt"), (settings.socksProxy, "--socks-proxy"),
        ]
        guard let (_, flag) = refused.first(where: { !$0.value.isEmpty }) else { return }
        throw CommandError(
            "\(flag) (or the context's setting of that kind) is not supported yet: leave it out, or use natscli "
                + "itself"
        )
    }

    /// Says what happens to the connection, as natscli does: losses always, the rest when tracing.
    private func report(_ events: AsyncStream<ConnectionEvent>, trace: Bool) {
        Task {
            for await event in events {
                switch event {
                case .disconnected(let error?):
                    console.log(">>> Disconnected due to: \(error), will attempt reconnect")
                case .error(let error) where trace:
                    console.log(">>> Unexpected NATS error: \(error)")
                case .reconnectFailed(let error, let delay) where trace:
                    console.log(">>> Reconnect error: \(error)")
                    console.log(">>> Setting reconnect delay to \(GoDuration.described(delay))")
                case .reconnected(let server) where trace:
                    console.log(">>> Reconnected to \(server) (\(server.hostAndPort))")
                case .discoveredServers(let servers) where trace:
                    let list = servers.map(\.description).joined(separator: ", ")
                    console.log(">>> Discovered new servers, known servers are now \(list)")
                default:
                    break
                }
            }
        }
    }
}
