import Foundation

/// A NATS server of a test's own: the real nats-server, or whatever else is started the same way. It listens on loopback,
/// on a port that was free, and ends with the last reference.
package final class NATSServerProcess: @unchecked Sendable {
    /// The server did not begin to listen in time.
    package struct NotListening: Error, CustomStringConvertible {
        package var description: String
    }

    /// The port for clients.
    package let port: Int
    // Only touched in `init` and `deinit` and by `stop`, which tests call once: nothing is shared.
    private let process = Process()
    private let directory: TemporaryDirectory

    /// Where the real nats-server is, `nil` if this machine has none.
    package static let oracle: String? = {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.map { "\($0)/nats-server" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Starts a server and waits until it listens.
    ///
    /// - Parameters:
    ///   - command: the executable and its first arguments.
    ///   - configuration: what its configuration file says besides the address; `nil` for none.
    ///   - port: the port to listen on instead of a free one.
    package init(_ command: [String], configuration: String? = nil, port: Int? = nil) throws {
        directory = try TemporaryDirectory()
        self.port = try port ?? Self.freePort()
        var arguments = Array(command.dropFirst()) + ["-a", "127.0.0.1", "-p", "\(self.port)"]
        if let configuration {
            arguments += ["-c", try directory.write("nats.conf", configuration)]
        }
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = arguments
        let log = try directory.write("server.log", "")
        let handle = FileHandle(forWritingAtPath: log)
        process.standardError = handle
        process.standardOutput = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let deadline = ContinuousClock.now + .seconds(20)
        while !Self.isListening(self.port) {
            guard ContinuousClock.now < deadline, process.isRunning else {
                throw NotListening(description: (try? directory.read("server.log")) ?? "no log")
            }
            usleep(10_000)
        }
    }

    deinit {
        stop()
    }

    /// Ends the server and waits until it is gone.
    package func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// A port on which nothing listens now.
    package static func freePort() throws -> Int {
        let descriptor = try openSocket()
        defer { close(descriptor) }
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else { throw NotListening(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func isListening(_ port: Int) -> Bool {
        guard let descriptor = try? openSocket() else { return false }
        defer { close(descriptor) }
        var address = loopback(port: port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func openSocket() throws -> Int32 {
        #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw NotListening(description: "no socket") }
        return descriptor
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
