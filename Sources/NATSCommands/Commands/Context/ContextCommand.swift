/// `nats context`: named sets of connection settings.
enum ContextCommand {
    static let spec = CommandSpec(
        name: "context",
        aliases: ["ctx"],
        help: "Manage named sets of connection settings",
        subcommands: [
            ContextSaveCommand.spec,
            ContextSaveCommand.copySpec,
            ContextEditCommand.spec,
            ContextListCommand.spec,
            ContextRemoveCommand.spec,
            ContextSelectCommand.spec,
            ContextSelectCommand.unselectSpec,
            ContextShowCommand.spec,
            ContextShowCommand.validateSpec,
            ContextSelectCommand.previousSpec,
        ]
    )
}
