import NATSClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats stream view`: pages through a stream's messages at a terminal.
enum StreamViewCommand {
    static let size = Argument.integer("size", "Messages on a page, 25 at most", default: 10)
    static let start = Flag.unsigned("id", "The sequence to begin with")
    static let since = Flag.duration("since", "Begin with messages not older than this")
    static let raw = Flag.toggle("raw", "Print bodies only")
    static let translate = Flag.text("translate", "Command to run bodies through")
    static let subject = Flag.text("subject", "Only messages of the subject")

    static let spec = CommandSpec(
        name: "view",
        help: "View messages in a stream",
        arguments: [StreamCommand.name.spec, size.spec],
        flags: [start.spec, since.spec, raw.spec, translate.spec, subject.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard Prompt.isPossible(invocation.console) else {
            throw CommandError("interactive stream paging requires a valid terminal; use \"nats stream get\" instead")
        }
        let console = invocation.console
        if invocation[size] > 25 {
            console.log("Page size is limited to 25, setting to 25...")
        }
        let page = max(1, min(25, invocation[size]))
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[StreamCommand.name], jetStream)
            var shown = 0
            let state = try await stream.info().state
            if state.messages > 0 {
                for try await message in stream.orderedMessages(options(invocation)) {
                    try await show(message, invocation)
                    shown += 1
                    if message.metadata.pending == 0 { break }
                    if shown % page == 0, !goesOn(console) { return }
                }
            }
            console.log("Reached apparent end of data")
        }
    }

    private static func options(_ invocation: Invocation) -> OrderedOptions {
        var options = OrderedOptions(filterSubjects: invocation[subject].map { [$0] } ?? [])
        if let age = invocation[since] {
            options.deliverPolicy = .startTime(Date.now.addingTimeInterval(-Double(age.nanoseconds) / 1e9))
        } else if let sequence = invocation[start], sequence > 0 {
            options.deliverPolicy = .startSequence(sequence)
        }
        return options
    }

    private static func goesOn(_ console: Console) -> Bool {
        !Prompt.ask("Next Page?", default: "Y/n", console: console).lowercased().hasPrefix("n")
    }

    private static func show(_ message: JetStreamMessage, _ invocation: Invocation) async throws {
        guard !invocation[raw] else {
            invocation.console.print(message.text)
            return
        }
        invocation.console.print(
            "[\(message.metadata.streamSequence)] Subject: \(message.subject) "
                + "Received: \(Humanized.time(message.metadata.time))")
        if !message.headers.isEmpty {
            invocation.console.print()
            for (name, value) in message.headers {
                invocation.console.print("  \(name): \(value)")
            }
        }
        let body = await MessageBody(
            of: message.message, translatedBy: invocation[translate], subject: message.subject)
        invocation.print(body: String(decoding: body.bytes, as: UTF8.self))
    }
}
