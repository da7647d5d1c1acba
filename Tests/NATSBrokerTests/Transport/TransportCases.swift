import Foundation
import TestSupport
import Testing

/// The cases of `Fixtures/transports`: Python scripts that meet a server by TLS, WebSocket and HTTPS, and say what they saw.
struct TransportCases: Sendable, CustomTestStringConvertible {
    /// The script, without its ending.
    var script: String
    /// The cases that run with one configuration.
    var group: String
    var configuration: String

    var testDescription: String { "\(script): \(group)" }

    static let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/transports").path ?? ""

    /// Whether this machine has what the cases need besides a server.
    static let canRun: Bool = ["python3", "openssl"].allSatisfy { tool in
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
    }

    static let all: [TransportCases] = {
        guard let data = FileManager.default.contents(atPath: folder + "/configurations.json"),
            let scripts = try? JSONDecoder().decode([String: [String: String]].self, from: data)
        else { return [] }
        return scripts.sorted { $0.key < $1.key }.flatMap { script, groups in
            groups.sorted { $0.key < $1.key }.map {
                TransportCases(script: script, group: $0.key, configuration: $0.value)
            }
        }
    }()

    private static func python(_ arguments: [String]) async throws -> Data {
        let result = try await runCommand(
            ["python3", "-B"] + arguments, in: folder, deadline: .seconds(120))
        guard result.status == 0 else { throw ScriptFailed(error: result.error) }
        return Data(result.output.utf8)
    }

    struct ScriptFailed: Error {
        var error: String
    }

    /// The titles of a script's cases, by group.
    static func titles(of script: String) async throws -> [String: [String]] {
        try JSONDecoder().decode([String: [String]].self, from: await python([script + ".py", "--list"]))
    }

    /// Runs the cases against a server.
    ///
    /// - Returns: what was seen, as JSON, by title.
    func run(_ server: ListeningServer, _ certificates: Certificates) async throws -> [String: String] {
        let ports = [server.clientPort, server.monitoringPort, server.webSocketPort].map(String.init)
        let output = try await Self.python([script + ".py", group] + ports + [certificates.folder])
        let document = try JSONSerialization.jsonObject(with: output) as? [String: Any] ?? [:]
        return try document.mapValues { seen in
            let data = try JSONSerialization.data(
                withJSONObject: seen, options: [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes])
            return String(decoding: data, as: UTF8.self)
        }
    }
}

/// Authorities, certificates and keys, made for one run of the tests.
final class Certificates: Sendable {
    private let directory: TemporaryDirectory

    var folder: String { directory.path }

    init() async throws {
        directory = try TemporaryDirectory()
        let result = try await runCommand(["bash", TransportCases.folder + "/certificates.sh", directory.path])
        guard result.status == 0 else { throw TransportCases.ScriptFailed(error: result.error) }
    }

    /// A configuration with the files and the pin in their places.
    func completed(_ configuration: String) throws -> String {
        let pin = try directory.read("pin").filter { !$0.isWhitespace }
        return configuration.replacingOccurrences(of: "CERTS", with: folder).replacingOccurrences(of: "PIN", with: pin)
    }

    /// Writes a file beside the certificates, and returns its path.
    func write(_ name: String, _ text: String) throws -> String {
        try directory.write(name, text)
    }
}
