import GoFormats

/// `nats context select`, `unselect` and `previous`: which context is used where none is named.
enum ContextSelectCommand {
    static let name = Argument.optional("name", "Name of the context")

    static let spec = CommandSpec(
        name: "select",
        aliases: ["switch", "set"],
        help: "Make a context the selected one",
        arguments: [name.spec],
        run: select
    )

    static let unselectSpec = CommandSpec(
        name: "unselect",
        help: "Let no context be selected",
        run: unselect
    )

    static let previousSpec = CommandSpec(
        name: "previous",
        aliases: ["-"],
        help: "Go back to the context that was selected before",
        run: selectPrevious
    )

    @Sendable
    private static func select(_ invocation: Invocation) async throws {
        let store = ContextStore(environment: invocation.environment)
        let known = try store.names()
        guard !known.isEmpty else { throw CommandError("no context defined") }
        let chosen =
            try invocation[name]
            ?? Prompt.choose("Select a Context", from: known, argument: "name", console: invocation.console)
        guard !chosen.isEmpty else { throw CommandError("please select a context to activate") }
        try await select(chosen, invocation, in: store)
    }

    private static func select(_ name: String, _ invocation: Invocation, in store: ContextStore) async throws {
        _ = try store.load(name)
        try store.select(name)
        try await ContextShowCommand.show(name, invocation, in: store)
    }

    @Sendable
    private static func unselect(_ invocation: Invocation) async throws {
        let store = ContextStore(environment: invocation.environment)
        guard let selected = store.selected else {
            invocation.console.print("No context currently selected")
            return
        }
        try store.select(nil)
        invocation.console.print("Unselected the \(GoText.quoted(selected)) context")
    }

    @Sendable
    private static func selectPrevious(_ invocation: Invocation) async throws {
        let store = ContextStore(environment: invocation.environment)
        guard let name = store.previous ?? store.selected else {
            throw CommandError("no default context and no name supplied")
        }
        try await select(name, invocation, in: store)
    }
}
