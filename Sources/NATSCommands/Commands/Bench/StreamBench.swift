import NATSClient
import NATSWire
import NIOCore

/// Benchmarks of taking messages from a stream.
enum StreamBench {
    /// How long the server remembers a consumer that nobody uses.
    private static let inactive = Duration.seconds(10)

    @Sendable
    static func ordered(_ invocation: Invocation) async throws {
        let settings = try BenchSettings(.ordered, invocation)
        invocation.console.log(settings.banner)
        try await purge(invocation)
        let run = BenchRun(settings)
        try await run(shares: Array(repeating: settings.messages, count: settings.clients)) { client, pace in
            let stream = try await stream(invocation, client)
            var options = OrderedOptions(filterSubjects: invocation[BenchFlags.filter])
            options.inactiveThreshold = inactive
            options.pull = PullOptions(batch: max(1, invocation[BenchFlags.batch]))
            return try await take(
                client.messages, from: stream.orderedMessages(options), pace, run.progress, settle: { _ in })
        }
    }

    @Sendable
    static func consume(_ invocation: Invocation) async throws {
        try await takeShares(.consume, invocation)
    }

    @Sendable
    static func fetch(_ invocation: Invocation) async throws {
        try await takeShares(.fetch, invocation)
    }

    /// Lets each client take its share from a durable consumer. No client asks for more than it needs: what it left would
    /// be missing elsewhere.
    private static func takeShares(_ kind: BenchKind, _ invocation: Invocation) async throws {
        let settings = try BenchSettings(kind, invocation)
        invocation.console.log(settings.banner)
        try await purge(invocation)
        try await createConsumer(settings)
        let run = BenchRun(settings)
        let batch = max(1, invocation[BenchFlags.batch])
        try await run(shares: settings.shares) { client, pace in
            let consumer = try await consumer(invocation, client)
            var latencies: [Int64] = []
            var (taken, start) = (0, ContinuousClock.now)
            while taken < client.messages {
                let before = ContinuousClock.now
                let messages = try await consumer.fetch(
                    min(batch, client.messages - taken), expires: invocation[GlobalFlags.timeout])
                if kind == .fetch { latencies.append((ContinuousClock.now - before).nanoseconds) }
                guard !messages.isEmpty else {
                    throw CommandError(
                        "fetching from the consumer '\(consumer.name)': only \(taken) of \(client.messages) messages came"
                    )
                }
                if taken == 0 { start = .now }
                for message in messages {
                    try await settle(message, invocation)
                    try await pace.wait(after: taken)
                }
                taken += messages.count
                run.progress.advance(by: messages.count)
            }
            return BenchRun.Measurement(start: start, end: .now, latencies: latencies, carriedPerMessage: 2)
        }
    }

    // MARK: Parts

    private static func stream(_ invocation: Invocation, _ client: BenchRun.Client) async throws -> StreamHandle {
        let name = invocation[BenchFlags.stream]
        do {
            return try await invocation.jetStream(over: client.connection).stream(name)
        } catch {
            throw CommandError("getting stream '\(name)': \(error)")
        }
    }

    private static func consumer(_ invocation: Invocation, _ client: BenchRun.Client) async throws -> PullConsumer {
        let name = invocation[BenchFlags.consumer]
        do {
            return try await stream(invocation, client).consumer(name)
        } catch let error as JetStreamError {
            throw CommandError("getting durable consumer '\(name)': \(error)")
        }
    }

    private static func take<Messages: AsyncSequence>(
        _ count: Int,
        from messages: Messages,
        _ pace: BenchPace,
        _ progress: BenchProgress,
        settle: (JetStreamMessage) async throws -> Void
    ) async throws -> BenchRun.Measurement where Messages.Element == JetStreamMessage {
        var (taken, start) = (0, ContinuousClock.now)
        for try await message in messages {
            try await settle(message)
            if taken == 0 { start = .now }
            taken += 1
            progress.advance()
            guard taken < count else { break }
            try await pace.wait(after: taken)
        }
        guard taken == count else { throw CommandError("only \(taken) of \(count) messages came") }
        return BenchRun.Measurement(start: start, end: .now)
    }

    private static func settle(_ message: JetStreamMessage, _ invocation: Invocation) async throws {
        guard invocation[BenchFlags.acks] != "none" else { return }
        do {
            if invocation[BenchFlags.doubleAck] {
                try await message.doubleAck()
            } else {
                try await message.ack()
            }
        } catch {
            throw CommandError("acknowledging the message: \(error)")
        }
    }

    private static func purge(_ invocation: Invocation) async throws {
        guard invocation[BenchFlags.purge] else { return }
        let name = invocation[BenchFlags.stream]
        try await invocation.withJetStream { jetStream in
            do {
                _ = try await jetStream.stream(name).purge()
            } catch {
                throw CommandError("purging stream '\(name)': \(error)")
            }
        }
    }

