import Foundation
import TestSupport
import Testing

/// Those who connect, as the listeners of a server in a process of its own take them in.
@Suite("Accepting", .serialized)
struct AcceptorTests {
    private static let listeners = """
        listen: "127.0.0.1:-1"
        http: "127.0.0.1:-1"
        websocket { listen: "127.0.0.1:-1", no_tls: true }
        lame_duck_duration: "30s"
        lame_duck_grace_period: "1s"
        """

    private static func serve(_ port: Int) async throws {
        try await onThread {
            let client = try RawClient(port: port)
            client.send("CONNECT {\"verbose\":false}\r\nSUB still.here 1\r\nPUB still.here 2\r\nok\r\n")
            try client.read(until: "MSG still.here 1 2\r\nok\r\n")
            #expect(!client.isClosed)
        }
    }

    private static func status(of path: String, _ port: Int) async throws -> Int {
        try await onThread { try fetch(path, port).status }
    }

    private static func canConnect(_ port: Int, at host: String = "127.0.0.1") -> Bool {
        (try? RawClient(host: host, port: port)) != nil
    }

    /// Whether the machine has a loopback address of IPv6.
    private static let hasIPv6: Bool = {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        let size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
        }
    }()

    /// A server that takes in clients of the families that `host` stands for, as nats-server does.
    struct Families: Sendable, CustomTestStringConvertible {
        var host: String?
        var addresses: [String]
        var testDescription: String { host ?? "no host" }
    }

    @Test(
        "a server at every address serves clients of IPv4 and IPv6 at once, one at an address of either those alone",
        .enabled(if: hasIPv6, "this machine has no IPv6"),
        arguments: [
            Families(addresses: ["127.0.0.1", "::1"]),
            Families(host: "0.0.0.0", addresses: ["127.0.0.1", "::1"]),
            Families(host: "::", addresses: ["127.0.0.1", "::1"]),
            Families(host: "127.0.0.1", addresses: ["127.0.0.1"]),
            Families(host: "::1", addresses: ["::1"]),
        ])
    func families(_ families: Families) async throws {
        let config = (families.host.map { "host: \"\($0)\"\n" } ?? "") + "port: -1\n"
        let real = OracleServer.executable.map { [[$0]] } ?? []
        for command in [ListeningServer.ours] + real {
            let server = try ListeningServer(command, flags: [], config: config)
            let port = server.clientPort
            try await onThread {
                let clients = try families.addresses.map { try RawClient(host: $0, port: port) }
                for client in clients {
                    client.send("CONNECT {\"verbose\":false}\r\nSUB from.* 1\r\n")
                    try client.synchronize()
                }
                for (index, client) in clients.enumerated() { client.send("PUB from.\(index) 2\r\nok\r\n") }
                for client in clients { try client.synchronize() }
                for (client, address) in zip(clients, families.addresses) {
                    try client.synchronize()
                    let text = String(decoding: client.received, as: UTF8.self)
                    #expect(text.contains("\"client_ip\":\"\(address)\""))
                    for index in clients.indices { #expect(text.contains("MSG from.\(index) 1 2\r\nok\r\n")) }
                }
            }
            for address in ["127.0.0.1", "::1"] {
                #expect(Self.canConnect(port, at: address) == families.addresses.contains(address), "\(address)")
            }
        }
    }

    @Test("a server without descriptors takes nobody in, says so, and goes on when there are some again")
    func withoutDescriptors() async throws {
        let limited = ["/bin/sh", "-c", "ulimit -n 40; exec \"$@\"", "sh"] + ListeningServer.ours
        let server = try ListeningServer(limited, flags: [], config: Self.listeners)
        var crowd = try (0..<100).map { _ in try RawClient(port: server.clientPort) }
        try await waitUntil(server.log) { server.log.contains("Temporary Client Accept Error(accept tcp 127.0.0.1:") }
        #expect(server.log.contains("accept4: too many open files), sleeping 10ms"))
        #expect(server.isRunning)
        crowd.removeAll()
        try await Self.serve(server.clientPort)
        #expect(try await Self.status(of: "/healthz", server.monitoringPort) == 200)
    }

    @Test("clients that have gone before they were accepted cost nothing")
    func goneBefore() async throws {
        let server = try ListeningServer(ListeningServer.ours, flags: [], config: Self.listeners)
        try await Self.serve(server.clientPort)
        #if os(Linux)
        let before = try server.descriptors
        #endif
        server.signal(SIGSTOP)
        for port in [server.clientPort, server.webSocketPort, server.monitoringPort] {
            for number in 0..<60 { _ = try RawClient(port: port, resetsAtEnd: number.isMultiple(of: 2)) }
        }
        server.signal(SIGCONT)
        try await Self.serve(server.clientPort)
        #if os(Linux)
        try await waitUntil("\(server.descriptors) instead of \(before)") { try server.descriptors <= before }
        #endif
        #expect(!server.log.contains("[ERR]"))
    }

    @Test("thousands who come and go at once keep nobody out, at any listener, and leave nothing behind")
    func flood() async throws {
        let server = try ListeningServer(ListeningServer.ours, flags: [], config: Self.listeners)
        try await Self.serve(server.clientPort)
        #if os(Linux)
        let before = try server.descriptors
        #endif
        let ports = [server.clientPort, server.webSocketPort, server.monitoringPort]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for port in ports {
                group.addTask {
                    try await onThread {
                        for number in 0..<1_500 {
                            let client = try RawClient(port: port, resetsAtEnd: number.isMultiple(of: 3))
                            if number.isMultiple(of: 2) { client.send("CONNECT {\"verb") }
                        }
                    }
                }
            }
            group.addTask { for _ in 0..<20 { try await Self.serve(ports[0]) } }
            try await group.waitForAll()
        }
        try await Self.serve(ports[0])
        #if os(Linux)
        try await waitUntil("\(server.descriptors) instead of \(before)") { try server.descriptors <= before }
        #endif
    }

    @Test("a limit of connections turns those beyond it away with a word, and a reload changes it")
    func limit() async throws {
        let server = try ListeningServer(
            ListeningServer.ours, flags: [], config: Self.listeners + "\nmax_connections: 3\n")
        let port = server.clientPort
        try await onThread {
            let three = try (0..<3).map { _ in try RawClient(port: port) }
            for client in three { try client.synchronize() }
            let fourth = try RawClient(port: port)
            try fourth.readToEnd()
            #expect(
                String(decoding: fourth.received, as: UTF8.self).contains("-ERR 'maximum connections exceeded'\r\n"))
        }
        try server.reload(Self.listeners + "\nmax_connections: 100\n")
        try await waitUntil(server.log) { server.log.contains("Reloaded server configuration") }
        try await onThread {
            let many = try (0..<20).map { _ in try RawClient(port: port) }
            for client in many { try client.synchronize() }
            #expect(many.allSatisfy { !$0.isClosed })
        }
    }

    @Test("a lame duck takes in no more clients, answers monitoring to its end, and ends with 0")
    func lameDuck() async throws {
        let server = try ListeningServer(ListeningServer.ours, flags: [], config: Self.listeners)
        let port = server.clientPort
        let client = try await onThread {
            let client = try RawClient(port: port)
            client.send("CONNECT {\"verbose\":false,\"protocol\":1}\r\n")
            try client.synchronize()
            return client
        }
        server.signal(SIGUSR2)
        try await onThread { try client.read(until: "\"ldm\":true") }
        #expect(!Self.canConnect(server.clientPort))
        #expect(!Self.canConnect(server.webSocketPort))
        #expect(try await Self.status(of: "/varz", server.monitoringPort) == 200)
        #expect(try await Self.status(of: "/healthz", server.monitoringPort) == 500)
        try await onThread { try client.readToEnd() }
        try await waitUntil(server.log) { !server.isRunning }
        #expect(server.status == 0)
    }
}
