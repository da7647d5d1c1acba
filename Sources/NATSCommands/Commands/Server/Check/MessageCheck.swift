import GoFormats
import NATSClient
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats server check message`: whether the last message of a subject is young and says what it should.
enum MessageCheck {
    static let subject = Flag.text("subject", "The subject whose last message to look at", default: ">")
    static let ageWarning = Flag.duration("age-warn", "Warn if the message is older", placeholder: "DURATION")
    static let ageCritical = Flag.duration("age-critical", "Critical if the message is older", placeholder: "DURATION")
    static let content = Flag.text("content", "Regular expression that the body must match", default: ".")
    static let bodyTime = Flag.toggle("body-timestamp", "The body holds the time, in seconds since 1970")

    static let spec = CommandSpec(
        name: "message",
        help: "Checks properties of a message stored in a stream",
        longHelp: ServerCheckCommand.warnings,
        flags: [
            StreamCheck.stream.spec, subject.spec, ageWarning.spec, ageCritical.spec, content.spec, bodyTime.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard let stream = invocation[StreamCheck.stream] else { throw UsageError.missingRequiredFlag(name: "stream") }
        try await ServerCheckCommand.run(invocation, name: "Stream Message", suite: "message") { result, connection in
            let subject = invocation[subject]
            guard !subject.split(separator: ".").contains(where: { $0 == "*" || $0 == ">" }) else {
                throw CommandError("invalid subject \(GoText.quoted(subject))")
            }
            let message: StoredMessage
            do {
                message = try await invocation.jetStream(over: connection).stream(stream).lastMessage(of: subject)
            } catch let error as JetStreamError where error.serverCode == .messageNotFound {
                result.critical("no message found")
                return
            } catch {
                result.critical("msg load failed: \(error)")
                return
            }
            try judge(message, stream, &result, invocation)
        }
    }

    private static func judge(
        _ message: StoredMessage,
        _ stream: String,
        _ result: inout CheckResult,
        _ invocation: Invocation
    ) throws {
        let body = String(decoding: message.payload.readableBytesView, as: UTF8.self)
        var time = message.time
        if invocation[bodyTime] {
            guard let seconds = Double(body.trimmingBlanks) else {
                result.critical("invalid timestamp body: \(GoText.quoted(body)) is no number")
                return
            }
            time = Date(timeIntervalSince1970: seconds)
        }
        let age = (Date.now.timeIntervalSince(time) * 1000).rounded() / 1000
        let (warning, critical) = (invocation[ageWarning] ?? .zero, invocation[ageCritical] ?? .zero)
        result.measure(
            "age", age, warning: warning.inSeconds, critical: critical.inSeconds, unit: "s", "The age of the message")
        result.measure("size", Double(message.payload.readableBytes), unit: "B", "The size of the message")
        let shown = GoDuration.described(.milliseconds(Int(age * 1000)))
        if critical > .zero, age > critical.inSeconds {
            result.critical("\(shown) old")
        } else if warning > .zero, age > warning.inSeconds {
            result.warn("\(shown) old")
        }
        if !body.contains(try CheckPattern.regex(invocation[content])) {
            result.critical("does not match regex: \(invocation[content])")
        }
        if result.status == .ok { result.ok("Valid message on \(stream) > \(invocation[subject])") }
    }
}

/// Regular expressions of checks.
enum CheckPattern {
    static func regex(_ pattern: String) throws(CommandError) -> Regex<AnyRegexOutput> {
        do {
            return try Regex(pattern)
        } catch {
            throw CommandError("content regex compile failed: \(error)")
        }
    }
}

extension String {
    /// The text without blanks and line ends around it.
    var trimmingBlanks: String {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last].drop(while: \.isWhitespace))
    }
}
