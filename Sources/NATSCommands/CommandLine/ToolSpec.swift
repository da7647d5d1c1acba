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
            ConsumerCommand.spec,
            KeyValueCommand.spec,
            StreamCommand.spec,
            ObjectCommand.spec,
            PublishCommand.spec,
            ReplyCommand.spec,
            RequestCommand.spec,
            RoundTripCommand.spec,
            SubscribeCommand.spec,
        ]
    )
}
