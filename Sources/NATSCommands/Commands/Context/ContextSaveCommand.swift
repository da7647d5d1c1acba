import GoFormats

/// `nats context add` and `nats context copy`: write a context, with the settings that the flags give.
enum ContextSaveCommand {
    static let name = Argument.required("name", "Name of the context")
    static let source = Argument.required("source", "Name of the context to copy")
    static let description = Flag.text("description", "What the context is for, shown in lists")
    static let select = Flag.toggle("select", "Make it the selected context")

    static let spec = CommandSpec(
        name: "add",
        aliases: ["create", "save"],
        help: "Make or change a context",
        longHelp: """
            The connection flags given are stored; those of an existing context that are not given stay. For instance

               nats context save tenant-a --server nats://127.0.0.1:4222 --user a --password secret
            """,
        arguments: [name.spec],
        flags: [description.spec, select.spec],
        run: { try await save($0, over: nil) }
    )

    static let copySpec = CommandSpec(
        name: "copy",
        aliases: ["cp"],
        help: "Make a context from another one",
        arguments: [source.spec, name.spec],
        flags: [description.spec, select.spec],
        run: copy
    )

    @Sendable
    private static func copy(_ invocation: Invocation) async throws {
        let store = ContextStore(environment: invocation.environment)
        guard store.isKnown(invocation[source]) else {
            throw CommandError("unknown context \(GoText.quoted(invocation[source]))")
        }
        guard !store.isKnown(invocation[name]) else {
            throw CommandError("context \(GoText.quoted(invocation[name])) already exist")
        }
        try await save(invocation, over: invocation[source])
    }

    private static func save(_ invocation: Invocation, over source: String?) async throws {
        let store = ContextStore(environment: invocation.environment)
        let target = invocation[name]
        try ContextStore.checkName(target)
        var settings = ContextSettings()
        if let source {
            settings = try store.load(source)
        } else if store.isKnown(target) {
            settings = try store.load(target)
        } else if let other = invocation[GlobalFlags.context] {
            settings = try store.load(other)
        }
        var given = ContextSettings(flagsOf: invocation)
        given.description = invocation[description] ?? ""
        settings.override(with: given)
        if settings.url.isEmpty {
            settings.url = ContextSettings.defaultURL
        }
        try checkCredentials(settings)
        try store.save(settings, as: target)
        if invocation[select] {
            try store.select(target)
        }
        try await ContextShowCommand.show(target, invocation, in: store)
    }

    private static func checkCredentials(_ settings: ContextSettings) throws(CommandError) {
        let kinds = [settings.user, settings.creds, settings.nkey, settings.nsc, settings.userJWT]
        guard kinds.count(where: { !$0.isEmpty }) > 1 else { return }
        throw CommandError(
            "too many types of credentials. Choose only one from 'user/token', 'creds', 'nkey', 'nsc'"
        )
    }
}
