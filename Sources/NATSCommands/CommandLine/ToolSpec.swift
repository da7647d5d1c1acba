/// The tool as a whole: one line for each command.
enum ToolSpec {
    static let nats = CommandSpec(
        name: "nats",
        help: """
            NATS Utility

            Publishes, subscribes and asks: a NATS client for the terminal, bundled with Launchpad.
            """,
        flags: GlobalFlags.all,
        subcommands: [
            ContextCommand.spec,
            AccountCommand.spec,
            .notBuilt("audit", "Audit a NATS deployment", instead: "use nats server report and nats server check"),
            .notBuilt(
                "auth", "Manage operators, accounts and users", instead: "name users in the server's configuration"),
            BenchCommand.spec,
            CheatCommand.spec,
            ConsumerCommand.spec,
            .notBuilt("counter", "Work with counters in streams", instead: "publish with the header Nats-Incr"),
            ErrorsCommand.spec,
            EventsCommand.spec,
            KeyValueCommand.spec,
            LatencyCommand.spec,
            ObjectCommand.spec,
            PublishCommand.spec,
            ReplyCommand.spec,
            RequestCommand.spec,
            RoundTripCommand.spec,
            .notBuilt("schema", "Work with the JSON schemas of messages", instead: "see what --json prints"),
            ServerCommand.spec,
            ServiceCommand.spec,
            StreamCommand.spec,
            SubscribeCommand.spec,
            TopCommand.spec,
            TraceCommand.spec,
            .notBuilt("traffic", "Watch the traffic of a cluster", instead: "use nats server report"),
        ]
    )
}
