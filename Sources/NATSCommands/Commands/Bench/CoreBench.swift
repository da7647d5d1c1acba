import NATSClient
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Benchmarks of messages that no stream stores.
enum CoreBench {
    @Sendable
    static func publish(_ invocation: Invocation) async throws {
        let settings = try BenchSettings(.publish, invocation)
        invocation.console.log(settings.banner)
        let run = BenchRun(settings)
        try await run(shares: settings.shares) { client, pace in
            var message = NATSMessage(subject: "", headers: settings.headers, payload: settings.payload)
            var latencies: [Int64] = []
            latencies.reserveCapacity(client.messages)
            let start = ContinuousClock.now
            for number in 0..<client.messages {
                message.subject = settings.subject(of: client.offset + number)
                let before = ContinuousClock.now
                try await client.connection.publish(message)
                latencies.append((ContinuousClock.now - before).nanoseconds)
                run.progress.advance()
                try await pace.wait(after: number + 1)
            }
            try await client.connection.flush()
            return BenchRun.Measurement(start: start, end: .now, latencies: latencies)
        }
    }

    @Sendable
    static func subscribe(_ invocation: Invocation) async throws {
        let settings = try BenchSettings(.subscribe, invocation)
        invocation.console.log(settings.banner)
        let run = BenchRun(settings)
        try await run(shares: Array(repeating: settings.messages, count: settings.clients)) { client, _ in
            let subscription = try client.connection.subscribe(to: settings.subscribedSubject)
            try await client.connection.flush()
            var start = ContinuousClock.now
            for number in 0..<client.messages {
                guard try await subscription.next() != nil else { throw CommandError("the subscription has ended") }
                // The clock starts with the first message: before it nobody knows whether anybody sends.
                if number == 0 { start = .now }
                run.progress.advance()
            }
            return BenchRun.Measurement(start: start, end: .now)
        }
    }

    @Sendable
    static func request(_ invocation: Invocation) async throws {
        let settings = try BenchSettings(.request, invocation)
        invocation.console.log(settings.banner)
        let run = BenchRun(settings)
        let timeout = invocation[GlobalFlags.timeout]
        try await run(shares: settings.shares) { client, pace in
            let request = NATSMessage(
                subject: invocation[BenchFlags.subject], headers: settings.headers, payload: settings.payload)
            var latencies: [Int64] = []
            latencies.reserveCapacity(client.messages)
            let start = ContinuousClock.now
            for number in 0..<client.messages {
                let before = ContinuousClock.now
                let answer: NATSMessage
                do {
                    answer = try await client.connection.request(request, timeout: timeout)
                } catch {
                    throw CommandError("requesting: requesting: \(error)")
                }
                latencies.append((ContinuousClock.now - before).nanoseconds)
                guard answer.payload.readableBytes > 0, !answer.text.contains("error") else {
                    throw CommandError("Request did not receive a good reply: \(answer.text)")
                }
                run.progress.advance()
                try await pace.wait(after: number + 1)
            }
            return BenchRun.Measurement(start: start, end: .now, latencies: latencies, carriedPerMessage: 2)
        }
    }

    /// Answers requests until somebody interrupts it.
    @Sendable
    static func serve(_ invocation: Invocation) async throws {
        let settings = try BenchSettings(.serve, invocation)
        invocation.console.log(settings.banner)
        // Ends the process by itself: there are no results.
        signal(SIGINT, SIG_DFL)
        let run = BenchRun(settings)
        try await run(shares: Array(repeating: 0, count: settings.clients)) { client, pace in
            let service = MicroService(
                name: "nats-bench-service", version: "1.0.0", connection: client.connection,
                endpoints: [.init(name: "default", subject: invocation[BenchFlags.subject])])
            let start = ContinuousClock.now
            try await service.run { _ in
                try await pace.wait(after: 0)
                return MicroService.Answer(payload: ByteBuffer(string: "ok"))
            }
            return BenchRun.Measurement(start: start, end: .now)
        }
    }
}
