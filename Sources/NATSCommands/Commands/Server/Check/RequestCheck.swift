import GoFormats
import NATSClient
import NIOCore

/// `nats server check request`: whether a service answers in time, and what it should.
enum RequestCheck {
    static let subject = Flag.text("subject", "The subject to send the request to")
    static let payload = Flag.text("payload", "Body of the request")
    static let headers = Flag.texts("headers", "Adds a header to the request", placeholder: "K=V")
    static let matchPayload = Flag.text("match-payload", "Regular expression that the answer must match")
    static let matchHeaders = Flag.texts("match-headers", "Header that the answer must have", placeholder: "K=V")
    static let critical = Flag.duration("response-critical", "Critical if the answer takes longer")
    static let warning = Flag.duration("response-warn", "Warn if the answer takes longer")

    static let spec = CommandSpec(
        name: "request",
        aliases: ["req"],
        help: "Checks a request-reply service",
        longHelp: ServerCheckCommand.warnings,
        flags: [
            subject.spec, payload.spec, headers.spec, matchPayload.spec, matchHeaders.spec, critical.spec, warning.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard let subject = invocation[subject] else { throw UsageError.missingRequiredFlag(name: "subject") }
        let given = try Dictionary(pairs: invocation[headers], flag: "--headers").sorted { $0.key < $1.key }
        let wanted = try Dictionary(pairs: invocation[matchHeaders], flag: "--match-headers").sorted { $0.key < $1.key }
        try await ServerCheckCommand.run(invocation, name: subject, suite: "request") { result, connection in
            var request = NATSMessage(
                subject: subject, payload: ByteBuffer(string: invocation[payload] ?? ""))
            for (name, value) in given {
                request.headers.add(name, value)
            }
            let start = ContinuousClock.now
            var answer: NATSMessage?
            var failure: NATSError?
            do throws(NATSError) {
                answer = try await connection.request(request, timeout: invocation[GlobalFlags.timeout])
            } catch {
                failure = error
            }
            let time = ContinuousClock.now - start
            let milliseconds = (time.nanoseconds + 500_000) / 1_000_000
            let limits = (invocation[warning] ?? .zero, invocation[critical] ?? .zero)
            result.measure(
                "time", Double(milliseconds) / 1000, warning: limits.0.inSeconds, critical: limits.1.inSeconds,
                unit: "s", "How long the request took")
            guard let answer else {
                result.critical("could not send request: \(failure.map { "\($0)" } ?? "")")
                return
            }
            if let pattern = invocation[matchPayload], !answer.text.contains(try CheckPattern.regex(pattern)) {
                result.critical("response does not match regexp")
            }
            for (name, value) in wanted {
                let found = answer.headers.first { $0.name == name }?.value ?? ""
                if found != value { result.critical("invalid header \(GoText.quoted(name)) = \(GoText.quoted(found))") }
            }
            let shown = GoDuration.described(.milliseconds(milliseconds))
            if limits.1 > .zero, time > limits.1 {
                result.critical("response took \(shown)")
            } else if limits.0 > .zero, time > limits.0 {
                result.warn("response took \(shown)")
            }
            if result.status == .ok { result.ok("Valid response") }
        }
    }
}
