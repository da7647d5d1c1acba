import NATSClient
import NATSWire

/// `nats stream ls`: lists streams.
enum StreamListCommand {
    static let subject = Flag.text("subject", "Only streams that store the subject's messages")
    static let names = Flag.toggle("names", short: "n", "Print names only")

    static let spec = CommandSpec(
        name: "ls",
        aliases: ["list", "l"],
        help: "List all known streams",
        flags: [subject.spec, names.spec, StreamFlags.json.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let filter = invocation[subject]
        let found = try await invocation.withJetStream { jetStream in
            do {
                return try await jetStream.streams(subject: filter)
            } catch {
                throw CommandError("could not list streams: \(error)")
            }
        }
        let showsAll = invocation[StreamCommand.all]
        let streams = found.filter { showsAll || !StreamCommand.isInternal($0.configuration.name) }
        if invocation[StreamFlags.json] {
            invocation.print(json: .array(streams.map { .string($0.configuration.name) }))
        } else if invocation[names] {
            for name in streams.map(\.configuration.name).sorted() {
                invocation.console.print(name)
            }
        } else if streams.isEmpty {
            let hint = found.isEmpty ? "" : ", pass -a to include system streams"
            invocation.console.print("No Streams defined" + hint)
        } else {
            invocation.print(table(streams, title: filter.map { "Streams matching \($0)" } ?? "Streams"))
        }
    }

    /// The streams, the smallest first.
    static func table(_ streams: [StreamInfo], title: String) -> Table {
        var table = Table(
            title, header: ["Name", "Description", "Created", "Messages", "Size", "Last Message"])
        for stream in streams.sorted(by: {
            ($0.state.bytes, $0.configuration.name) < ($1.state.bytes, $1.configuration.name)
        }) {
            table.add([
                stream.configuration.name, stream.configuration.summary, Humanized.time(stream.created),
                Humanized.count(stream.state.messages), Humanized.bytes(stream.state.bytes),
                Humanized.age(of: stream.state.lastTime, at: stream.timestamp),
            ])
        }
        return table
    }
}
