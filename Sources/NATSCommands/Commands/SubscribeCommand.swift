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

    static let durable = Flag.text("durable", "Take the messages of a durable consumer")
    static let startSequence = Flag.unsigned(
        "start-sequence", "Begin with this message of the stream", placeholder: "SEQUENCE")
    static let all = Flag.toggle("all", "Begin with the first message of the stream")
    static let new = Flag.toggle("new", "Only messages that come to the stream from now on")
    static let last = Flag.toggle("last", "Begin with the last message of the stream")
    static let since = Flag.text("since", "Begin with messages not older than this", placeholder: "DURATION")
    static let lastPerSubject = Flag.toggle("last-per-subject", "Begin with the last message of each subject")
    static let endsAtEnd = Flag.toggle("terminate-at-end", short: "T", "End when all messages of the stream are there")
    static let stream = Flag.text("stream", "Take the messages of a stream", placeholder: "STREAM")
    static let direct = Flag.toggle("direct", "Ask the stream for messages, without a consumer")
    static let reportSubjects = Flag.toggle("report-subjects", "Report how many messages each subject gets")
    static let reportSubscriptions = Flag.toggle(
        "report-subscriptions", "Report how many messages each subscription gets")
    static let reportTop = Flag.integer("report-top", "How many subjects to report", default: 10)
    static let graph = Flag.toggle("graph", "Draw the rate of messages (natscli only)")

    static let spec = CommandSpec(
        name: "subscribe",
        aliases: ["sub"],
        help: "Print the messages of subjects",
        longHelp: """
            Flags such as --stream, --durable and --all take messages from a stream, for instance

               nats sub orders.new --all --terminate-at-end

            without changing any consumer but the durable one that is named.
            """,
        arguments: [subjects.spec],
        flags: [
            queue.spec, durable.spec, raw.spec, translate.spec, acknowledge.spec, matchReplies.spec, inbox.spec,
            count.spec,
            dump.spec, headersOnly.spec, subjectsOnly.spec, startSequence.spec, all.spec, new.spec, last.spec,
            since.spec, lastPerSubject.spec, endsAtEnd.spec,
            stream.spec, ignored.spec, wait.spec, reportSubjects.spec, reportSubscriptions.spec, reportTop.spec,
            timestamps.spec, deltaTimes.spec, graph.spec, direct.spec,
        ],
        run: run
    )

    @Sendable
    static func run(_ invocation: Invocation) async throws {
        guard !invocation[subjects].isEmpty || invocation[inbox] || invocation[stream] != nil else {
            invocation.console.print("No subjects or --stream flag provided.")
            throw UsageError.missingArgument(name: "subjects")
        }
        try check(invocation)
        let connection = try await invocation.connect()
        defer { connection.close() }
        if invocation[reportSubjects] || invocation[reportSubscriptions] {
            try await SubjectReport(invocation).run(connection)
        } else if StreamFollower.isWanted(invocation) {
            try await StreamFollower(invocation, connection).run()
        } else {
            var printer = MessagePrinter(invocation, connection)
            try await printer.run()
        }
    }

    private static func check(_ invocation: Invocation) throws(CommandError) {
        guard !(invocation[timestamps] && invocation[deltaTimes]) else {
            throw CommandError("timestamp and delta-time flags are mutually exclusive")
        }
        guard !(invocation[dump] == "-" && invocation[inbox]) else {
            throw CommandError(
                "generating inboxes is not compatible with dumping to stdout using null terminated strings"
            )
        }
        guard !invocation[endsAtEnd] || StreamFollower.isWanted(invocation) else {
            throw CommandError("--terminate-at-end is only supported for JetStream subscriptions")
        }
        guard !invocation[reportSubjects] || invocation[reportTop] > 0 else {
            throw CommandError("subject count must be at least one")
        }
        guard !invocation[graph] else {
            throw CommandError("--graph is not built into this tool: use --report-subjects, or use natscli itself")
        }
    }

    /// The subjects of `--ignore-subject`, which may hold several with commas or blanks between them.
    static func ignoredSubjects(_ invocation: Invocation) -> [String] {
        invocation[ignored].flatMap { text in
            text.split { $0 == "," || $0.isWhitespace }.map(String.init)
        }
    }
}
