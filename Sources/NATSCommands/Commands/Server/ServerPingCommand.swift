import GoFormats
import NATSClient

/// `nats server ping`: which servers answer, and how fast.
enum ServerPingCommand {
    static let expect = Argument.integer("expect", "How many servers to wait for", default: 0)
    static let graph = Flag.toggle("graph", "Draw how the times are distributed")
    static let showID = Flag.toggle("id", "Show the servers' IDs")

    static let spec = CommandSpec(
        name: "ping",
        help: "Ping all servers",
        arguments: [expect.spec],
        flags: [graph.spec, showID.spec],
        run: run
    )

    /// Times that lie no further apart stand in one bar of the graph.
    private static let barWidth = 25

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let console = invocation.console
        let connection = try await invocation.connect()
        defer { connection.close() }
        let replies = try connection.subscribe(to: connection.newInbox())
        let start = ContinuousClock.now
        let end = start + invocation[GlobalFlags.timeout]
        try await connection.publish("", to: "$SYS.REQ.SERVER.PING", replyTo: replies.subject)
        var expected = invocation[expect]
        var times: [Double] = []
        while ContinuousClock.now < end, expected == 0 || times.count < expected {
            guard let message = try await next(replies, until: end) else { break }
            guard !message.isNoResponders else {
                console.print(
                    "503 status from $SYS.REQ.SERVER.PING, ensure a system account is used with appropriate permissions"
                )
                throw ExitStatus(code: 1)
            }
            let time = ContinuousClock.now - start
            let answer = ServerAnswer(document: try Invocation.document(of: message))
            if expected == 0, times.isEmpty { expected = answer.document.document("statsz").count("active_servers") }
            times.append(Double(time.nanoseconds / 1_000_000))
            let name = answer.server.text("name")
            let padded = name + String(repeating: " ", count: max(0, 60 - name.count))
            let id = invocation[showID] ? answer.server.text("id") + " " : ""
            console.print("\(id)\(padded) rtt=\(GoDuration.described(time))")
        }
        summarize(times, invocation)
        if expected != 0, expected != times.count {
            console.print("\nMissing \(expected - times.count) server(s)")
        }
    }

    private static func next(_ replies: NATSSubscription, until end: ContinuousClock.Instant) async throws
        -> NATSMessage?
    {
        do {
            return try await replies.next(timeout: end - .now)
        } catch {
            guard error.code == .timeout else { throw error }
            return nil
        }
    }

    private static func summarize(_ times: [Double], _ invocation: Invocation) {
        let console = invocation.console
        console.print("\n---- ping statistics ----")
        guard let longest = times.max(), let shortest = times.min() else {
            console.print("no responses received")
            return
        }
        let average = times.reduce(0, +) / Double(times.count)
        console.print(
            "\(times.count) replies max: \(Humanized.fixed(longest, 2)) min: \(Humanized.fixed(shortest, 2)) "
                + "avg: \(Humanized.fixed(average, 2))")
        guard invocation[graph] else { return }
        var counts = [Double](repeating: 0, count: Int(longest) / barWidth + 1)
        for time in times {
            counts[Int(time) / barWidth] += 1
        }
        console.print("\n" + BarChart.text(counts, unit: barWidth, caption: "Responses per \(barWidth)ms"))
    }
}
