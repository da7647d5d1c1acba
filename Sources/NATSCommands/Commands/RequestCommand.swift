import GoFormats
import NATSClient
import NIOCore

/// `nats request`: sends a message and prints the answers.
enum RequestCommand {
    static let subject = Argument.required("subject", "Subject to send the request to")
    static let body = Argument.optional("body", "Body of the request")
    static let wait = Flag.toggle(
        "wait", short: "w", "Wait for an answer", isNegatable: true, default: true, isHidden: true)
    static let raw = Flag.toggle("raw", short: "r", "Print the answer's body only")
    static let header = Flag.texts("header", short: "H", "Adds a header to the request", placeholder: "K:V")
    static let count = Flag.integer("count", "How many requests to send", default: 1)
    static let replies = Flag.integer("replies", "How many answers to wait for; 0 waits until the timeout", default: 1)
    static let replyTimeout = Flag.duration(
        "reply-timeout", "The longest pause between two answers to one request", default: "300ms")
    static let waitForEmpty = Flag.toggle("wait-for-empty", "Wait for answers until an empty one comes")
    static let translate = Flag.text("translate", "Command that bodies are sent through before they are printed")
    static let forceInput = Flag.toggle("force-stdin", "Read the body from standard input in any case")
    static let sendOn = Flag.text(
        "send-on", "Whether standard input is one body (eof) or each line is one (newline)", default: "eof",
        kind: .choice(["newline", "eof"]))
    static let templates = Flag.toggle(
        "templates", "Fill in {{ }} in body and subject; headers are always filled in", isNegatable: true,
        default: true)

    static let spec = CommandSpec(
        name: "request",
        aliases: ["req"],
        help: "Send requests and print the answers",
        longHelp: TemplateHelp.text(command: "request"),
        arguments: [subject.spec, body.spec],
        flags: [
            wait.spec, raw.spec, header.spec, count.spec, replies.spec, replyTimeout.spec, waitForEmpty.spec,
            translate.spec, forceInput.spec, sendOn.spec, templates.spec,
        ],
        run: run
    )

    /// What stands for "without end" where a number is wanted.
    private static let many = Int(Int16.max)

    @Sendable
    static func run(_ invocation: Invocation) async throws {
        Interrupts.endWithError(console: invocation.console)
        let connection = try await invocation.connect()
        defer { connection.close() }
        try await run(subject: invocation[subject], body: invocation[body], invocation, over: connection)
    }

    /// Sends as many requests as the flags want, and prints the answers.
    static func run(subject: String, body: String?, _ invocation: Invocation, over connection: NATSConnection)
        async throws
    {
        var source = PayloadSource(
            body: body,
            mode: PayloadSource.Mode(rawValue: invocation[sendOn]) ?? .endOfFile,
            isForced: invocation[forceInput]
        )
        if source.readsInput {
            invocation.console.log("Reading payload from STDIN")
        }
        let total = invocation[count] < 1 ? many : invocation[count]
        let progress = total > 20 && !invocation[raw] ? Progress(total: total, console: invocation.console) : nil
        while let text = try await source.next() {
            for number in 1...total {
                let isAnswered = try await request(
                    text, to: subject, number, invocation, connection, logs: progress == nil)
                guard isAnswered else { return }
                progress?.advance(to: number)
            }
        }
    }

    /// Sends one request and prints its answers.
    ///
    /// - Returns: whether there is anybody to answer.
    private static func request(
        _ text: String,
        to subject: String,
        _ number: Int,
        _ invocation: Invocation,
        _ connection: NATSConnection,
        logs: Bool
    ) async throws -> Bool {
        let logs = logs && !invocation[raw]
        var message = try MessageArguments(
            subject: subject, headers: invocation[header], fillsIn: invocation[templates]
        ).message(body: text, number: number, console: invocation.console)
        if logs {
            invocation.console.log("Sending request on \(GoText.quoted(message.subject))")
        }
        let inbox = connection.newInbox()
        message.replyTo = inbox
        let answers = try connection.subscribe(to: inbox)
        defer { answers.unsubscribe() }
        let start = ContinuousClock.now
        try await connection.publish(message)
        // The server's word on whether the subject is allowed comes with the answer to a ping. It takes no longer than an
        // answer does, and saves waiting in vain for one.
        try? await connection.flush()
        if let error = connection.lastError, error.code == .permissionsViolation {
            throw error
        }
        return try await printAnswers(answers, since: start, invocation, logs: logs)
    }

    /// Prints answers until there are enough of them, or none come any more.
    ///
    /// - Returns: whether there is anybody to answer.
    private static func printAnswers(
        _ answers: NATSSubscription,
        since start: ContinuousClock.Instant,
        _ invocation: Invocation,
        logs: Bool
    ) async throws -> Bool {
        let wanted = invocation[waitForEmpty] ? many : invocation[replies]
        var received = 0
        var totalTime = Duration.zero
        var timeout = invocation[GlobalFlags.timeout]
        while timeout > .zero, let answer = try await next(answers, timeout) {
            guard !answer.isNoResponders else {
                invocation.console.log("No responders are available")
                return false
            }
            let roundTrip = ContinuousClock.now - start
            await print(answer, roundTrip: roundTrip, invocation, logs: logs)
            received += 1
            if wanted > 0, received >= wanted || answer.payload.readableBytes == 0 {
                break
            }
            totalTime += roundTrip
            timeout =
                wanted == 0
                ? invocation[GlobalFlags.timeout] - roundTrip
                : totalTime / received + invocation[replyTimeout]
        }
        return true
    }

    /// The next answer, `nil` if none comes in time.
    private static func next(_ answers: NATSSubscription, _ timeout: Duration) async throws -> NATSMessage? {
        do {
            return try await answers.next(timeout: timeout)
        } catch {
            guard error.code == .timeout else { throw error }
            return nil
        }
    }

    private static func print(
        _ answer: NATSMessage,
        roundTrip: Duration,
        _ invocation: Invocation,
        logs: Bool
    ) async {
        if logs {
            invocation.console.log("Received with rtt \(GoDuration.described(roundTrip))")
            let headers = MessageOutput.headerLines(answer.headers)
            for line in headers {
                invocation.console.log(line)
            }
            if !headers.isEmpty {
                invocation.console.log("")
            }
        }
        guard logs || invocation[raw] else { return }
        let body = await MessageBody(of: answer, translatedBy: invocation[translate], subject: answer.subject)
        invocation.console.print(bytes: MessageOutput.spaced(body))
    }
}
