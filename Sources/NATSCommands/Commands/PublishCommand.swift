import GoFormats
import NATSClient
import NIOCore

/// `nats publish`: sends one or many messages to a subject.
enum PublishCommand {
    static let subject = Argument.required("subject", "Subject to publish to")
    static let body = Argument.optional("body", "Body of the message")
    static let reply = Flag.text("reply", "Subject on which an answer is wanted", placeholder: "SUBJECT")
    static let atomic = Flag.toggle(
        "atomic", "Publish the lines of standard input to a stream, all or none; implies --jetstream")
    static let header = Flag.texts("header", short: "H", "Adds a header to the message", placeholder: "K:V")
    static let count = Flag.integer("count", "How many messages to publish", default: 1)
    static let forceInput = Flag.toggle("force-stdin", "Read the body from standard input in any case")
    static let jetStream = Flag.toggle("jetstream", short: "J", "Publish to a stream and wait for its acknowledgement")
    static let quiet = Flag.toggle("quiet", short: "q", "Print answers only")
    static let sendOn = Flag.text(
        "send-on", "Whether standard input is one body (eof) or each line is one (newline)", default: "eof",
        kind: .choice(["newline", "eof"]))
    static let sleep = Flag.duration("sleep", "How long to wait between two messages")
    static let templates = Flag.toggle(
        "templates", "Fill in {{ }} in body and subject; headers are always filled in", isNegatable: true,
        default: true)

    static let spec = CommandSpec(
        name: "publish",
        aliases: ["pub"],
        help: "Publish messages to a subject",
        longHelp: TemplateHelp.text(command: "publish"),
        arguments: [subject.spec, body.spec],
        flags: [
            reply.spec, atomic.spec, header.spec, count.spec, forceInput.spec, jetStream.spec, quiet.spec, sendOn.spec,
            sleep.spec,
            templates.spec,
        ] + PublishSchedule.flags,
        run: run
    )

    @Sendable
    static func run(_ invocation: Invocation) async throws {
        let console = invocation.console
        Interrupts.endWithError(console: console)
        let schedule = try PublishSchedule(invocation)
        let connection = try await invocation.connect()
        defer { connection.close() }
        var source = PayloadSource(
            body: invocation[body],
            mode: PayloadSource.Mode(rawValue: invocation[sendOn]) ?? .endOfFile,
            isForced: invocation[forceInput]
        )
        var batch = invocation[atomic] ? AtomicBatch() : nil
        if batch != nil {
            guard schedule == nil else {
                throw CommandError("atomic batch publishing does not support schedules")
            }
            guard source.readsInput, invocation[sendOn] == PayloadSource.Mode.newline.rawValue else {
                throw CommandError("atomic batch publishing requires JetStream and STDIN with --send-on=newline")
            }
        }
        if source.readsInput, !invocation[quiet] {
            console.log("Reading payload from STDIN")
        }
        let arguments = MessageArguments(
            subject: invocation[subject],
            replyTo: invocation[reply],
            headers: invocation[header],
            fillsIn: invocation[templates]
        )
        let total = max(1, invocation[count])
        let progress = total > 20 ? Progress(total: total, console: console) : nil
        while let text = try await source.next() {
            for number in 1...total {
                var message = try arguments.message(body: text, number: number, console: console)
                schedule?.add(to: &message)
                if batch != nil {
                    batch?.add(message)
                    if !invocation[quiet] {
                        console.log(
                            "Adding \(message.payload.readableBytes) bytes to batch on subject \(GoText.quoted(message.subject))"
                        )
                    }
                    continue
                }
                if invocation[jetStream] || schedule != nil {
                    try await store(message, invocation, over: connection)
                    continue
                }
                try await publish(message, over: connection)
                if total > 1, let pause = invocation[sleep], pause > .zero {
                    try await Task.sleep(for: pause)
                }
                if let progress {
                    progress.advance(to: number)
                } else if !invocation[quiet] {
                    console.log(
                        "Published \(message.payload.readableBytes) bytes to \(GoText.quoted(message.subject))"
                    )
                }
            }
        }
        if let batch {
            let done = try await batch.commit(over: connection, timeout: invocation[GlobalFlags.timeout])
            if !invocation[quiet] { console.log(done) }
        }
    }

    /// Publishes to a stream, and tells of its acknowledgement.
    private static func store(
        _ message: NATSMessage,
        _ invocation: Invocation,
        over connection: NATSConnection
    ) async throws {
        let console = invocation.console
        if !invocation[quiet] {
            console.log("Published \(message.payload.readableBytes) bytes to \(GoText.quoted(message.subject))")
        }
        do {
            var options = PublishOptions()
            options.retries = 0
            let jetStream = connection.jetStream(timeout: invocation[GlobalFlags.timeout])
            let stored = try await jetStream.publish(message, options: options)
            if !invocation[quiet] {
                let domain = stored.domain.map { " Domain: \(GoText.quoted($0))" } ?? ""
                let duplicate = stored.isDuplicate ? " Duplicate: true" : ""
                let value = stored.value.map { " Counter Value: \($0)" } ?? ""
                let sequence = Humanized.count(stored.sequence)
                console.log("Stored in Stream: \(stored.stream) Sequence: \(sequence)\(domain)\(duplicate)\(value)")
            }
        } catch {
            guard error.code == .noStream else { throw error }
            throw NATSError.noResponders
        }
    }

    /// Publishes, and waits for the server to have dealt with it: what it refuses shows as the connection's last error.
    private static func publish(_ message: NATSMessage, over connection: NATSConnection) async throws {
        try await connection.publish(message)
        // What a failing flush means shows in the last error, or does not matter.
        try? await connection.flush()
        if let error = connection.lastError {
            throw error
        }
    }
}
