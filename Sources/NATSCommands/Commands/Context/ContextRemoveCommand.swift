import GoFormats

/// `nats context rm`: removes a context.
enum ContextRemoveCommand {
    static let name = Argument.required("name", "Name of the context")
    static let force = Flag.toggle("force", short: "f", "Remove it without asking, even if it is selected")

    static let spec = CommandSpec(
        name: "rm",
        aliases: ["remove"],
        help: "Remove a context",
        arguments: [name.spec],
        flags: [force.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let store = ContextStore(environment: invocation.environment)
        let name = invocation[name]
        if store.selected == name {
            guard invocation[force] else {
                throw CommandError(
                    "cannot remove the selected context, select another one or use the unselect command"
                )
            }
            try store.select(nil)
        }
        if !invocation[force] {
            let question = "Really delete context \(GoText.quoted(name))"
            guard try Prompt.confirm(question, flag: "--force", console: invocation.console) else { return }
        }
        try store.delete(name)
    }
}
