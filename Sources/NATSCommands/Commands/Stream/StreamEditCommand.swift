import NATSClient
import NATSWire

/// `nats stream edit` and `nats stream copy`: change a stream's configuration, or take it for another one.
enum StreamEditCommand {
    static let dryRun = Flag.toggle("dry-run", "Show the differences only")
    static let interactive = Flag.toggle(
        "interactive", short: "i", "Edit the configuration in your EDITOR", isNegatable: true)
    static let source = Argument.required("source", "The stream to copy")
    static let destination = Argument.required("destination", "The stream to create")

    static let spec = CommandSpec(
        name: "edit",
        aliases: ["update"],
        help: "Edit an existing stream",
        arguments: [StreamCommand.name.spec],
        flags: [StreamCommand.force.spec, interactive.spec, dryRun.spec] + StreamFlags.forEditing,
        run: edit
    )

    static let copySpec = CommandSpec(
        name: "copy",
        aliases: ["cp"],
        help: "Create a stream with the configuration of another, without its messages",
        arguments: [source.spec, destination.spec],
        flags: StreamFlags.forAdding,
        run: copy
    )

    @Sendable
    private static func edit(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[StreamCommand.name], jetStream)
            var old = stream.lastInfo.configuration
            old.metadata = old.metadata.withoutReserved
            var new = old
            if invocation[interactive] {
                let text = try Editor.edit(
                    old.json.encoded(pretty: true), name: "\(stream.name).json", environment: invocation.environment)
                guard let edited = StreamConfiguration(json: try ConfigurationText.value(text)) else {
                    throw CommandError(
                        "could not create new configuration for Stream \(stream.name): it is no JSON object")
                }
                new = edited
            } else if let path = invocation[StreamFlags.config] {
                new = try StreamConfiguration(file: path)
            } else {
                guard invocation[StreamFlags.mirror] == nil, invocation[StreamFlags.source].isEmpty else {
                    throw CommandError(
                        "could not create new configuration for Stream \(stream.name): cannot edit mirrors, or sources "
                            + "using the CLI, use --config instead")
                }
                try invocation.apply(to: &new)
            }
            let differences = ConfigurationDifference.lines(old.document, new.document)
            guard !differences.isEmpty else {
                if !invocation[dryRun] { invocation.console.print("No difference in configuration") }
                return
            }
            invocation.console.print("Differences (-old +new):\n" + differences.joined(separator: "\n"))
            guard !invocation[dryRun] else { throw ExitStatus(code: 1) }
            guard try invocation.confirm("Really edit Stream \(stream.name)", unless: StreamCommand.force) else {
                return
            }
            let updated: StreamHandle
            do {
                updated = try await jetStream.updateStream(new)
            } catch {
                throw CommandError("could not edit Stream \(stream.name): \(error)")
            }
            if !invocation[StreamFlags.json] {
                invocation.console.print("Stream \(stream.name) was updated\n")
            }
            invocation.print(updated.lastInfo)
        }
    }

    @Sendable
    private static func copy(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let original = try await invocation.pickStream(invocation[source], jetStream)
            var configuration = original.lastInfo.configuration
            configuration.name = invocation[destination]
            configuration.metadata = configuration.metadata.withoutReserved
            try invocation.apply(to: &configuration)
            let created: StreamHandle
            do {
                created = try await jetStream.createStream(configuration)
            } catch {
                throw CommandError("could not create Stream: \(error)")
            }
            if !invocation[StreamFlags.json] {
                invocation.console.print("Stream \(created.name) was created\n")
            }
            invocation.print(created.lastInfo)
        }
    }
}

/// Configurations as text.
enum ConfigurationText {
    /// - Throws: ``CommandError`` that says where the text is no JSON.
    static func value(_ text: [UInt8]) throws(CommandError) -> JSONValue {
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw CommandError("invalid input: the text is no JSON: \(error)")
        }
    }
}

/// In which members two configurations differ, one line for each old and each new value.
enum ConfigurationDifference {
    static func lines(_ old: JSONDocument, _ new: JSONDocument) -> [String] {
        var keys = old.members.map(\.key)
        keys += new.members.map(\.key).filter { !keys.contains($0) }
        return keys.flatMap { key -> [String] in
            let before: JSONValue? = old[key]
            let after: JSONValue? = new[key]
            guard before != after else { return [] }
            return line("-", key, before) + line("+", key, after)
        }
    }

    private static func line(_ sign: String, _ key: String, _ value: JSONValue?) -> [String] {
        value.map { ["\(sign) \(key): \(String(decoding: $0.encoded(), as: UTF8.self))"] } ?? []
    }
}