    /// The benchmark's own consumer is made new; one with another name must be there.
    private static func createConsumer(_ settings: BenchSettings) async throws {
        let invocation = settings.invocation
        let name = invocation[BenchFlags.consumer]
        guard name == BenchFlags.consumer.spec.defaultValue else { return }
        var consumer = ConsumerConfiguration()
        consumer.name = name
        consumer.durable = name
        consumer.deliverPolicy = .all
        consumer.ackPolicy = AckPolicy(rawValue: invocation[BenchFlags.acks]) ?? .explicit
        consumer.replayPolicy = .instant
        consumer.maximumAckPending = max(1, invocation[BenchFlags.batch]) * settings.clients
        consumer.inactiveThreshold = inactive
        consumer.filterSubjects = invocation[BenchFlags.filter]
        try await invocation.withJetStream { jetStream in
            do {
                let stream = try await jetStream.stream(invocation[BenchFlags.stream])
                _ = try await stream.send(consumer, action: nil)
            } catch {
                throw CommandError("creating the durable consumer '\(name)': \(error)")
            }
        }
    }
}

// MARK: - Gets

extension StreamBench {
    @Sendable
    static func getSync(_ invocation: Invocation) async throws {
        let settings = try BenchSettings(.getSync, invocation)
        invocation.console.log(settings.banner)
        let run = BenchRun(settings)
        try await run(shares: Array(repeating: settings.messages, count: settings.clients)) { client, pace in
            let stream = try await stream(invocation, client)
            let first = max(1, stream.lastInfo.state.firstSequence)
            var latencies: [Int64] = []
            let start = ContinuousClock.now
            for number in 0..<client.messages {
                let before = ContinuousClock.now
                do {
                    _ = try await stream.message(first + number)
                } catch {
                    throw CommandError("getting message sequence number \(first + number) from the stream: \(error)")
                }
                latencies.append((ContinuousClock.now - before).nanoseconds)
                run.progress.advance()
                try await pace.wait(after: number + 1)
            }
            return BenchRun.Measurement(start: start, end: .now, latencies: latencies, carriedPerMessage: 2)
        }
    }

    @Sendable
    static func getBatch(_ invocation: Invocation) async throws {
        let settings = try BenchSettings(.getBatch, invocation)
        invocation.console.log(settings.banner)
        let run = BenchRun(settings)
        let batch = max(1, invocation[BenchFlags.batch])
        try await run(shares: Array(repeating: settings.messages, count: settings.clients)) { client, pace in
            let stream = try await stream(invocation, client)
            var latencies: [Int64] = []
            var (taken, next) = (0, 1)
            let start = ContinuousClock.now
            while taken < client.messages {
                let before = ContinuousClock.now
                let got = try await DirectBatch.messages(
                    of: stream, from: next, count: min(batch, client.messages - taken),
                    subject: invocation[BenchFlags.singleFilter], timeout: invocation[GlobalFlags.timeout])
                latencies.append((ContinuousClock.now - before).nanoseconds)
                guard let last = got.last else {
                    throw CommandError("getting message from the stream: only \(taken) of \(client.messages) are there")
                }
                taken += got.count
                next = last.sequence + 1
                run.progress.advance(by: got.count)
                try await pace.wait(after: taken)
            }
            return BenchRun.Measurement(start: start, end: .now, latencies: latencies)
        }
    }
}

/// Many messages of a stream with one request, without a consumer (ADR-31).
enum DirectBatch {
    struct Message: Sendable {
        var sequence: Int
        var message: NATSMessage
    }

    /// Up to `count` messages from a sequence on.
    static func messages(
        of stream: StreamHandle,
        from sequence: Int,
        count: Int,
        subject: String,
        timeout: Duration
    ) async throws -> [Message] {
        let connection = stream.jetStream.connection
        let answers = try connection.subscribe(to: connection.newInbox())
        defer { answers.unsubscribe() }
        var request = JSONDocument()
        request["seq"] = sequence
        request["batch"] = count
        request["next_by_subj"] = subject
        try await connection.publish(
            ByteBuffer(bytes: request.json.encoded()), to: "\(stream.jetStream.prefix).DIRECT.GET.\(stream.name)",
            replyTo: answers.subject)
        var messages: [Message] = []
        while messages.count < count, let answer = try await answers.next(timeout: timeout) {
            if let status = answer.headers.status {
                // 204 ends a batch, 404 says that there is nothing more.
                guard status == 204 || status == 404 else {
                    throw CommandError(
                        "doing a direct get on the stream: \(answer.headers.statusDescription) (\(status))")
                }
                break
            }
            let number = answer.headers.first { $0.name == "Nats-Sequence" }.flatMap { Int($0.value) }
            messages.append(Message(sequence: number ?? sequence + messages.count, message: answer))
        }
        return messages
    }
}
