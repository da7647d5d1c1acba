import NATSWire
import NIOCore
import Testing

@testable import NATSClient

@Suite("A standing connection")
struct ConnectionFramesTests {
    private func message(_ id: Int, _ text: String = "", headers: String? = nil) -> ServerFrame {
        .message(
            ServerMessage(
                subject: "s",
                subscription: id,
                headerBlock: headers.map { ByteBuffer(string: $0) },
                payload: ByteBuffer(string: text)
            )
        )
    }

    @Test("answers pings")
    func ping() throws {
        var driver = try MachineDriver()
        driver.connect()
        #expect(driver.receive(.ping) == [])
        #expect(driver.sent() == "PONG\r\n")
    }

    @Test("completes flushes in the order of their pongs")
    func flush() throws {
        var driver = try MachineDriver()
        driver.connect()
        try driver.machine.flush(7)
        try driver.machine.flush(8)
        driver.machine.abandonFlush(7)
        #expect(driver.sent() == "PING\r\nPING\r\n")
        #expect(driver.receive(.pong) == [])
        #expect(driver.receive(.pong) == [.completeFlush(8, nil)])
    }

    @Test("publishes with headers and reply, and refuses what the server would refuse")
    func publish() throws {
        var driver = try MachineDriver()
        driver.connect()
        try driver.machine.publish(
            NATSMessage(subject: "a", replyTo: "r", headers: ["K": "v"], payload: ByteBuffer(string: "hi"))
        )
        #expect(driver.sent() == "HPUB a r 18 20\r\nNATS/1.0\r\nK: v\r\n\r\nhi\r\n")
        #expect(throws: NATSError.maximumPayload) {
            try driver.machine.publish(
                NATSMessage(subject: "a", payload: ByteBuffer(repeating: 0, count: 101))
            )
        }
        for subject in ["", "a b", "a\r\nPUB b 0"] {
            #expect(throws: NATSError.badSubject) { try driver.machine.publish(NATSMessage(subject: subject)) }
        }
        #expect(throws: NATSError.badHeaders) {
            try driver.machine.publish(NATSMessage(subject: "a", headers: ["bad name": "x"]))
        }
        #expect(driver.sent().isEmpty)
    }

    @Test("refuses subjects and queue groups that break the rules", arguments: ["", ".a", "a.", "a..b", "a b"])
    func badSubjects(subject: String) throws {
        var driver = try MachineDriver()
        driver.connect()
        #expect(throws: NATSError.badSubject) { try driver.machine.subscribe(to: subject, queue: nil) }
        #expect(throws: NATSError.badQueue) { try driver.machine.subscribe(to: "ok", queue: "a b") }
    }

    @Test("ends a subscription with its last message")
    func autoUnsubscribe() throws {
        var driver = try MachineDriver()
        driver.connect()
        let id = try driver.machine.subscribe(to: "s", queue: nil)
        #expect(driver.machine.unsubscribe(id, after: 2) == [])
        #expect(driver.sent() == "SUB s 1\r\nUNSUB 1 2\r\n")
        #expect(driver.receive(message(id, "1")).count == 1)
        #expect(driver.receive(message(id, "2")).last == .finish(subscription: id, nil))
        #expect(driver.receive(message(id, "3")) == [])
    }

    @Test("delivers a message whose headers can't be read, and reports them")
    func badHeaders() throws {
        var driver = try MachineDriver()
        driver.connect()
        let id = try driver.machine.subscribe(to: "s", queue: nil)
        let actions = driver.receive(message(id, "x", headers: "garbage\r\n\r\n"))
        #expect(actions.first == .emit(.error(.badHeaders)))
        #expect(actions.last == .deliver(NATSMessage(subject: "s", payload: ByteBuffer(string: "x")), subscription: id))
    }

    @Test("ends exactly the subscription that the server refuses")
    func subscriptionViolation() throws {
        var driver = try MachineDriver()
        driver.connect()
        let plain = try driver.machine.subscribe(to: "b.>", queue: nil)
        let grouped = try driver.machine.subscribe(to: "b.>", queue: "q")
        let text = "Permissions Violation for Subscription to \"b.>\""
        let error = NATSError.fromServer(text)
        #expect(error.code == .permissionsViolation)
        #expect(error.description == "nats: permissions violation: " + text)
        #expect(error.subject == "b.>")
        #expect(
            driver.receive(.error(text)) == [.emit(.error(error)), .finish(subscription: plain, error)]
        )
        #expect(driver.machine.lastError == error)
        let queueText = text + " using queue \"q\""
        #expect(
            driver.receive(.error(queueText)).last
                == .finish(subscription: grouped, .fromServer(queueText))
        )
        #expect(driver.machine.phase == .connected)
    }

    @Test("fails the requests to a subject that may not be published to")
    func publishViolation() throws {
        var driver = try MachineDriver()
        driver.connect()
        let text = "Permissions Violation for Publish to \"b.x\""
        let error = NATSError.fromServer(text)
        #expect(
            driver.receive(.error(text)) == [.emit(.error(error)), .failRequests(subject: "b.x", error)]
        )
    }

    @Test("takes over new servers and tells of a server that is about to go")
    func clusterNews() throws {
        var driver = try MachineDriver(servers: "nats://a")
        driver.connect()
        let actions = driver.info("\"connect_urls\":[\"a:4222\",\"10.0.0.2:4223\"],\"ldm\":true")
        #expect(
            actions == [.emit(.discoveredServers([ServerAddress(host: "10.0.0.2", port: 4223)])), .emit(.lameDuck)]
        )
        _ = driver.machine.socketClosed(attempt: 1, error: nil)
        #expect(
            driver.machine.delayElapsed(attempt: 2)
                == [.open(ServerAddress(host: "10.0.0.2", port: 4223), attempt: 3)]
        )
    }

    @Test("draining unsubscribes once, still delivers, and then ends")
    func draining() throws {
        var driver = try MachineDriver()
        driver.connect()
        let id = try driver.machine.subscribe(to: "s", queue: nil)
        driver.machine.beginDraining(id)
        driver.machine.beginDraining(id)
        #expect(driver.sent() == "SUB s 1\r\nUNSUB 1\r\n")
        #expect(driver.receive(message(id, "late")).count == 1)
        #expect(driver.machine.finishDraining(id) == [.finish(subscription: id, nil)])
    }
}
