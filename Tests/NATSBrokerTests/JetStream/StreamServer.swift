import Foundation
import TestSupport

/// The broker as a process whose streams outlive it.
final class StreamServer {
    let directory: URL
    private(set) var port = 0
    private var process = Process()
    private let configuration: String

    struct DidNotStart: Error {
        var log: String
    }

    /// - Parameter store: where it stores; a folder of its own where that is nil.
    init(_ jetStream: String = "", store: String? = nil) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("streams-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let store = store ?? directory.appendingPathComponent("store").path
        configuration = "jetstream {\n  store_dir: \"\(store)\"\n  \(jetStream)\n}\n"
        try configuration.write(
            to: directory.appendingPathComponent("server.conf"), atomically: true, encoding: .utf8)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: directory)
    }

    var log: String {
        (try? String(contentsOf: directory.appendingPathComponent("log"), encoding: .utf8)) ?? ""
    }

    /// Starts the process and waits until it listens.
    func start() throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: launchpadExecutable)
        process.arguments = [
            "nats-server", "-a", "127.0.0.1", "-p", "-1", "-c", directory.path + "/server.conf", "-l",
            directory.path + "/log", "--ports_file_dir", directory.path,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        let ports = directory.appendingPathComponent("nats-server_\(process.processIdentifier).ports")
        let limit = Date().addingTimeInterval(30)
        while Date() < limit, process.isRunning {
            if let data = try? Data(contentsOf: ports),
                let document = try? JSONSerialization.jsonObject(with: data) as? [String: [String]],
                let port = document["nats"]?.first.flatMap({ URL(string: $0)?.port })
            {
                self.port = port
                try? FileManager.default.removeItem(at: ports)
                return
            }
            usleep(2_000)
        }
        throw DidNotStart(log: log)
    }

    /// Ends the process at once, as a power failure of the process would.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Ends the process in order.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
