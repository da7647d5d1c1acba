import NATSClient
import NATSWire

/// `nats stream rm`, `purge`, `rmm` and `seal`: what can't be undone.
enum StreamRemoveCommand {
    static let subject = Flag.text("subject", "Only messages of the subject", placeholder: "SUBJECT")
    static let sequence = Flag.unsigned("seq", "Only messages before the sequence", placeholder: "SEQUENCE")
    static let keep = Flag.unsigned("keep", "Leave so many of the last messages", placeholder: "MESSAGES")
    static let messageNumber = Argument.integer("id", "The message's sequence", default: -1)

    static let spec = CommandSpec(
        name: "rm",
        aliases: ["delete", "del"],
        help: "Remove a stream",
        arguments: [StreamCommand.name.spec],
        flags: [StreamCommand.force.spec],
        run: remove
    )

    static let purgeSpec = CommandSpec(
        name: "purge",
        help: "Remove messages from a stream",
        arguments: [StreamCommand.name.spec],
        flags: [StreamFlags.json.spec, StreamCommand.force.spec, subject.spec, sequence.spec, keep.spec],
        run: purge
    )

    static let messageSpec = CommandSpec(
        name: "rmm",
        help: "Remove one message from a stream, and overwrite it",
        arguments: [StreamCommand.name.spec, messageNumber.spec],
        flags: [StreamCommand.force.spec],
        run: removeMessage
    )

    static let sealSpec = CommandSpec(
        name: "seal",
        help: "Seal a stream: nothing can be added or removed any more",
        arguments: [StreamCommand.name.spec],
        flags: [StreamCommand.force.spec],
        run: seal
    )

    @Sendable
    private static func remove(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            if invocation[StreamCommand.force] {
                guard let name = invocation[StreamCommand.name] else {
                    throw CommandError("--force requires a stream name")
                }
                try await jetStream.deleteStream(name)
                return
            }
            let stream = try await invocation.pickStream(invocation[StreamCommand.name], jetStream)
            guard try invocation.confirm("Really delete Stream \(stream.name)", unless: StreamCommand.force) else {
                return
            }
            do {
                try await jetStream.deleteStream(stream.name)
            } catch {
                throw CommandError("could not remove Stream: \(error)")
            }
        }
    }

    @Sendable
    private static func purge(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[StreamCommand.name], jetStream)
            guard try invocation.confirm("Really purge Stream \(stream.name)", unless: StreamCommand.force) else {
                return
            }
            let (before, kept) = (invocation[sequence], invocation[keep])
            guard before == nil || kept == nil else {
                throw CommandError("sequence and keep cannot be combined when purging")
            }
            let purged: Int
            do {
                purged = try await stream.purge(subject: invocation[subject], before: before, keep: kept)
            } catch {
                throw CommandError("could not purge Stream: \(error)")
            }
            invocation.console.print("Purged \(purged) messages from \(stream.name)\n")
            invocation.print(try await stream.info(), stateOnly: !invocation[StreamFlags.json])
        }
    }

    @Sendable
    private static func removeMessage(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[StreamCommand.name], jetStream)
            let number = invocation[messageNumber]
            guard number > 0 else {
                throw CommandError("invalid input: positive message ID required; give the argument <id>")
            }
            let question = "Really remove message \(number) from Stream \(stream.name)"
            guard try invocation.confirm(question, unless: StreamCommand.force) else { return }
            try await stream.deleteMessage(number, erases: true)
        }
    }

    @Sendable
    private static func seal(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[StreamCommand.name], jetStream)
            let question = "Really seal Stream \(stream.name), sealed streams can not be unsealed or modified"
            guard try invocation.confirm(question, unless: StreamCommand.force) else { return }
            var configuration = stream.lastInfo.configuration
            configuration.isSealed = true
            let sealed = try await jetStream.updateStream(configuration)
            invocation.print(sealed.lastInfo)
        }
    }
}
