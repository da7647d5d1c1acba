import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats server check credential`: when a credentials file expires.
enum CredentialCheck {
    static let file = Flag.text("credential", "The credentials file")
    static let warning = Flag.duration("validity-warn", "Warn if it expires so soon")
    static let critical = Flag.duration("validity-critical", "Critical if it expires so soon")
    static let needsExpiry = Flag.toggle("require-expiry", "It must expire some day", isNegatable: true, default: true)

    static let spec = CommandSpec(
        name: "credential",
        help: "Checks the validity of a NATS credential file",
        longHelp: ServerCheckCommand.warnings,
        flags: [file.spec, warning.spec, critical.spec, needsExpiry.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard let path = invocation[file] else { throw UsageError.missingRequiredFlag(name: "credential") }
        try await ServerCheckCommand.run(invocation, name: "Credential", suite: "credential") { result in
            let bytes: [UInt8]
            do {
                bytes = try FileSystem.read(path)
            } catch {
                result.critical("credential not accessible: \(error)")
                return
            }
            guard let claims = claims(in: String(decoding: bytes, as: UTF8.self)) else {
                result.critical("invalid credential: there is no JWT in \(path)")
                return
            }
            judge(expiry: claims.count("exp"), &result, invocation)
        }
    }

    private static func judge(expiry: Int, _ result: inout CheckResult, _ invocation: Invocation) {
        let left = expiry - Int(Date.now.timeIntervalSince1970)
        let (soon, tooSoon) = (invocation[warning] ?? .zero, invocation[critical] ?? .zero)
        result.measure(
            "expiry", Double(left), warning: soon.inSeconds, critical: tooSoon.inSeconds, unit: "s",
            "Expiry time in seconds")
        if expiry == 0, invocation[needsExpiry] {
            result.critical("never expires")
        } else if tooSoon > .zero, Double(left) <= tooSoon.inSeconds {
            result.critical("expires sooner than \(CommandDuration.humanized(tooSoon))")
        } else if soon > .zero, Double(left) <= soon.inSeconds {
            result.warn("expires sooner than \(CommandDuration.humanized(soon))")
        } else if expiry == 0 {
            result.ok("never expires")
        } else {
            let time = Timestamp.text(Date(timeIntervalSince1970: Double(expiry)))
            result.ok("expires in \(time.split(separator: "T").joined(separator: " ").dropLast()) +0000 UTC")
        }
    }

    /// What the JWT between the lines that mark it says; `nil` if there is none.
    private static func claims(in text: String) -> JSONDocument? {
        let lines = text.split(separator: "\n").map { $0.trimmingPrefix(while: \.isWhitespace) }
        guard let start = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN") && $0.contains("JWT") }),
            lines.indices.contains(start + 1)
        else {
            return nil
        }
        let parts = lines[start + 1].filter { !$0.isWhitespace }.split(separator: ".")
        guard parts.count == 3 else { return nil }
        var payload = String(parts[1].map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        payload += String(repeating: "=", count: (4 - payload.count % 4) % 4)
        guard let data = Data(base64Encoded: payload), let value = try? JSONValue(parsing: Array(data)) else {
            return nil
        }
        return JSONDocument(json: value)
    }
}
