import Foundation

/// One of the two servers that are compared.
struct Contender {
    /// The command without configuration and address.
    var command: [String]

    /// The whole command line for a server on `port` of the loopback interface.
    ///
    /// - Parameter folder: where streams are stored; nil for a server without streams.
    func arguments(port: Int, configuration: String, folder: String? = nil) -> [String] {
        command + ["-a", "127.0.0.1", "-p", "\(port)", "-c", configuration]
            + (folder.map { ["-js", "-sd", $0] } ?? [])
    }
}

/// A server that runs, on a port of its own.
final class Server {
    let port: Int
    private let process = Process()

    /// Starts `contender` and waits until it takes connections.
    init(_ contender: Contender, configuration: String, folder: String? = nil) throws {
        port = try Self.freePort()
        let command = contender.arguments(port: port, configuration: configuration, folder: folder)
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = ContinuousClock.now + .seconds(20)
        while !Self.answers(port) {
            guard process.isRunning, ContinuousClock.now < deadline else {
                throw CommandFailed(command: command, status: process.isRunning ? -1 : process.terminationStatus)
            }
            usleep(10_000)
        }
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Ends the server without a warning.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The memory that the process holds at the moment, in MB; nil where the system does not show it as Linux does.
    var residentMemory: Double? {
        guard let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
        else { return nil }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }.map { $0 / 1024 }
    }

    /// A port that nobody listens on. Somebody else may take it before the server does; then the run ends and says so.
    static func freePort() throws -> Int {
        let descriptor = try socket()
        defer { close(descriptor) }
        var address = loopback(port: 0)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var actual = size
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> UInt16? in
                guard bind(descriptor, address, size) == 0, getsockname(descriptor, address, &actual) == 0 else {
                    return nil
                }
                return pointer.pointee.sin_port
            }
        }
        guard let port else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        return Int(UInt16(bigEndian: port))
    }

    private static func answers(_ port: Int) -> Bool {
        guard let descriptor = try? socket() else { return false }
        defer { close(descriptor) }
        var address = loopback(port: UInt16(port))
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func socket() throws -> Int32 {
        #if canImport(Glibc)
        let descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = Foundation.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        return descriptor
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
        return address
    }
}
