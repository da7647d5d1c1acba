import NATSClient
import NATSWire

/// `nats stream subjects`: how many messages each subject has.
enum StreamSubjectsCommand {
    static let filter = Argument.optional("filter", "Only subjects that match")
    static let sort = Flag.text(
        "sort", "Order (name, messages)", default: "messages", kind: .choice(["name", "subjects", "messages", "count"]))
    static let reverse = Flag.toggle("reverse", short: "R", "The other way round")
    static let names = Flag.toggle("names", "Print names only", isNegatable: true)

    static let spec = CommandSpec(
        name: "subjects",
        aliases: ["subj"],
        help: "Show the subjects that a stream holds",
        arguments: [StreamCommand.name.spec, filter.spec],
        flags: [StreamFlags.json.spec, sort.spec, reverse.spec, names.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let filter = invocation[filter] ?? ">"
        let (name, subjects) = try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[StreamCommand.name], jetStream)
            return (stream.name, try await stream.info(subjects: filter).state.subjects)
        }
        if invocation[StreamFlags.json] {
            invocation.print(json: subjects.json)
            return
        }
        guard !subjects.isEmpty else {
            invocation.console.print("No subjects found matching \(filter)")
            return
        }
        let sorted = sorted(subjects, invocation)
        if invocation[names] {
            for subject in sorted {
                invocation.console.print(subject.key)
            }
            return
        }
        invocation.print(table(sorted, stream: name))
    }

    private static func sorted(_ subjects: [String: Int], _ invocation: Invocation) -> [(key: String, value: Int)] {
        let byName = ["name", "subjects"].contains(invocation[sort])
        let ascending = subjects.sorted { left, right in
            byName || left.value == right.value ? left.key < right.key : left.value < right.value
        }
        return invocation[reverse] ? ascending.reversed() : ascending
    }

    /// Short subjects stand beside one another.
    private static func table(_ subjects: [(key: String, value: Int)], stream: String) -> Table {
        let longest = subjects.map(\.key.utf8.count).max() ?? 0
        let width = longest + Humanized.count(subjects.map(\.value).max() ?? 0).count
        let columns = width < 20 ? 3 : width < 30 ? 2 : 1
        var table = Table(
            "\(subjects.count) Subjects in stream \(stream)",
            header: (0..<columns).flatMap { _ in ["Subject", "Count"] })
        var index = 0
        while index < subjects.count {
            var cells: [String] = []
            for subject in subjects[index..<min(index + columns, subjects.count)] {
                cells += [subject.key, subject.value == 0 ? "" : Humanized.count(subject.value)]
            }
            table.add(cells + Array(repeating: "", count: columns * 2 - cells.count))
            index += columns
        }
        return table
    }
}
