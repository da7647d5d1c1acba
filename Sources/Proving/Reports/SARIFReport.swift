#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A run in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS), as code hosts and editors read it: a
/// result for each check that is not proven.
enum SARIFReport {
    @Sendable static func render(_ ledger: Ledger) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(Log(ledger))) ?? Data()
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private struct Log: Encodable {
        let schema = "https://json.schemastore.org/sarif-2.1.0.json"
        let version = "2.1.0"
        let runs: [Run]

        enum CodingKeys: String, CodingKey {
            case schema = "$schema"
            case version, runs
        }

        init(_ ledger: Ledger) {
            runs = [Run(ledger)]
        }
    }

    private struct Run: Encodable {
        let tool: Tool
        let columnKind = "unicodeCodePoints"
        let invocations: [Invocation]
        let results: [Finding]

        init(_ ledger: Ledger) {
            tool = Tool(driver: Driver(name: ledger.tool.name, version: ledger.tool.version, rules: Rule.all))
            let couldRun = !ledger.guides.contains { $0.state == .error }
            invocations = [Invocation(executionSuccessful: couldRun, startTimeUtc: ledger.startedAt)]
            results = ledger.guides.flatMap { guide in
                let whole = guide.blocks.isEmpty ? guide.reason.map { Finding(guide, reason: $0) } : nil
                return (whole.map { [$0] } ?? [])
                    + guide.blocks.filter { $0.state != .passed }.map { Finding($0, in: guide.path) }
            }
        }
    }

    private struct Tool: Encodable {
        let driver: Driver
    }

    private struct Driver: Encodable {
        let name: String
        let version: String
        let rules: [Rule]
    }

    private struct Invocation: Encodable {
        let executionSuccessful: Bool
        let startTimeUtc: String
    }

    private struct Message: Encodable {
        let text: String
    }

    private struct Rule: Encodable {
        struct Configuration: Encodable {
            let level: String
        }

        let id: String
        let shortDescription: Message
        let defaultConfiguration: Configuration

        init(_ state: ProofState, _ level: String, _ text: String) {
            id = "launchpad/\(state.rawValue)"
            shortDescription = Message(text: text)
            defaultConfiguration = Configuration(level: level)
        }

        static let all = [
            Rule(.failed, "error", "A command of a guide does another thing than the guide shows"),
            Rule(.error, "error", "A check could not be run"),
            Rule(.blocked, "warning", "A check was not run, because one that it needs failed"),
            Rule(.skipped, "note", "A check was left out, so what the guide shows there is not proven"),
        ]
    }

    private struct Finding: Encodable {
        struct Location: Encodable {
            struct Physical: Encodable {
                struct Artifact: Encodable {
                    let uri: String
                    let uriBaseId = "SRCROOT"
                }

                struct Region: Encodable {
                    let startLine: Int
                }

                let artifactLocation: Artifact
                let region: Region
            }

            let physicalLocation: Physical
        }

        let ruleId: String
        let level: String
        let message: Message
        let locations: [Location]
        /// The same for the same trouble with the same check, wherever in its guide it stands.
        let partialFingerprints: [String: String]

        init(_ proof: BlockProof, in path: String) {
            let failure = FailureText(proof)
            let text = (["\(proof.name): \(failure.reason)"] + failure.lines.map(\.text)).joined(separator: "\n")
            self.init(proof.state, text, path: path, line: failure.guideLine, name: proof.name)
        }

        init(_ guide: GuideProof, reason: String) {
            self.init(.error, reason, path: guide.path, line: 1, name: "")
        }

        private init(_ state: ProofState, _ text: String, path: String, line: Int, name: String) {
            ruleId = "launchpad/\(state.rawValue)"
            level =
                switch state {
                case .failed, .error: "error"
                case .blocked: "warning"
                case .skipped, .passed: "note"
                }
            message = Message(text: TerminalText.clean(text))
            let uri = path.utf8.reduce(into: "") { $0 += Self.escaped($1) }
            let physical = Location.Physical(artifactLocation: .init(uri: uri), region: .init(startLine: line))
            locations = [Location(physicalLocation: physical)]
            partialFingerprints = ["check/v1": "\(path)#\(name):\(state.rawValue)"]
        }

        /// A byte of a path in a URI reference (RFC 3986).
        private static func escaped(_ byte: UInt8) -> String {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return String(UnicodeScalar(byte))
            case _ where "-._~/!$&'()*+,;=@".utf8.contains(byte): return String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
    }
}
