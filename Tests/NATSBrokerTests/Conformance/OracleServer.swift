import Foundation

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

    init(flags: [String], config: String?) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var arguments = ["-a", "127.0.0.1", "-p", "-1", "-m", "-1", "--ports_file_dir", directory.path]
        arguments += ["-l", directory.appendingPathComponent("log").path] + flags
        if let config {
            let file = directory.appendingPathComponent("server.conf")
            try config.write(to: file, atomically: true, encoding: .utf8)
            arguments += ["-c", file.path]
        }
        process.executableURL = URL(fileURLWithPath: Self.executable ?? "")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        let limit = Date().addingTimeInterval(15)
        while Date() < limit, process.isRunning {
            if let ports = Self.ports(in: directory) {
                (port, httpPort) = ports
                return
            }
            usleep(5_000)
        }
        let log = try? String(contentsOf: directory.appendingPathComponent("log"), encoding: .utf8)
        throw DidNotStart(log: log ?? "")
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    private static func ports(in directory: URL) -> (Int, Int)? {
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: directory.path),
            let file = files.first(where: { $0.hasSuffix(".ports") }),
            let data = try? Data(contentsOf: directory.appendingPathComponent(file)),
            let document = try? JSONSerialization.jsonObject(with: data) as? [String: [String]],
            let nats = document["nats"]?.first.flatMap({ URL(string: $0)?.port }),
            let http = document["monitoring"]?.first.flatMap({ URL(string: $0)?.port })
        else { return nil }
        return (nats, http)
    }
}
