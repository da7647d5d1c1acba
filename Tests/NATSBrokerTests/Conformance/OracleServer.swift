import Foundation
import TestSupport

/// A real nats-server, where one is installed: what the broker is measured against.
final class OracleServer {
    /// The version whose behaviour the broker has.
    static let version = "2.15.1"

    let port: Int
    let httpPort: Int
    private let process = Process()
    private let directory: URL

    /// The path of a nats-server of the right version, or nil.
    static let executable: String? = {
        for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
            let path = "\(folder)/nats-server"
            guard FileManager.default.isExecutableFile(atPath: path) else { continue }
            let probe = Process()
            let output = Pipe()
            probe.executableURL = URL(fileURLWithPath: path)
            probe.arguments = ["-v"]
            probe.standardOutput = output
            probe.standardError = FileHandle.nullDevice
            guard (try? probe.run()) != nil else { continue }
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            probe.waitUntilExit()
            if text.contains("nats-server: v\(version)") { return path }
        }
        return nil
    }()

    struct DidNotStart: Error {
        var log: String
    }

    /// The executable of the server under test, and the arguments that make it one.
    static let ours = [launchpadExecutable, "nats-server"]

    convenience init(flags: [String], config: String?) throws {
        try self.init([Self.executable ?? ""], flags: flags, config: config)
    }

    /// Starts `command`, whichever server it is, and waits until it listens.
    init(_ command: [String], flags: [String], config: String?) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var arguments = command.dropFirst() + ["-a", "127.0.0.1", "-p", "-1", "-m", "-1"]
        arguments += ["--ports_file_dir", directory.path]
        arguments += ["-l", directory.appendingPathComponent("log").path] + flags
        if let config {
            let file = directory.appendingPathComponent("server.conf")
            try config.write(to: file, atomically: true, encoding: .utf8)
            arguments += ["-c", file.path]
        }
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(arguments)
        process.currentDirectoryURL = directory
        process.standardError = FileHandle.nullDevice
        try process.run()
        let limit = Date().addingTimeInterval(15)
        while Date() < limit, process.isRunning {
            if let ports = Self.ports(in: directory), Self.log(in: directory).contains("Server is ready") {
                (port, httpPort) = ports
                return
            }
            usleep(5_000)
        }
        throw DidNotStart(log: Self.log(in: directory))
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: directory)
    }

    /// What was logged so far, with the folder's name left out.
    var log: String {
        Self.log(in: directory).replacingOccurrences(of: directory.path, with: "<folder>")
    }

    private static func log(in directory: URL) -> String {
        (try? String(contentsOf: directory.appendingPathComponent("log"), encoding: .utf8)) ?? ""
    }

    func signal(_ name: String) {
        let numbers = ["HUP": SIGHUP, "USR1": SIGUSR1, "USR2": SIGUSR2, "INT": SIGINT, "TERM": SIGTERM]
        kill(process.processIdentifier, numbers[name] ?? 0)
    }

    func reload(_ config: String) throws {
        try config.write(to: directory.appendingPathComponent("server.conf"), atomically: true, encoding: .utf8)
        signal("HUP")
    }

    /// Waits until the process has ended.
    ///
    /// - Returns: its status; 128 and more where a signal ended it; nil when it is still running after ten seconds.
    func awaitEnd() -> Int32? {
        let limit = Date().addingTimeInterval(10)
        while process.isRunning {
            if Date() > limit { return nil }
            usleep(5_000)
        }
        let isSignal = process.terminationReason == .uncaughtSignal
        return (isSignal ? 128 : 0) + process.terminationStatus
    }

    /// The names of the files beside the configuration.
    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()
    }

    /// What the server wrote about where it can be reached.
    var portsFile: String { Self.portsFile(in: directory).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    private static func portsFile(in directory: URL) -> Data? {
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: directory.path),
            let file = files.first(where: { $0.hasSuffix(".ports") })
        else { return nil }
        return try? Data(contentsOf: directory.appendingPathComponent(file))
    }

    private static func ports(in directory: URL) -> (Int, Int)? {
        guard let data = portsFile(in: directory),
            let document = try? JSONSerialization.jsonObject(with: data) as? [String: [String]],
            let nats = document["nats"]?.first.flatMap({ URL(string: $0)?.port }),
            let http = document["monitoring"]?.first.flatMap({ URL(string: $0)?.port })
        else { return nil }
        return (nats, http)
    }
}
