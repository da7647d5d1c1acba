import NATSClient
import NIOCore

/// Prints what `nats subscribe` receives. One task owns it: messages of all subjects come through one stream.
struct MessagePrinter {
    private enum Event: Sendable {
        case message(NATSMessage)
        /// A message on an inbox, for `--match-replies`.
        case answer(NATSMessage)
        case failure(NATSError)
        case silence(generation: Int)
    }

    private let invocation: Invocation
    private let connection: NATSConnection
    private let subjects: [String]
    private let view: MessageView
    private var counter = 0
    /// Requests without an answer, by the subject on which it is wanted.
    private var unanswered: [String: NATSMessage] = [:]
    private var generation = 0

    init(_ invocation: Invocation, _ connection: NATSConnection) {
        self.invocation = invocation
        self.connection = connection
        view = MessageView(invocation)
        let given = invocation[SubscribeCommand.subjects]
        subjects = given.isEmpty ? [connection.newInbox()] : given
    }

    private var limit: Int { invocation[SubscribeCommand.count] ?? 0 }

    private var isBare: Bool { view.isBare }

    mutating func run() async throws {
        if let directory = invocation[SubscribeCommand.dump], directory != "-" {
            try FileSystem.makeDirectory(directory)
        }
        let (events, sink) = AsyncStream<Event>.makeStream()
        try await subscribe(sink)
        waitForSilence(sink)
        for await event in events {
            switch event {
            case .message(let message):
                try await take(message)
                if limit > 0, counter >= limit, unanswered.isEmpty {
                    return
                }
                waitForSilence(sink)
            case .answer(let answer):
                try await takeAnswer(answer)
                if limit > 0, counter >= limit, unanswered.isEmpty {
                    return
                }
            case .failure(let error):
                throw error
            case .silence(let generation):
                if generation == self.generation {
                    return
                }
            }
        }
    }

    // MARK: Subscribing

    private func subscribe(_ sink: AsyncStream<Event>.Continuation) async throws {
        let ignored = SubscribeCommand.ignoredSubjects(invocation)
        let ignoredText = ignored.isEmpty ? "" : "\nIgnored subjects: \(ignored.joined(separator: ", "))"
        if invocation[SubscribeCommand.matchReplies] {
            let inboxes = connection.options.inboxPrefix + ".>"
            if !isBare {
                invocation.console.log("Matching replies with inbox prefix \(inboxes)")
            }
            forward(try connection.subscribe(to: inboxes), to: sink) { .answer($0) }
        }
        for subject in subjects {
            let messages = try connection.subscribe(to: subject, queue: invocation[SubscribeCommand.queue])
            forward(messages, to: sink) { message in
                ignored.contains { SubjectOverlap.exists(message.subject, $0) } ? nil : .message(message)
            }
        }
        // What a failing flush means shows in the last error, or does not matter.
        try? await connection.flush()
        // Only now, so that whoever waits for these words before they publish misses nothing.
        if !isBare || invocation[SubscribeCommand.inbox] {
            if invocation[SubscribeCommand.acknowledge] {
                invocation.console.log(
                    "Subscribing on \(subjects[0]) with acknowledgement of JetStream messages \(ignoredText)"
                )
            } else {
                invocation.console.log("Subscribing on \(subjects.joined(separator: ", ")) \(ignoredText)")
            }
        }
        if let error = connection.lastError {
            throw error
        }
    }

    private func forward(
        _ messages: NATSSubscription,
        to sink: AsyncStream<Event>.Continuation,
        as event: @escaping @Sendable (NATSMessage) -> Event?
    ) {
        Task {
            do throws(NATSError) {
                for try await message in messages {
                    if let event = event(message) {
                        sink.yield(event)
                    }
                }
            } catch {
                sink.yield(.failure(error))
            }
        }
    }

    private mutating func waitForSilence(_ sink: AsyncStream<Event>.Continuation) {
        guard let wait = invocation[SubscribeCommand.wait], wait > .zero else { return }
        generation += 1
        let current = generation
        Task {
            try? await Task.sleep(for: wait)
            sink.yield(.silence(generation: current))
        }
    }

    // MARK: Messages

    private mutating func take(_ message: NATSMessage) async throws {
        counter += 1
        if invocation[SubscribeCommand.matchReplies], let replyTo = message.replyTo {
            unanswered[replyTo] = message
        } else {
            try await view.show(message, number: counter, answer: nil)
        }
        if invocation[SubscribeCommand.acknowledge], message.replyTo?.hasPrefix("$JS.ACK.") == true {
            do throws(NATSError) {
                try await connection.reply(to: message, with: ByteBuffer())
            } catch {
                invocation.console.log(
                    "Acknowledging message via subject \(message.replyTo ?? "") failed: \(error)"
                )
            }
        }
    }

    private mutating func takeAnswer(_ answer: NATSMessage) async throws {
        guard let request = unanswered.removeValue(forKey: answer.subject) else { return }
        try await view.show(request, number: counter, answer: answer)
    }
}
