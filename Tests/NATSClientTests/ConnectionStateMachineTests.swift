import NATSWire
import NIOCore
import Testing

@testable import NATSClient

/// A machine with the steps that many tests begin with.
struct MachineDriver {
    typealias Action = ConnectionStateMachine.Action

    var machine: ConnectionStateMachine

    init(_ change: (inout ConnectionOptions) -> Void = { _ in }, servers: String = "nats://a,nats://b") throws {
        var options = ConnectionOptions(servers: try ServerAddress.list(parsing: servers))
        options.reconnection = Reconnection { _ in .seconds(3) }
        change(&options)
        machine = ConnectionStateMachine(options: options)
    }

    mutating func receive(_ frame: ServerFrame) -> [Action] {
        var actions: [Action] = []
        machine.receive(frame, attempt: machine.attempt, actions: &actions)
        return actions
    }

    mutating func info(_ fields: String = "\"headers\":true,\"max_payload\":100") -> [Action] {
        receive(.info(ByteBuffer(string: "{\(fields)}")))
    }

    mutating func sent() -> String {
        machine.takeOutput().map { String(buffer: $0) } ?? ""
    }

    /// Brings the connection up, and forgets what was sent for it.
    mutating func connect() {
        _ = machine.start()
        shakeHands()
        _ = sent()
    }

    mutating func shakeHands() {
        machine.socketOpened(attempt: machine.attempt)
        _ = info()
        _ = receive(.pong)
    }
}

@Suite("Connecting")
struct ConnectingTests {
    @Test("waits for INFO, sends CONNECT and PING, and stands with PONG")
    func handshake() throws {
        var driver = try MachineDriver { options in
            options.name = "t\"1"
            options.credentials = .user("u", password: "p")
        }
        #expect(driver.machine.start() == [.open(ServerAddress(host: "a"), attempt: 1)])
        driver.machine.socketOpened(attempt: 1)
        #expect(driver.sent().isEmpty)
        #expect(driver.info() == [])
        let sent = driver.sent()
        #expect(sent.hasPrefix("CONNECT {"))
        #expect(sent.hasSuffix("}\r\nPING\r\n"))
        #expect(sent.contains("\"user\":\"u\",\"pass\":\"p\""))
        #expect(sent.contains("\"name\":\"t\\\"1\""))
        #expect(sent.contains("\"headers\":true,\"no_responders\":true"))
        let server = ServerAddress(host: "a")
        #expect(driver.receive(.pong) == [.startPings(attempt: 1), .emit(.connected(server)), .completeConnect(nil)])
        #expect(driver.machine.phase == .connected)
    }

    @Test("takes the credentials of the address before those of the options")
    func addressCredentials() throws {
        var driver = try MachineDriver({ $0.credentials = .user("u", password: "p") }, servers: "nats://tok@a")
        _ = driver.machine.start()
        driver.machine.socketOpened(attempt: 1)
        _ = driver.info()
        let sent = driver.sent()
        #expect(sent.contains("\"auth_token\":\"tok\""))
        #expect(!sent.contains("\"user\""))
    }

    @Test("goes on to the next server, and ends with the last error when all have failed")
    func nextServer() throws {
        var driver = try MachineDriver()
        _ = driver.machine.start()
        #expect(
            driver.machine.socketClosed(attempt: 1, error: .noServers)
                == [.open(ServerAddress(host: "b"), attempt: 2)]
        )
        let actions = driver.machine.socketClosed(attempt: 2, error: .noServers)
        #expect(actions.last == .completeConnect(.noServers))
        #expect(driver.machine.phase == .closed)
    }

    @Test("reports a refusal in the server's own words")
    func authorization() throws {
        var driver = try MachineDriver(servers: "nats://a")
        _ = driver.machine.start()
        driver.machine.socketOpened(attempt: 1)
        _ = driver.info()
        let actions = driver.receive(.error("Authorization Violation"))
        guard case .completeConnect(let error?)? = actions.last else {
            Issue.record("connecting did not end: \(actions)")
            return
        }
        #expect(error.code == .authorization)
        #expect(error.description == "nats: Authorization Violation")
    }

    @Test("secures the socket of a server that wants TLS before it says a word")
    func tls() throws {
        var driver = try MachineDriver(servers: "nats://a")
        _ = driver.machine.start()
        driver.machine.socketOpened(attempt: 1)
        #expect(driver.info("\"tls_required\":true") == [.secure(ServerAddress(host: "a"), attempt: 1)])
        #expect(driver.sent().isEmpty)
        #expect(driver.machine.secured(attempt: 1).isEmpty)
        #expect(driver.sent().hasPrefix("CONNECT "))
    }

    @Test("does not send credentials in the clear to a server without TLS when TLS is asked for")
    func tlsUnavailable() throws {
        var driver = try MachineDriver(servers: "tls://a")
        _ = driver.machine.start()
        driver.machine.socketOpened(attempt: 1)
        #expect(driver.info("").last == .completeConnect(.tlsUnavailable))
        #expect(driver.sent().isEmpty)
    }

    @Test("gives up an attempt whose time is up, and ignores what its socket does later")
    func timeout() throws {
        var driver = try MachineDriver()
        _ = driver.machine.start()
        #expect(
            driver.machine.attemptTimedOut(attempt: 1)
                == [.closeSocket(attempt: 1), .open(ServerAddress(host: "b"), attempt: 2)]
        )
        #expect(driver.machine.socketClosed(attempt: 1, error: nil) == [])
        driver.machine.socketOpened(attempt: 1)
        #expect(driver.machine.phase == .opening)
    }

    @Test("takes bytes that are no NATS protocol for a server of another kind")
    func otherProtocol() throws {
        var driver = try MachineDriver(servers: "nats://a")
        _ = driver.machine.start()
        driver.machine.socketOpened(attempt: 1)
        let actions = driver.machine.receiveGarbage(.unknownOperation(line: "HTTP/1.1"), attempt: 1)
        #expect(actions.last == .completeConnect(.noInfo))
    }
}

