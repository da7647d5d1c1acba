import Foundation
import TestSupport

/// The built executable, or another server, started as `nats-server` on free ports.
final class BrokerProcess {
    let directory: TemporaryDirectory
    let process = Process()
    let clientPort: Int
    let httpPort: Int

    struct DidNotStart: Error {
        var log: String
    }

    init(_ arguments: [String] = [], config: String? = nil, executable: String = launchpadExecutable) throws {
        directory = try TemporaryDirectory()
        // Started under the name that a tool folder gives it.
        let link = directory.path + "/nats-server"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: executable)
        var all = ["-a", "127.0.0.1", "-p", "-1", "-m", "-1", "--ports_file_dir", directory.path]
        all += ["-l", directory.path + "/log", "-P", directory.path + "/pid"] + arguments
        if let config { all += ["-c", try directory.write("server.conf", config)] }
        process.executableURL = URL(fileURLWithPath: link)
        process.arguments = all
        process.standardError = FileHandle.nullDevice
        try process.run()
        let ports = "nats-server_\(process.processIdentifier).ports"
        let limit = Date().addingTimeInterval(20)
        while Date() < limit, process.isRunning {
            if let text = try? directory.read(ports),
                let document = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [String]],
                let nats = document["nats"]?.first.flatMap({ URL(string: $0)?.port }),
                let http = document["monitoring"]?.first.flatMap({ URL(string: $0)?.port })
            {
                clientPort = nats
                httpPort = http
                return
            }
            usleep(5_000)
        }
        throw DidNotStart(log: (try? directory.read("log")) ?? "")
    }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    var log: String { (try? directory.read("log")) ?? "" }

    /// Waits until the log says `text`, or ten seconds have gone.
    func waitForLog(_ text: String) -> Bool {
        let limit = Date().addingTimeInterval(10)
        while Date() < limit {
            if log.contains(text) { return true }
            usleep(5_000)
        }
        return false
    }
}
