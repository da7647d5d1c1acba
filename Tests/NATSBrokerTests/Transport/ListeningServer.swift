import Foundation
import TestSupport

/// A server process, the real one or ours, with the ports that its ports file names.
final class ListeningServer {
    /// The server under test.
    static let ours = [launchpadExecutable, "nats-server"]

    let clientPort: Int
    /// 0 where there is no such listener.
    let monitoringPort: Int
    /// 0 where there is no such listener.
    let webSocketPort: Int
    private let process = Process()
    private let directory: TemporaryDirectory

    struct DidNotStart: Error {
        var log: String
    }

    /// Starts `command` with a ports file, and waits until it is there.
    init(_ command: [String], flags: [String], config: String) throws {
        directory = try TemporaryDirectory()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments =
            command.dropFirst() + ["-c", try directory.write("server.conf", config)]
            + ["--ports_file_dir", directory.path, "-l", directory.path + "/log"] + flags
        process.standardError = FileHandle.nullDevice
        try process.run()
        let limit = Date().addingTimeInterval(20)
        while Date() < limit, process.isRunning {
            if let document = Self.ports(in: directory) {
                clientPort = Self.port("nats", document)
                monitoringPort = Self.port("monitoring", document)
                webSocketPort = Self.port("websocket", document)
                return
            }
            usleep(5_000)
        }
        throw DidNotStart(log: (try? directory.read("log")) ?? "")
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    var log: String { (try? directory.read("log")) ?? "" }

    var isRunning: Bool { process.isRunning }

    /// The process's exit status. To be asked for once it is not running any more.
    var status: Int32 { process.terminationStatus }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// Replaces the configuration, and has the server read it.
    func reload(_ config: String) throws {
        _ = try directory.write("server.conf", config)
        signal(SIGHUP)
    }

    #if os(Linux)
    /// How many descriptors the process has.
    var descriptors: Int {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count
        }
    }
    #endif

    private static func ports(in directory: TemporaryDirectory) -> [String: [String]]? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        guard let name = names.first(where: { $0.hasSuffix(".ports") }), let text = try? directory.read(name) else {
            return nil
        }
        return try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [String]]
    }

    private static func port(_ name: String, _ document: [String: [String]]) -> Int {
        document[name]?.first.flatMap { URL(string: $0)?.port } ?? 0
    }
}
