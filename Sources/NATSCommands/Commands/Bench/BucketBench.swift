import NATSClient

/// Benchmarks of key-value buckets.
enum BucketBench {
    @Sendable
    static func put(_ invocation: Invocation) async throws {
        let settings = try BenchSettings(.put, invocation)
        invocation.console.log(settings.banner)
        try await prepare(settings)
        let run = BenchRun(settings)
        try await run(shares: settings.shares) { client, pace in
            let bucket = try await bucket(invocation, client)
            var latencies: [Int64] = []
            let start = ContinuousClock.now
            for number in 0..<client.messages {
                let before = ContinuousClock.now
                do {
                    _ = try await bucket.put(key(client.offset + number, invocation), settings.payload)
                } catch {
                    throw CommandError("putting: \(error)")
                }
                latencies.append((ContinuousClock.now - before).nanoseconds)
                run.progress.advance()
                try await pace.wait(after: number + 1)
            }
            return BenchRun.Measurement(start: start, end: .now, latencies: latencies, carriedPerMessage: 2)
        }
    }

    @Sendable
    static func get(_ invocation: Invocation) async throws {
        let settings = try BenchSettings(.get, invocation)
        invocation.console.log(settings.banner)
        let run = BenchRun(settings)
        try await run(shares: settings.shares) { client, pace in
            let bucket = try await bucket(invocation, client)
            var latencies: [Int64] = []
            let start = ContinuousClock.now
            for number in 0..<client.messages {
                let key = key(client.offset + number, invocation)
                let before = ContinuousClock.now
                do {
                    _ = try await bucket.get(key)
                } catch {
                    throw CommandError("getting key '\(key)': \(error)")
                }
                latencies.append((ContinuousClock.now - before).nanoseconds)
                run.progress.advance()
                try await pace.wait(after: number + 1)
            }
            return BenchRun.Measurement(start: start, end: .now, latencies: latencies, carriedPerMessage: 2)
        }
    }

    private static func key(_ number: Int, _ invocation: Invocation) -> String {
        let limit = invocation[BenchFlags.randomize]
        return String(limit > 0 ? Int.random(in: 0..<limit) : number)
    }

    private static func bucket(_ invocation: Invocation, _ client: BenchRun.Client) async throws -> KeyValueBucket {
        let name = invocation[BenchFlags.bucket]
        do {
            return try await invocation.jetStream(over: client.connection).keyValue(name)
        } catch {
            throw CommandError("finding kv bucket '\(name)': \(error)")
        }
    }

    /// Makes the benchmark's own bucket; one with another name must be there.
    private static func prepare(_ settings: BenchSettings) async throws {
        let invocation = settings.invocation
        let name = invocation[BenchFlags.bucket]
        try await invocation.withJetStream { jetStream in
            // No request removes the values of all keys: the bucket goes, and comes anew.
            if invocation[BenchFlags.purge] { try await jetStream.deleteKeyValue(name) }
            guard name == BenchFlags.bucket.spec.defaultValue else { return }
            var bucket = KeyValueConfiguration(bucket: name)
            bucket.summary = "nats bench bucket"
            bucket.history = invocation[BenchFlags.history]
            bucket.storage = invocation[BenchFlags.storage] == "memory" ? .memory : .file
            bucket.replicas = invocation[BenchFlags.replicas]
            bucket.maximumBytes = settings.maximumBytes
            _ = try await jetStream.createKeyValue(bucket)
        }
    }
}
