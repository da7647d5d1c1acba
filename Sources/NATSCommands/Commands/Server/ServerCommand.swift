/// `nats server`: what servers tell about themselves to the system account.
enum ServerCommand {
    static let json = Flag.toggle("json", short: "j", "Print a JSON document")
    static let force = Flag.toggle("force", short: "f", "Act without asking")

    static let spec = CommandSpec(
        name: "server",
        aliases: ["srv", "sys", "system"],
        help: "Server information",
        subcommands: [
            ServerAccountCommand.spec, ServerCheckCommand.spec, ServerClusterCommand.spec, ServerConfigCommand.spec,
            .notBuilt(
                "generate", "Make server configurations", instead: "write the file, and try it with nats-server -t"),
            .notBuilt("graph", "Draw a server's activity", instead: "use nats server report"),
            ServerInfoCommand.spec, ServerListCommand.spec, ServerMappingCommand.spec, ServerPasswordCommand.spec,
            ServerPingCommand.spec, ServerReportCommand.spec, ServerRequestCommand.spec,
            .notBuilt("watch", "Watch accounts, streams or servers", instead: "use nats server report --watch"),
        ]
    )
}

extension CommandSpec {
    /// A command of natscli that this tool knows and does not have.
    static func notBuilt(
        _ name: String,
        aliases: [String] = [],
        _ help: String,
        instead: String
    ) -> CommandSpec {
        let words = Argument.rest("arguments", "What natscli takes")
        return CommandSpec(
            name: name,
            aliases: aliases,
            help: help + " (natscli only)",
            arguments: [words.spec],
            run: { _ in throw CommandError("\(name) is not built into this tool: \(instead), or use natscli itself") }
        )
    }
}
