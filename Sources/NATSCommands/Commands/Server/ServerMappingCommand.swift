import NATSSubjects

/// `nats server mapping`: tries what a subject mapping makes of subjects. No server is asked.
enum ServerMappingCommand {
    static let source = Argument.optional("source", "Pattern of the subjects to map")
    static let destination = Argument.optional("dest", "What they become")
    static let subject = Argument.optional("subject", "A subject to map")

    static let spec = CommandSpec(
        name: "mappings",
        aliases: ["mapping"],
        help: "Test subject mapping patterns",
        arguments: [source.spec, destination.spec, subject.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let console = invocation.console
        let pattern = try invocation[source] ?? ask("Source subject pattern", "<source>", console)
        let target = try invocation[destination] ?? ask("Destination subject pattern", "<dest>", console)
        let transform: SubjectTransform
        do {
            transform = try SubjectTransform(from: pattern, to: target)
        } catch {
            throw CommandError("nats: \(error)")
        }
        if let subject = invocation[subject] {
            show(subject, transform, console)
            return
        }
        guard Prompt.isPossible(console) else {
            throw CommandError("cannot prompt for user input without a terminal; give the argument <subject>")
        }
        console.print(
            "Enter subjects to test, empty subject terminates.\n\n"
                + "NOTE: This only tests mappings, it does not add them to the server\n")
        while true {
            let subject = Prompt.ask("Subject", default: nil, console: console)
            guard !subject.isEmpty else { return }
            show(subject, transform, console)
        }
    }

    private static func ask(_ question: String, _ argument: String, _ console: Console) throws -> String {
        guard Prompt.isPossible(console) else {
            throw CommandError("cannot prompt for user input without a terminal; give the argument \(argument)")
        }
        return Prompt.ask(question, default: nil, console: console)
    }

    private static func show(_ subject: String, _ transform: SubjectTransform, _ console: Console) {
        let matches = SubjectOverlap.exists(subject, transform.source)
        if !matches {
            console.print("Error: nats: no matching transforms available")
        }
        console.print((matches ? String(decoding: transform.apply(subject.utf8), as: UTF8.self) : "") + "\n")
    }
}
