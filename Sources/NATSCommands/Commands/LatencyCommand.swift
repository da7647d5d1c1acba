import GoFormats
import NATSClient
import NIOCore

/// `nats latency`: how long messages take from one server to another.
enum LatencyCommand {
    static let serverB = Flag.text("server-b", "The second server, to subscribe on")
    static let size = Flag.integer("size", "How large messages are", default: 8)
    static let rate = Flag.integer("rate", "Messages a second", default: 1000)
    static let duration = Flag.duration("duration", "How long the test takes", default: "5s")
    static let histogram = Flag.text("histogram", "File for a histogram")

    static let spec = CommandSpec(
        name: "latency",
        aliases: ["lat"],
        help: "Perform latency tests between two NATS servers",
        flags: [serverB.spec, size.spec, rate.spec, duration.spec, histogram.spec],
        run: run
    )

    /// A message begins with its number, in as many bytes.
    private static let shortest = 8
    private static let line = "=============================="

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard let target = invocation[serverB] else { throw UsageError.missingRequiredFlag(name: "server-b") }
        guard invocation[size] >= shortest else {
            throw CommandError("message Payload Size must be at least \(shortest) bytes")
        }
        guard invocation[rate] > 0, invocation[duration] >= .seconds(1) else {
            throw CommandError("--rate must be at least 1 and --duration at least 1s")
        }
        let start = ContinuousClock.now
        let publisher = try await connect(invocation, nil, "first")
        defer { publisher.close() }
        let subscriber = try await connect(invocation, target, "second")
        defer { subscriber.close() }
        let console = invocation.console
        console.log(line)
        console.log("Pub Server RTT : \(short(try await publisher.roundTripTime()))")
        console.log("Sub Server RTT : \(short(try await subscriber.roundTripTime()))")
        let messages = try subscriber.subscribe(to: subscriber.newInbox())
        try await subscriber.flush()
        try await waitForRoute(from: publisher, to: subscriber)
        let perSecond = invocation[rate]
        console.log("Message Payload: \(bytes(invocation[size]))")
        console.log("Target Duration: \(GoDuration.described(invocation[duration]))")
        console.log("Target Msgs/Sec: \(perSecond)")
        console.log("Target Band/Sec: \(bytes(perSecond * invocation[size] * 2))")
        console.log(line)
        let count = Int(invocation[duration].components.seconds) * perSecond
        let test = Test(count: count, rate: perSecond, size: invocation[size], start: start)
        let result = try await test.run(from: publisher, to: messages, timeout: invocation[GlobalFlags.timeout])
        report(result, test, invocation)
        if let path = invocation[histogram] {
            try FileSystem.replace(path + ".histogram", with: Array(result.distribution.utf8))
        }
    }

    private static func connect(_ invocation: Invocation, _ servers: String?, _ name: String) async throws
        -> NATSConnection
    {
        do {
            return try await invocation.connect(servers: servers)
        } catch {
            throw CommandError("\(name) connection failed: \(error)")
        }
    }

    /// Waits until what the one connection publishes reaches the other.
    private static func waitForRoute(from publisher: NATSConnection, to subscriber: NATSConnection) async throws {
        guard publisher.serverInfo?.serverID != subscriber.serverInfo?.serverID else { return }
        let test = try subscriber.subscribe(to: subscriber.newInbox())
        defer { test.unsubscribe() }
        try await subscriber.flush()
        let end = ContinuousClock.now + .seconds(2)
        while ContinuousClock.now < end {
            try await publisher.publish("", to: test.subject)
            if let message = try? await test.next(timeout: .milliseconds(10)), message.replyTo == nil { return }
        }
        throw CommandError("couldn't receive end-to-end test message")
    }

    /// What the test found.
    private struct Result {
        /// How long each message took, the shortest first.
        var times: [Duration]
        var firstSent: Duration
        var sent: Duration
        var received: Duration

        func percentile(_ percent: Double) -> Duration {
            let index = Int((percent / 100 * Double(times.count)).rounded(.up)) - 1
            return times[max(0, min(times.count - 1, index))]
        }

        /// Milliseconds, share of messages and their number, one line for each step.
        var distribution: String {
            let steps = [10, 25, 50, 75, 90, 99, 99.9, 99.99, 99.999, 99.9999, 99.99999, 100.0]
            let lines = steps.map { step in
                "\(Humanized.fixed(percentile(step).inSeconds * 1000, 6))     \(Humanized.fixed(step / 100, 12))     "
                    + "\(Int(step / 100 * Double(times.count)))"
            }
            return (["Value    Percentile    TotalCount", ""] + lines).joined(separator: "\n") + "\n"
        }
    }

    private struct Test: Sendable {
        var count: Int
        var rate: Int
        var size: Int
        var start: ContinuousClock.Instant

        /// Publishes at an even pace, and takes the times at which messages arrive.
        func run(from publisher: NATSConnection, to messages: NATSSubscription, timeout: Duration) async throws
            -> Result
        {
            let begin = ContinuousClock.now
            async let arrivals = arrivals(messages, timeout: timeout)
            var departures: [ContinuousClock.Instant] = []
            departures.reserveCapacity(count)
            for number in 0..<count {
                let due = begin + .seconds(Double(number) / Double(rate))
                if due > .now { try await Task.sleep(until: due, clock: .continuous) }
                var payload = ByteBuffer(integer: Int64(number))
                payload.writeRepeatingByte(0, count: size - payload.readableBytes)
                departures.append(.now)
                try await publisher.publish(payload, to: messages.subject)
            }
            let sent = ContinuousClock.now - begin
            let times = try await arrivals
            let received = ContinuousClock.now - begin
            let durations = zip(departures, times).map { $1 - $0 }.sorted()
            return Result(times: durations, firstSent: begin - start, sent: sent, received: received)
        }

        /// When each message came, by its number.
        private func arrivals(_ messages: NATSSubscription, timeout: Duration) async throws
            -> [ContinuousClock.Instant]
        {
            var times = [ContinuousClock.Instant](repeating: .now, count: count)
            for _ in 0..<count {
                guard let message = try await messages.next(timeout: timeout),
                    let number = message.payload.getInteger(at: message.payload.readerIndex, as: Int64.self)
                else {
                    throw CommandError("the subscription has ended")
                }
                times[Int(number)] = .now
            }
            return times
        }
    }

    private static func report(_ result: Result, _ test: Test, _ invocation: Invocation) {
        let console = invocation.console
        console.log("HDR Percentiles:")
        let steps: [(String, Double)] = [
            ("10", 10), ("50", 50), ("75", 75), ("90", 90), ("99", 99), ("99.9", 99.9), ("99.99", 99.99),
            ("99.999", 99.999), ("99.9999", 99.9999), ("99.99999", 99.99999), ("100", 100),
        ]
        for (name, percent) in steps {
            let padding = String(repeating: " ", count: 9 - name.count)
            console.log("\(name):\(padding)\(short(result.percentile(percent)))")
        }
        console.log(line)
        let actual = Int(Double(test.count) / result.sent.inSeconds)
        console.log("Actual Msgs/Sec: \(actual)")
        console.log("Actual Band/Sec: \(bytes(actual * test.size * 2))")
        console.log("Minimum Latency: \(short(result.percentile(0)))")
        console.log("Median Latency : \(short(result.percentile(50)))")
        console.log("Maximum Latency: \(short(result.percentile(100)))")
        console.log("1st Sent Wall Time : \(short(result.firstSent))")
        console.log("Last Sent Wall Time: \(short(result.sent))")
        console.log("Last Recv Wall Time: \(short(result.received))")
    }

    /// Whole microseconds, as Go prints them.
    private static func short(_ duration: Duration) -> String {
        GoDuration.described(.microseconds(duration.nanoseconds / 1000))
    }

    /// `8B`, `1.5K`, `16K`
    private static func bytes(_ count: Int) -> String {
        let parts = Humanized.bytes(count).split(separator: " ")
        return String(parts[0] + parts[1].prefix(1))
    }
}
