/// `nats context ls`: lists the contexts.
enum ContextListCommand {
    static let json = Flag.toggle("json", short: "j", "Print a JSON document")
    static let names = Flag.toggle("names", "Print names only")

    static let spec = CommandSpec(
        name: "ls",
        aliases: ["list", "l"],
        help: "List the contexts",
        flags: [json.spec, names.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let console = invocation.console
        let store = ContextStore(environment: invocation.environment)
        var contexts: [(name: String, settings: ContextSettings)] = []
        for name in try store.names() {
            do {
                contexts.append((name, try store.load(name)))
            } catch {
                console.log("Could not load context \(name): \(error)")
            }
        }
        if invocation[json] {
            let documents = contexts.map { "  " + $0.settings.document(name: $0.name, indent: "  ") }
            console.print(documents.isEmpty ? "null" : "[\n\(documents.joined(separator: ",\n"))\n]")
        } else if invocation[names] {
            for (name, _) in contexts {
                console.print(name)
            }
        } else if contexts.isEmpty {
            console.print("No known contexts")
        } else {
            let selected = store.selected
            var table = Table("Known Contexts", header: ["Name", "Description"])
            for (name, settings) in contexts {
                table.add([name == selected ? name + "*" : name, settings.description])
            }
            invocation.print(table)
        }
    }
}
