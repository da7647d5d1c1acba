import NATSClient
import NATSWire

/// Benchmarks of publishing to a stream.
enum StreamPublishBench {
    /// The API level at which servers know atomic batches.
    private static let atomicLevel = 2

    static func publish(_ kind: BenchKind, _ invocation: Invocation) async throws {
        let settings = try BenchSettings(kind, invocation)
        if invocation[BenchFlags.persistAsync], kind == .streamPublishAtomic || invocation[BenchFlags.replicas] != 1 {
            throw CommandError(
                "async persist mode is only supported for streams with 1 replica and incompatible with atomic batch "
                    + "publishing")
        }
        invocation.console.log(settings.banner)
        try await prepare(settings)
        let run = BenchRun(settings)
        let batch = max(1, invocation[BenchFlags.batch])
        let identifier = NUID.next()
        try await run(shares: settings.shares) { client, pace in
            let publisher = Publisher(
                settings: settings, client: client, pace: pace, progress: run.progress,
                jetStream: try invocation.jetStream(over: client.connection), identifier: identifier)
            let start = ContinuousClock.now
            let latencies =
                switch kind {
                case .streamPublishAsync: try await publisher.publishAsync(batch)
                case .streamPublishAtomic: try await publisher.publishAtomic(batch)
                default: try await publisher.publishSync()
                }
            return BenchRun.Measurement(start: start, end: .now, latencies: latencies, carriedPerMessage: 2)
        }
    }

    /// Creates and empties the stream as the flags say.
    private static func prepare(_ settings: BenchSettings) async throws {
        let invocation = settings.invocation
        try await invocation.withJetStream { jetStream in
            if settings.kind == .streamPublishAtomic, try await jetStream.accountInfo().apiLevel < atomicLevel {
                throw CommandError("Atomic Batch Publishing requires NATS Server 2.12, use async publishing instead")
            }
            let name = invocation[BenchFlags.stream]
            if invocation[BenchFlags.create] {
                do {
                    _ = try await jetStream.createStream(configuration(settings))
                } catch {
                    throw CommandError(
                        "could not create the stream. If you want to delete and re-define the stream use "
                            + "`nats stream delete \(name)`: \(error)")
                }
            }
            let stream: StreamHandle
            do {
                stream = try await jetStream.stream(name)
            } catch {
                throw CommandError("could not access stream \(name): \(error)")
            }
            invocation.console.log("Using stream: \(name)")
            if invocation[BenchFlags.purge] {
                invocation.console.log("Purging the stream")
                _ = try await stream.purge()
            }
        }
    }

    private static func configuration(_ settings: BenchSettings) -> StreamConfiguration {
        let invocation = settings.invocation
        let isAsync = invocation[BenchFlags.persistAsync]
        var stream = StreamConfiguration(
            name: invocation[BenchFlags.stream], subjects: [settings.subscribedSubject])
        stream.retention = .limits
        stream.discard = .new
        stream.storage = invocation[BenchFlags.storage] == "memory" ? .memory : .file
        stream.replicas = invocation[BenchFlags.replicas]
        stream.maximumBytes = settings.maximumBytes
        stream.duplicateWindow = invocation[BenchFlags.window]
        stream.allowsDirectGet = true
        stream.allowsAtomicPublish = !isAsync
        if isAsync { stream.document["persist_mode"] = "async" }
        return stream
    }

    /// One client that publishes.
    private struct Publisher: Sendable {
        let settings: BenchSettings
        let client: BenchRun.Client
        let pace: BenchPace
        let progress: BenchProgress
        let jetStream: JetStream
        /// What the identifiers of messages begin with.
        let identifier: String

        private func message(_ number: Int) -> NATSMessage {
            var message = NATSMessage(
                subject: settings.subject(of: client.offset + number), headers: settings.headers,
                payload: settings.payload)
            if settings.invocation[BenchFlags.deduplicate] {
                message.headers.add("Nats-Msg-Id", "\(identifier)-\(client.number)-\(client.offset + number)")
            }
            return message
        }

        func publishSync() async throws -> [Int64] {
            var latencies: [Int64] = []
            for number in 0..<client.messages {
                let start = ContinuousClock.now
                do {
                    try await jetStream.publish(message(number))
                } catch {
                    throw CommandError("publishing synchronously: \(error)")
                }
                latencies.append((ContinuousClock.now - start).nanoseconds)
                progress.advance()
                try await pace.wait(after: number + 1)
            }
            return latencies
        }

        /// Publishes a batch, waits for all its acknowledgements, and goes on with the next.
        func publishAsync(_ batch: Int) async throws -> [Int64] {
            let publisher = jetStream.publisher(window: batch)
            return try await inBatches(of: batch) { number, _ in
                do {
                    _ = try await publisher.publish(message(number))
                } catch {
                    throw CommandError("publishing asynchronously: \(error)")
                }
            } finish: {
                do {
                    try await publisher.finish()
                } catch {
                    throw CommandError("async publish acknowledgement is an error: \(error)")
                }
            }
        }

        /// Publishes batches of which the last message commits all (ADR-50).
        func publishAtomic(_ batch: Int) async throws -> [Int64] {
            try await inBatches(of: batch) { number, place in
                var message = message(number)
                message.headers.add("Nats-Batch-Id", "\(identifier)-\(client.number)-\(number - place.index)")
                message.headers.add("Nats-Batch-Sequence", String(place.index + 1))
                guard place.isLast else {
                    try await client.connection.publish(message)
                    return
                }
                message.headers.add("Nats-Batch-Commit", "1")
                do {
                    try await jetStream.publish(message)
                } catch {
                    throw CommandError("publishing with batch commit: \(error)")
                }
            } finish: {
            }
        }

        /// - Returns: how long each batch took, without pauses.
        private func inBatches(
            of batch: Int,
            _ publish: (Int, (index: Int, isLast: Bool)) async throws -> Void,
            finish: () async throws -> Void
        ) async throws -> [Int64] {
            var latencies: [Int64] = []
            var number = 0
            while number < client.messages {
                let size = min(batch, client.messages - number)
                var start = ContinuousClock.now
                for index in 0..<size {
                    try await publish(number + index, (index, index == size - 1))
                    progress.advance()
                    start += try await pace.wait(after: number + index + 1)
                }
                try await finish()
                latencies.append((ContinuousClock.now - start).nanoseconds)
                number += size
            }
            return latencies
        }
    }
}
