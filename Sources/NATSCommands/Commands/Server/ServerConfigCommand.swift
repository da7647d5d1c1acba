import NATSClient

/// `nats server config`: lets a server read its configuration anew.
enum ServerConfigCommand {
    static let id = Argument.required("id", "The server's ID")

    static let spec = CommandSpec(
        name: "config",
        help: "Interact with server configuration",
        subcommands: [
            CommandSpec(
                name: "reload",
                help: "Reload the runtime configuration",
                arguments: [id.spec],
                flags: [ServerCommand.force.spec],
                run: reload
            )
        ]
    )

    @Sendable
    private static func reload(_ invocation: Invocation) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        let server = "SERVER.\(invocation[id])"
        if !invocation[ServerCommand.force] {
            let answers = try await invocation.serverAnswers(connection, server + ".VARZ", JSONDocument(), .count(1))
            guard let answer = answers.first?.server else {
                throw CommandError("no response from server \(invocation[id])")
            }
            let (name, number, host) = (answer.text("name"), answer.text("id"), answer.text("host"))
            let question = "Really reload configuration for \(name) (\(number)) on \(host)"
            guard try invocation.confirm(question, unless: ServerCommand.force) else { return }
        }
        let answers = try await invocation.serverAnswers(connection, server + ".RELOAD", JSONDocument(), .count(1))
        guard let answer = answers.first else { throw CommandError("invalid response from 0 servers") }
        if let error = answer.error { throw CommandError("could not reload: \(error)") }
        try await ServerInfoCommand.show(invocation[id], invocation)
    }
}