@Suite("A lost connection")
struct ReconnectingTests {
    @Test("is made again at once, with every subscription and what was published meanwhile")
    func resubscribes() throws {
        var driver = try MachineDriver()
        driver.connect()
        _ = try driver.machine.subscribe(to: "x", queue: nil)
        let limited = try driver.machine.subscribe(to: "y.*", queue: "q")
        _ = driver.machine.unsubscribe(limited, after: 5)
        let message = ServerMessage(subject: "y.1", subscription: limited, payload: ByteBuffer())
        _ = driver.receive(.message(message))
        _ = driver.sent()

        let actions = driver.machine.socketClosed(attempt: 1, error: nil)
        #expect(actions == [.emit(.disconnected(.endOfStream)), .wait(.zero, attempt: 2)])
        try driver.machine.publish(NATSMessage(subject: "later", payload: ByteBuffer(string: "hi")))
        #expect(
            driver.machine.delayElapsed(attempt: 2) == [.open(ServerAddress(host: "b"), attempt: 3)]
        )
        driver.shakeHands()
        let sent = driver.sent()
        #expect(sent.hasSuffix("PING\r\nSUB x 1\r\nSUB y.* q 2\r\nUNSUB 2 4\r\nPUB later 2\r\nhi\r\n"))
    }

    @Test("waits between rounds through all servers")
    func rounds() throws {
        var driver = try MachineDriver()
        driver.connect()
        _ = driver.machine.socketClosed(attempt: 1, error: nil)
        _ = driver.machine.delayElapsed(attempt: 2)
        #expect(
            driver.machine.socketClosed(attempt: 3, error: .noServers)
                == [.open(ServerAddress(host: "a"), attempt: 4)]
        )
        #expect(
            driver.machine.socketClosed(attempt: 4, error: .noServers) == [
                .emit(.reconnectFailed(.noServers, nextAttemptIn: .seconds(3))), .wait(.seconds(3), attempt: 5),
            ]
        )
    }

    @Test("is closed for good where the options say so")
    func noReconnection() throws {
        var driver = try MachineDriver { $0.reconnection = nil }
        driver.connect()
        let id = try driver.machine.subscribe(to: "x", queue: nil)
        let actions = driver.machine.socketClosed(attempt: 1, error: nil)
        #expect(actions.contains(.finish(subscription: id, .connectionClosed)))
        #expect(actions.last == .emit(.closed))
        #expect(throws: NATSError.connectionClosed) {
            try driver.machine.publish(NATSMessage(subject: "x"))
        }
    }

    @Test("is given up when a server refuses the same credentials twice")
    func repeatedRefusal() throws {
        var driver = try MachineDriver(servers: "nats://a")
        driver.connect()
        _ = driver.machine.socketClosed(attempt: 1, error: nil)
        _ = driver.machine.delayElapsed(attempt: 2)
        driver.machine.socketOpened(attempt: 3)
        _ = driver.info()
        _ = driver.receive(.error("Authorization Violation"))
        #expect(driver.machine.phase == .waiting)
        _ = driver.machine.delayElapsed(attempt: driver.machine.attempt)
        driver.machine.socketOpened(attempt: driver.machine.attempt)
        _ = driver.info()
        let actions = driver.receive(.error("Authorization Violation"))
        #expect(actions.last == .emit(.closed))
    }

    @Test("holds no more publishes than the options allow")
    func holdsLimited() throws {
        var driver = try MachineDriver { $0.reconnectBufferSize = 10 }
        driver.connect()
        _ = driver.machine.socketClosed(attempt: 1, error: nil)
        try driver.machine.publish(NATSMessage(subject: "x", payload: ByteBuffer(string: "0123456789")))
        #expect(throws: NATSError.reconnectBufferExceeded) {
            try driver.machine.publish(NATSMessage(subject: "x"))
        }
    }

    @Test("counts as lost when pings are not answered")
    func stale() throws {
        var driver = try MachineDriver()
        driver.connect()
        #expect(driver.machine.pingIsDue(attempt: 1) == [])
        #expect(driver.machine.pingIsDue(attempt: 1) == [])
        #expect(driver.sent() == "PING\r\nPING\r\n")
        let actions = driver.machine.pingIsDue(attempt: 1)
        #expect(actions.first == .closeSocket(attempt: 1))
        #expect(actions.contains(.emit(.disconnected(.staleConnection))))
    }
}
