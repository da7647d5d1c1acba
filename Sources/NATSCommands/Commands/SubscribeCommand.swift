import NATSClient

/// `nats subscribe`: prints the messages of one or several subjects as they come.
enum SubscribeCommand {
    static let subjects = Argument.rest("subjects", "Subjects to subscribe to")
    static let queue = Flag.text("queue", "Share the messages with the other members of a queue group")
    static let raw = Flag.toggle("raw", short: "r", "Print bodies only")
    static let translate = Flag.text("translate", "Command that bodies are sent through before they are printed")
    static let acknowledge = Flag.toggle(
        "ack", "Acknowledge messages that come from a stream", isNegatable: true)
    static let matchReplies = Flag.toggle("match-replies", "Print requests together with their answers")
    static let inbox = Flag.toggle("inbox", short: "i", "Subscribe to a new inbox")
    static let count = Flag.unsigned("count", "End after this many messages")
    static let dump = Flag.text(
        "dump", "Write each message to a file of its own; - writes them to standard output with zero bytes between",
        placeholder: "DIRECTORY")
    static let headersOnly = Flag.toggle("headers-only", "Print headers but no bodies")
    static let subjectsOnly = Flag.toggle("subjects-only", "Print subjects only")
    static let ignored = Flag.texts(
        "ignore-subject", short: "I", "Leave out messages whose subject matches", placeholder: "SUBJECT")
    static let wait = Flag.duration("wait", "End when no message came for this long")
    static let timestamps = Flag.toggle("timestamp", short: "t", "Print the time of each message")
    static let deltaTimes = Flag.toggle("delta-time", short: "d", "Print the time of each message since the start")

    static let spec = CommandSpec(
        name: "subscribe",
        aliases: ["sub"],
        help: "Print the messages of subjects",
        arguments: [subjects.spec],
        flags: [
            queue.spec, raw.spec, translate.spec, acknowledge.spec, matchReplies.spec, inbox.spec, count.spec,
            dump.spec, headersOnly.spec, subjectsOnly.spec, ignored.spec, wait.spec, timestamps.spec, deltaTimes.spec,
        ],
        run: run
    )

    @Sendable
    static func run(_ invocation: Invocation) async throws {
        guard !invocation[subjects].isEmpty || invocation[inbox] else {
            invocation.console.print("No subjects or --stream flag provided.")
            throw UsageError.missingArgument(name: "subjects")
        }
        guard !(invocation[timestamps] && invocation[deltaTimes]) else {
            throw CommandError("timestamp and delta-time flags are mutually exclusive")
        }
        guard !(invocation[dump] == "-" && invocation[inbox]) else {
            throw CommandError(
                "generating inboxes is not compatible with dumping to stdout using null terminated strings"
            )
        }
        let connection = try await invocation.connect()
        defer { connection.close() }
        var printer = MessagePrinter(invocation, connection)
        try await printer.run()
    }
}
