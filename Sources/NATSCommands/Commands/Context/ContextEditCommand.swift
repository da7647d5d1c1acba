import GoFormats

/// `nats context edit`: opens a context in an editor.
enum ContextEditCommand {
    static let name = Argument.required("name", "Name of the context")

    static let spec = CommandSpec(
        name: "edit",
        aliases: ["vi"],
        help: "Edit a context in your EDITOR",
        arguments: [name.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let store = ContextStore(environment: invocation.environment)
        let name = invocation[name]
        guard store.isKnown(name) else { throw CommandError("unknown context \(GoText.quoted(name))") }
        let text = try Editor.edit(
            try FileSystem.read(store.path(of: name)), name: "\(name).json", environment: invocation.environment)
        let settings: ContextSettings
        do {
            settings = try ContextSettings(parsing: text)
        } catch {
            throw CommandError(
                "context \(GoText.quoted(name)) stays as it was: the text is no context in JSON: \(error)")
        }
        try store.save(settings, as: name)
        try await ContextShowCommand.show(name, invocation, in: store)
    }
}
