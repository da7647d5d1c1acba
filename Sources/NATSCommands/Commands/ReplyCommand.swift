import GoFormats
import NATSClient
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `nats reply`: a service that answers requests with a fixed text, their own content, or what a command prints.
enum ReplyCommand {
    static let subject = Argument.required("subject", "Subject to answer requests on")
    static let body = Argument.optional("body", "Body of the answers")
    static let echo = Flag.toggle("echo", "Answer with the request's own content")
    static let command = Flag.text("command", "Run a command and answer with what it prints")
    static let queue = Flag.text("queue", short: "q", "Queue group to share the requests with", default: "NATS-RPLY-22")
    static let sleep = Flag.duration(
        "sleep", "Wait for a random time up to this before each answer", placeholder: "MAX")
    static let header = Flag.texts("header", short: "H", "Adds a header to the answers", placeholder: "K:V")
    static let count = Flag.unsigned("count", "End after this many answers")

    static let spec = CommandSpec(
        name: "reply",
        help: "Answer requests on a subject",
        longHelp: """
            The command may use parts of the subject on which a request came in: {{0}} is its first token, {{1}} its
            second. With

               nats reply 'weather.>' --command "curl -s wttr.in/{{1}}?format=3"

            a request on "weather.london" runs curl -s wttr.in/london?format=3. {{.Request}} is the request's body, and
            the command finds subject and body in the variables NATS_REQUEST_SUBJECT and NATS_REQUEST_BODY.

            """ + TemplateHelp.text(command: "reply", functions: [("Request", "the body of the request")]),
        arguments: [subject.spec, body.spec],
        flags: [echo.spec, command.spec, queue.spec, sleep.spec, header.spec, count.spec],
        run: run
    )

    @Sendable
    static func run(_ invocation: Invocation) async throws {
        let console = invocation.console
        let connection = try await invocation.connect()
        let echoes = invocation[echo] || (invocation[body] ?? "").isEmpty && invocation[command] == nil
        if echoes, !invocation[echo] {
            console.log("No body or command supplied, enabling echo mode")
        }
        let requests = try connection.subscribe(to: invocation[subject], queue: invocation[queue])
        if let count = invocation[count], count > 0 {
            requests.unsubscribe(after: count)
        }
        try? await connection.flush()
        if let error = connection.lastError {
            throw error
        }
        let interrupts = Interrupts.stream(of: [SIGINT])
        console.log("Listening on \(GoText.quoted(invocation[subject])) in group \(GoText.quoted(invocation[queue]))")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await answer(requests, over: connection, invocation, echoes: echoes)
            }
            group.addTask {
                for await _ in interrupts {
                    return
                }
            }
            try await group.next()
            console.log("\nDraining...")
            try await connection.drain()
            group.cancelAll()
        }
        console.log("Exiting")
        // natscli ends so too, whatever ended it.
        throw ExitStatus(code: 1)
    }

    /// Answers until there are no more requests.
    private static func answer(
        _ requests: NATSSubscription,
        over connection: NATSConnection,
        _ invocation: Invocation,
        echoes: Bool
    ) async throws {
        var number = 0
        for try await request in requests {
            show(request, number: number, invocation.console)
            if let longest = invocation[sleep], longest > .zero {
                try await Task.sleep(for: .nanoseconds(Int64.random(in: 0..<GoDuration.nanoseconds(of: longest))))
            }
            guard var answer = await answer(to: request, number: number, invocation, echoes: echoes) else { continue }
            do throws(NATSError) {
                guard let replyTo = request.replyTo else {
                    throw NATSError(.badSubject, "nats: message does not have a reply")
                }
                answer.subject = replyTo
                try await connection.publish(answer)
                number += 1
            } catch {
                invocation.console.log("Could not publish reply: \(error)")
            }
        }
    }

    private static func show(_ request: NATSMessage, number: Int, _ console: Console) {
        console.log("[#\(number)] Received on subject \(GoText.quoted(request.subject)):")
        for line in MessageOutput.headerLines(request.headers) {
            console.log(line)
        }
        console.print(bytes: [UInt8(ascii: "\n")] + Array(request.payload.readableBytesView) + [UInt8(ascii: "\n")])
    }

    /// The answer, without its subject; `nil` if the flags make none.
    private static func answer(
        to request: NATSMessage,
        number: Int,
        _ invocation: Invocation,
        echoes: Bool
    ) async -> NATSMessage? {
        let template = MessageTemplate(count: number, request: request.text)
        var answer = NATSMessage(subject: "")
        do {
            answer.headers = try HeaderArguments.headers(invocation[header], template: template)
        } catch {
            invocation.console.log("Could not make the headers of the reply: \(error)")
            return nil
        }
        if echoes {
            for (name, value) in request.headers {
                answer.headers.add(name, value)
            }
            answer.headers.add("NATS-Reply-Counter", String(number))
            answer.payload = request.payload
        } else if let command = invocation[command] {
            answer.payload = await output(of: command, for: request, template, invocation)
        } else {
            let text = expand(invocation[body] ?? "", "body", template, invocation.console)
            answer.payload = ByteBuffer(string: text)
        }
        return answer
    }

    private static func output(
        of command: String,
        for request: NATSMessage,
        _ template: MessageTemplate,
        _ invocation: Invocation
    ) async -> ByteBuffer {
        var line = command
        for (index, token) in request.subject.split(separator: ".", omittingEmptySubsequences: false).enumerated() {
            line.replace("{{\(index)}}", with: token)
        }
        line = expand(line, "command", template, invocation.console)
        if invocation[GlobalFlags.trace] {
            invocation.console.log("Executing: \(line)")
        }
        do {
            let outcome = try await ExternalCommand.run(
                line,
                variables: ["NATS_REQUEST_SUBJECT": request.subject, "NATS_REQUEST_BODY": request.text]
            )
            if let failure = outcome.failure {
                invocation.console.log("Command \(GoText.quoted(line)) failed to run: \(failure)")
            }
            return ByteBuffer(bytes: outcome.output)
        } catch {
            invocation.console.log("Could not parse command: \(error)")
            return ByteBuffer()
        }
    }

    private static func expand(
        _ text: String,
        _ what: String,
        _ template: MessageTemplate,
        _ console: Console
    ) -> String {
        do {
            return try template.expand(text)
        } catch {
            console.log("Could not parse \(what) template: \(error)")
            return text
        }
    }
}
