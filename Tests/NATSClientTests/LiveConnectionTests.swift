import NATSClient
import NIOCore
import TestSupport
import Testing

/// Against the real nats-server, where this machine has one.
@Suite(
    "A connection to the real nats-server",
    .enabled(if: NATSServerProcess.oracle != nil, "no nats-server on the PATH"),
    .timeLimit(.minutes(2))
)
struct LiveConnectionTests {
    private static let accounts = """
        authorization { timeout: 60 }
        accounts {
          A { users: [ { user: a, password: pw, permissions: {
            publish: ["A.>", "_INBOX.>"], subscribe: ["A.>", "_INBOX.>"] } } ] }
        }
        """

    private func start(_ configuration: String? = nil, port: Int? = nil) throws -> NATSServerProcess {
        try NATSServerProcess([try #require(NATSServerProcess.oracle)], configuration: configuration, port: port)
    }

    /// Connects with more patience than programs have: every core may be busy with other tests.
    private static func connect(to servers: String) async throws(NATSError) -> NATSConnection {
        var options = ConnectionOptions(servers: try ServerAddress.list(parsing: servers))
        options.connectTimeout = .seconds(60)
        return try await NATSConnection.connect(options)
    }

    @Test("delivers what is published, headers and all")
    func publishAndSubscribe() async throws {
        let server = try start()
        let connection = try await Self.connect(to: "nats://127.0.0.1:\(server.port)")
        defer { connection.close() }
        let subscription = try connection.subscribe(to: "greet.*")
        try await connection.publish("hello", to: "greet.joe", replyTo: "r", headers: ["X": "1", "Y": "ü"])
        let message = try #require(try await subscription.next(timeout: .seconds(10)))
        #expect(message.subject == "greet.joe")
        #expect(message.replyTo == "r")
        #expect(message.text == "hello")
        #expect(message.headers == ["X": "1", "Y": "ü"])
    }

    @Test("carries many messages in order")
    func manyMessages() async throws {
        let server = try start()
        let connection = try await Self.connect(to: "nats://127.0.0.1:\(server.port)")
        defer { connection.close() }
        let subscription = try connection.subscribe(to: "n")
        subscription.unsubscribe(after: 20_000)
        for number in 0..<20_000 {
            try await connection.publish(String(number), to: "n")
        }
        var expected = 0
        for try await message in subscription {
            #expect(message.text == String(expected))
            expected += 1
        }
        #expect(expected == 20_000)
    }

    @Test("asks and gets answers, or learns that nobody is there")
    func requests() async throws {
        let server = try start()
        let connection = try await Self.connect(to: "nats://127.0.0.1:\(server.port)")
        let service = try await Self.connect(to: "nats://127.0.0.1:\(server.port)")
        defer {
            connection.close()
            service.close()
        }
        let requests = try service.subscribe(to: "double", queue: "q")
        try await service.flush()
        let serving = Task {
            for try await request in requests {
                try await service.reply(to: request, with: ByteBuffer(string: request.text + request.text))
            }
        }
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<100 {
                group.addTask { try await connection.request("\(number) ", to: "double").text }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers == Set((0..<100).map { "\($0) \($0) " }))
        await #expect(throws: NATSError.noResponders) { try await connection.request("x", to: "nobody") }
        try await requests.drain()
        try await serving.value
    }

    @Test("does not wait for an answer longer than asked to")
    func requestTimeout() async throws {
        let server = try start()
        let connection = try await Self.connect(to: "nats://127.0.0.1:\(server.port)")
        defer { connection.close() }
        let silent = try connection.subscribe(to: "silent")
        await #expect(throws: NATSError.timeout) {
            try await connection.request("x", to: "silent", timeout: .milliseconds(50))
        }
        silent.unsubscribe()
    }

    @Test("learns of wrong passwords and missing permissions")
    func permissions() async throws {
        let server = try start(Self.accounts)
        let wrong = await #expect(throws: NATSError.self) {
            try await Self.connect(to: "nats://a:no@127.0.0.1:\(server.port)")
        }
        #expect(wrong?.code == .authorization)
        #expect(wrong?.description == "nats: Authorization Violation")

        let connection = try await Self.connect(to: "nats://a:pw@127.0.0.1:\(server.port)")
        defer { connection.close() }
        let refused = try connection.subscribe(to: "B.>")
        let subscribing = await #expect(throws: NATSError.self) { try await refused.next(timeout: .seconds(10)) }
        #expect(subscribing?.code == .permissionsViolation)
        let publishing = await #expect(throws: NATSError.self) { try await connection.request("x", to: "B.x") }
        #expect(
            publishing?.description
                == "nats: permissions violation: Permissions Violation for Publish to \"B.x\""
        )
        #expect(connection.lastError?.subject == "B.x")
    }

    @Test("says that nothing listens")
    func refused() async throws {
        let port = try NATSServerProcess.freePort()
        await #expect(throws: NATSError.noServers) { try await Self.connect(to: "127.0.0.1:\(port)") }
    }

    @Test("comes back with its subscriptions after the server was restarted")
    func reconnects() async throws {
        let server = try start()
        var options = ConnectionOptions(servers: [ServerAddress(host: "127.0.0.1", port: server.port)])
        options.reconnection = Reconnection(maximumAttempts: nil) { _ in .milliseconds(20) }
        let connection = try await NATSConnection.connect(options)
        defer { connection.close() }
        let subscription = try connection.subscribe(to: "s")
        try await connection.flush()
        var events = connection.events().makeAsyncIterator()
        server.stop()
        guard case .disconnected? = await events.next() else {
            Issue.record("no word of the lost connection")
            return
        }
        let restarted = try start(port: server.port)
        while let event = await events.next() {
            if case .reconnected = event { break }
        }
        try await connection.publish("again", to: "s")
        #expect(try await subscription.next(timeout: .seconds(10))?.text == "again")
        restarted.stop()
    }

    @Test("drains: what was received is taken, then everything ends")
    func drains() async throws {
        let server = try start()
        let connection = try await Self.connect(to: "127.0.0.1:\(server.port)")
        let subscription = try connection.subscribe(to: "s")
        for number in 0..<100 {
            try await connection.publish(String(number), to: "s")
        }
        try await connection.flush()
        let taking = Task {
            var count = 0
            for try await _ in subscription {
                count += 1
            }
            return count
        }
        try await connection.drain()
        #expect(try await taking.value == 100)
        await #expect(throws: NATSError.connectionClosed) { try await connection.publish("x", to: "s") }
    }
}
