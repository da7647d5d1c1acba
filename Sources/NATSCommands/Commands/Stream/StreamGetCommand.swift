import GoFormats
import NATSClient
import NATSWire
import NIOCore

/// `nats stream get`: shows one message.
enum StreamGetCommand {
    static let sequence = Argument.integer("id", "The message's sequence", default: -1)
    static let lastFor = Flag.text("last-for", short: "S", "The last message of a subject", placeholder: "SUBJECT")
    static let translate = Flag.text("translate", "Command to run the body through")

    static let spec = CommandSpec(
        name: "get",
        help: "Show one message of a stream",
        arguments: [StreamCommand.name.spec, sequence.spec],
        flags: [lastFor.spec, StreamFlags.json.spec, translate.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let number = invocation[sequence]
        let subject = invocation[lastFor]
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[StreamCommand.name], jetStream)
            guard number > -1 || subject != nil else {
                throw CommandError("no ID or subject specified; give the argument <id> or --last-for")
            }
            let message: StoredMessage
            do {
                message =
                    if number > -1 {
                        try await stream.message(number)
                    } else {
                        try await stream.lastMessage(of: subject ?? "")
                    }
            } catch {
                throw CommandError("could not retrieve \(stream.name)#\(number): \(error)")
            }
            try await show(message, stream.name, invocation)
        }
    }

    private static func show(_ message: StoredMessage, _ stream: String, _ invocation: Invocation) async throws {
        guard !invocation[StreamFlags.json] else {
            invocation.print(json: message.json)
            return
        }
        let console = invocation.console
        let time = Timestamp.text(nanoseconds: message.nanoseconds).split(separator: "T").joined(separator: " ")
            .dropLast()
        console.print(
            "Item: \(stream)#\(message.sequence) received \(time) +0000 UTC (\(Humanized.age(of: message.time, at: nil))) "
                + "on Subject \(message.subject)\n")
        if !message.headers.isEmpty {
            console.print("Headers:")
            for (name, value) in message.headers {
                console.print("  \(name): \(value)")
            }
            console.print()
        }
        let received = NATSMessage(subject: message.subject, payload: message.payload)
        let body = await MessageBody(of: received, translatedBy: invocation[translate], subject: message.subject)
        invocation.print(body: String(decoding: body.bytes, as: UTF8.self))
    }
}

extension StoredMessage {
    /// The message as the server's API writes it.
    fileprivate var json: JSONValue {
        var document = JSONDocument()
        document["subject"] = subject
        document["seq"] = sequence
        if !headers.isEmpty, let block = try? headers.block.encoded() {
            document["hdrs"] = Base64.encoded(Array(block.readableBytesView))
        }
        document["data"] = Base64.encoded(Array(payload.readableBytesView))
        document["time"] = Timestamp.text(nanoseconds: nanoseconds)
        return .object(document.members)
    }
}
