/// `nats cheat`: examples of commands, by what they are about.
enum CheatCommand {
    static let topic = Argument.optional("topic", "What to show examples of; all of them if missing")
    static let list = Flag.toggle("list", "List the topics")
    static let sections = Flag.toggle("sections", "List the topics")

    static let spec = CommandSpec(
        name: "cheat",
        help: "Show examples of commands",
        arguments: [topic.spec],
        flags: [list.spec, sections.spec],
        run: run
    )

    /// The examples: `== topic` begins those of a topic.
    private static var topics: [(name: String, text: String)] {
        String(decoding: PackageResources.cheats_txt, as: UTF8.self).split(separator: "== ").map { part in
            let end = part.firstIndex(of: "\n") ?? part.endIndex
            return (String(part[..<end]), String(part[end...].drop(while: \.isNewline)))
        }
    }

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let names = topics.map(\.name)
        guard !invocation[list], !invocation[sections] else {
            invocation.console.print("Available Cheats:\n\n" + names.map { "  " + $0 }.joined(separator: "\n"))
            return
        }
        guard let wanted = invocation[topic] else {
            invocation.console.print(
                topics.map { "# \($0.name)\n\n\($0.text)" }.joined(separator: "\n").trimmedLineEnds)
            return
        }
        guard let found = topics.first(where: { $0.name == wanted }) else {
            let nearest = Nearest.match(for: wanted, among: names).map { ", did you mean '\($0)'?" } ?? ""
            throw CommandError("no cheat found for \(wanted)\(nearest): topics are \(names.joined(separator: ", "))")
        }
        invocation.console.print(found.text.trimmedLineEnds)
    }
}

extension String {
    /// The text without line ends at its end.
    fileprivate var trimmedLineEnds: String {
        guard let last = lastIndex(where: { !$0.isNewline }) else { return "" }
        return String(self[...last])
    }
}
