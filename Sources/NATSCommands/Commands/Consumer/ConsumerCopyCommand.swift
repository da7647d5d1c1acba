import NATSClient

/// `nats consumer copy` and `nats consumer unpin`.
enum ConsumerCopyCommand {
    static let stream = Argument.required("stream", "Stream name")
    static let source = Argument.required("source", "The consumer to copy")
    static let destination = Argument.required("destination", "The consumer to create")
    static let group = Argument.optional("group", "The group whose client to unpin")

    static let spec = CommandSpec(
        name: "copy",
        aliases: ["cp"],
        help: "Create a consumer with the configuration of another",
        arguments: [stream.spec, source.spec, destination.spec],
        flags: ConsumerFlags.forAdding + [ConsumerCommand.json.spec],
        run: copy
    )

    static let unpinSpec = CommandSpec(
        name: "unpin",
        help: "Unpin the client of a priority group",
        arguments: [ConsumerCommand.stream.spec, ConsumerCommand.consumer.spec, group.spec],
        flags: [ConsumerCommand.force.spec],
        run: unpin
    )

    @Sendable
    private static func copy(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[stream], jetStream)
            var configuration = try await invocation.pickConsumer(invocation[source], stream).configuration
            let name = invocation[destination]
            configuration.name = name
            if configuration.durable != nil { configuration.durable = name }
            if invocation[ConsumerFlags.ephemeral] { configuration.durable = nil }
            configuration.metadata = configuration.metadata.withoutReserved
            try invocation.apply(to: &configuration)
            do {
                invocation.print(try await stream.send(configuration, action: "create"))
            } catch {
                throw CommandError("Consumer creation failed: \(error)")
            }
        }
    }

    @Sendable
    private static func unpin(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[ConsumerCommand.stream], jetStream)
            let info = try await invocation.pickConsumer(invocation[ConsumerCommand.consumer], stream)
            guard info.configuration.priorityPolicy == .pinnedClient else {
                throw CommandError("consumer is not a pinned priority consumer")
            }
            let groups = info.priorityGroups.filter { !($0.pinnedClient ?? "").isEmpty }
            guard !groups.isEmpty else { throw CommandError("no priority groups have pinned clients") }
            let name =
                try invocation[group]
                ?? Prompt.choose(
                    "Select a Group", from: groups.map(\.name), argument: "group", console: invocation.console)
            let path = "\(stream.name) > \(info.name) > \(name)"
            guard try invocation.confirm("Really unpin client from group \(path)", unless: ConsumerCommand.force) else {
                return
            }
            try await stream.unpinConsumer(info.name, group: name)
            let client = groups.first { $0.name == name }?.pinnedClient ?? ""
            invocation.console.print("Unpinned client \(client) from Priority Group \(path)")
        }
    }
}
