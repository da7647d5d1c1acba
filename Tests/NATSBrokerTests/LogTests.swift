import Foundation
import TestSupport
import Testing

@testable import NATSBroker

@Suite("The log")
struct LogTests {
    private func settings(_ change: (inout BrokerSettings.LogSettings) -> Void) -> BrokerSettings.LogSettings {
        var settings = BrokerSettings.LogSettings()
        change(&settings)
        return settings
    }

    private func backups(_ folder: TemporaryDirectory) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("log.") }.sorted()
    }

    @Test("a file beyond its limit is put away, and the new one says where")
    func rotation() throws {
        let folder = try TemporaryDirectory()
        let log = try ServerLog(
            settings {
                $0.file = folder.path + "/log"
                $0.sizeLimit = 500
            })
        for _ in 0..<4 { log.info(String(repeating: "x", count: 100)) }
        let backups = try backups(folder)
        #expect(backups.count == 1)
        let name = try #require(backups.first)
        #expect(name.wholeMatch(of: /log\.\d{4}(\.\d\d){5}\.\d{9}/) != nil)
        #expect(try folder.read("log").contains("[INF] Rotated log, backup saved as \"\(folder.path)/\(name)\"\r\n"))
        #expect(try folder.read(name).contains(String(repeating: "x", count: 100) + "\n"))
    }

    @Test("no more files are kept than were asked for")
    func purging() throws {
        let folder = try TemporaryDirectory()
        try folder.write("log.old", "not a log that was put away\n")
        let log = try ServerLog(
            settings {
                $0.file = folder.path + "/log"
                $0.sizeLimit = 200
                $0.maxFiles = 3
            })
        for index in 0..<20 { log.info("\(index) " + String(repeating: "x", count: 200)) }
        #expect(try backups(folder).count == 3)
        #expect(folder.exists("log.old"))
        #expect(try folder.read("log").contains("[INF] Purged log file \"log."))
    }

    @Test("a file that was too large before is put away at once")
    func rotationAtStart() throws {
        let folder = try TemporaryDirectory()
        try folder.write("log", String(repeating: "y", count: 1_000))
        _ = try ServerLog(
            settings {
                $0.file = folder.path + "/log"
                $0.sizeLimit = 100
            })
        let name = try #require(try backups(folder).first)
        #expect(try folder.read(name).hasSuffix("[INF] Rotating logfile...\n"))
    }

    @Test("a file that cannot be written is refused")
    func unwritable() throws {
        #expect(throws: ServerLog.CannotOpen.self) {
            _ = try ServerLog(settings { $0.file = "/nowhere/at/all/log" })
        }
    }

    @Test("a log that is configured anew goes on in another file and shows what it is told to")
    func reconfiguration() throws {
        let folder = try TemporaryDirectory()
        let log = try ServerLog(settings { $0.file = folder.path + "/one" })
        log.debug("unseen")
        log.configure(
            settings {
                $0.file = folder.path + "/two"
                $0.debug = true
                $0.showsTime = false
            })
        log.debug("seen")
        #expect(try folder.read("one").isEmpty)
        #expect(try folder.read("two") == "[\(ProcessInfo.processInfo.processIdentifier)] [DBG] seen\n")
    }

    @Test("lines go to a system log behind a socket, and on when it was started anew")
    func remote() throws {
        let folder = try TemporaryDirectory()
        var listener: SocketListener? = try SocketListener(folder.path + "/socket")
        let log = try ServerLog(settings { $0.remoteSystemLog = "unix://" + folder.path + "/socket" })
        log.warning("beware")
        let line = try #require(listener?.receive())
        #expect(line.wholeMatch(of: /<4>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S+ \S+\[\d+\]: beware\n/) != nil, "\(line)")
        listener = nil
        log.info("lost")
        try FileManager.default.removeItem(atPath: folder.path + "/socket")
        listener = try SocketListener(folder.path + "/socket")
        log.info("again")
        #expect(listener?.receive()?.hasSuffix("]: again\n") == true)
    }

    @Test(
        "addresses of system logs that make no sense are refused",
        arguments: ["localhost:514", "http://localhost:514", "udp://localhost", "unix:///nowhere/at/all"])
    func badAddress(address: String) {
        #expect(throws: ServerLog.CannotOpen.self) { _ = try ServerLog(settings { $0.remoteSystemLog = address }) }
    }
}

/// Receives what one client sends to a socket file.
private final class SocketListener {
    private let descriptor: Int32
    private var client: Int32 = -1

    struct Failed: Error {
        var code: Int32
    }

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(descriptor, 1) == 0 else { throw Failed(code: errno) }
    }

    deinit {
        if client >= 0 { close(client) }
        close(descriptor)
    }

    /// What has come from the client; nil when nothing does within five seconds.
    func receive() -> String? {
        if client < 0 {
            guard Self.isReady(descriptor) else { return nil }
            client = accept(descriptor, nil, nil)
        }
        guard Self.isReady(client) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(client, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    private static func isReady(_ descriptor: Int32) -> Bool {
        var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&event, 1, 5_000) > 0
    }
}
