import GoFormats
import NATSClient

/// `nats server check connection`: how long connecting, a ping and a message take.
enum ConnectionCheck {
    static let connectWarning = Flag.duration("connect-warn", "Warn if connecting takes so long", default: "500ms")
    static let connectCritical = Flag.duration(
        "connect-critical", "Critical if connecting takes so long", default: "1s")
    static let pingWarning = Flag.duration("rtt-warn", "Warn if a ping takes so long", default: "500ms")
    static let pingCritical = Flag.duration("rtt-critical", "Critical if a ping takes so long", default: "1s")
    static let requestWarning = Flag.duration("req-warn", "Warn if a message takes so long", default: "500ms")
    static let requestCritical = Flag.duration("req-critical", "Critical if a message takes so long", default: "1s")

    static let spec = CommandSpec(
        name: "connection",
        aliases: ["conn"],
        help: "Checks basic server connection",
        longHelp: ServerCheckCommand.warnings,
        flags: [
            connectWarning.spec, connectCritical.spec, pingWarning.spec, pingCritical.spec, requestWarning.spec,
            requestCritical.spec,
        ],
        run: { invocation in
            try await ServerCheckCommand.run(invocation, name: "Connection", suite: "connections") { result in
                try await check(&result, invocation)
            }
        }
    )

    private static func check(_ result: inout CheckResult, _ invocation: Invocation) async throws {
        let start = ContinuousClock.now
        let connection: NATSConnection
        do {
            connection = try await invocation.connect()
        } catch {
            result.critical("connection failed: \(error)")
            return
        }
        defer { connection.close() }
        let time = ContinuousClock.now - start
        let url = connection.connectedServer.map { "\($0)" } ?? ""
        let limits = (warning: invocation[connectWarning].inSeconds, critical: invocation[connectCritical].inSeconds)
        result.measure(
            "connect_time", time.inSeconds, warning: limits.warning, critical: limits.critical, unit: "s",
            "Time taken to connect to NATS")
        judge(
            time, limits, &result, late: { "connected to \(url), connect time exceeded \($0.short)" },
            ok: "connected to \(url) in \(GoDuration.described(time))")
        try await ping(connection, &result, invocation)
        try await sendMessage(connection, &result, invocation)
    }

    private static func ping(_ connection: NATSConnection, _ result: inout CheckResult, _ invocation: Invocation)
        async throws
    {
        let time = try await connection.roundTripTime(timeout: invocation[GlobalFlags.timeout])
        let limits = (warning: invocation[pingWarning].inSeconds, critical: invocation[pingCritical].inSeconds)
        result.measure(
            "rtt", time.inSeconds, warning: limits.warning, critical: limits.critical, unit: "s",
            "The round-trip-time of the connection")
        judge(
            time, limits, &result, late: { "rtt time exceeded \($0.short)" },
            ok: "rtt time \(GoDuration.described(time))")
    }

    private static func sendMessage(
        _ connection: NATSConnection,
        _ result: inout CheckResult,
        _ invocation: Invocation
    ) async throws {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        let text = String((0..<100).map { _ in letters[Int.random(in: 0..<letters.count)] })
        let subscription = try connection.subscribe(to: connection.newInbox())
        defer { subscription.unsubscribe() }
        let start = ContinuousClock.now
        try await connection.publish(text, to: subscription.subject)
        let received: NATSMessage?
        do {
            received = try await subscription.next(timeout: invocation[GlobalFlags.timeout])
        } catch {
            result.critical("did not receive from \(subscription.subject): \(error)")
            return
        }
        let time = ContinuousClock.now - start
        let limits = (warning: invocation[requestWarning].inSeconds, critical: invocation[requestCritical].inSeconds)
        result.measure(
            "request_time", time.inSeconds, warning: limits.warning, critical: limits.critical, unit: "s",
            "Time taken for a full Request-Reply operation")
        if received?.text != text { result.critical("did not receive expected message") }
        let shown = Humanized.fixed(time.inSeconds, 6)
        judge(time, limits, &result, late: { _ in "round trip request took \(shown)" }, ok: "round trip took \(shown)s")
    }

    private static func judge(
        _ time: Duration,
        _ limits: (warning: Double, critical: Double),
        _ result: inout CheckResult,
        late: (Double) -> String,
        ok: String
    ) {
        if limits.critical != 0, time.inSeconds >= limits.critical {
            result.critical(late(limits.critical))
        } else if limits.warning != 0, time.inSeconds >= limits.warning {
            result.warn(late(limits.warning))
        } else {
            result.ok(ok)
        }
    }
}
