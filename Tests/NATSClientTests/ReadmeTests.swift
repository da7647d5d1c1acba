import Foundation
import NATSClient
import NIOCore
import TestSupport
import Testing

/// The examples of the README, word for word.
@Suite("The README of NATSClient shows", .timeLimit(.minutes(2)))
struct ReadmeTests {
    @Test("how to publish and subscribe", arguments: JetStreamEngine.available)
    func messages(engine: JetStreamEngine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let url = "nats://127.0.0.1:\(fixture.server.port)"
        let connection = try await NATSConnection.connect(to: url)
        let greetings = try connection.subscribe(to: "greetings.*")
        try await connection.publish("hello", to: "greetings.first", headers: ["From": "me"])
        for try await message in greetings {
            print(message.subject, message.text)
            break
        }
        connection.close()
    }

    @Test("how to ask and answer", arguments: JetStreamEngine.available)
    func requests(engine: JetStreamEngine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let connection = fixture.connection
        let orders = try connection.subscribe(to: "orders", queue: "workers")
        let service = Task {
            for try await order in orders {
                try await connection.reply(to: order, with: ByteBuffer(string: "got " + order.text))
            }
        }
        let answer = try await connection.request("42", to: "orders")
        print(answer.text)
        try await orders.drain()
        try await service.value
    }

    @Test("how to keep messages", arguments: JetStreamEngine.available)
    func streams(engine: JetStreamEngine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let connection = fixture.connection
        let jetStream = connection.jetStream()
        var configuration = StreamConfiguration(name: "EVENTS", subjects: ["enterprise.>"])
        configuration.maximumAge = .seconds(24 * 3600)
        let stream = try await jetStream.createOrUpdateStream(configuration)
        let once = PublishOptions(messageID: "m1")
        let stored = try await jetStream.publish("started", to: "enterprise.line1", options: once)
        print(stored.stream, stored.sequence)
        #expect(stream.name == "EVENTS")
    }

    @Test("how to publish fast", arguments: JetStreamEngine.available)
    func publishing(engine: JetStreamEngine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let jetStream = fixture.jetStream
        let stream = try await jetStream.createStream(StreamConfiguration(name: "EVENTS", subjects: ["enterprise.>"]))
        for number in 0..<20 {
            try await jetStream.publish("\(number)", to: "enterprise.line2")
        }
        let publisher = jetStream.publisher(window: 256)
        for reading in 0..<1000 {
            try await publisher.publish("\(reading)", to: "enterprise.line2")
        }
        try await publisher.finish()
        #expect(try await stream.info().state.messages == 1020)
    }

    @Test("how to take messages", arguments: JetStreamEngine.available)
    func consuming(engine: JetStreamEngine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let jetStream = fixture.jetStream
        let stream = try await jetStream.createStream(StreamConfiguration(name: "EVENTS", subjects: ["enterprise.>"]))
        for number in 0..<20 {
            try await jetStream.publish("\(number)", to: "enterprise.line2")
        }
        var worker = ConsumerConfiguration(durable: "worker")
        worker.filterSubjects = ["enterprise.line2"]
        let consumer = try await stream.createOrUpdateConsumer(worker)
        for message in try await consumer.fetch(10, expires: .seconds(2)) {
            try await message.ack()
        }
        for try await message in consumer.messages() {
            try await message.ack()
            if message.metadata.pending == 0 { break }
        }
    }

    @Test("how to read in order", arguments: JetStreamEngine.available)
    func reading(engine: JetStreamEngine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let jetStream = fixture.jetStream
        let stream = try await jetStream.createStream(StreamConfiguration(name: "EVENTS", subjects: ["enterprise.>"]))
        for number in 0..<20 {
            try await jetStream.publish("\(number)", to: "enterprise.line2")
        }
        for try await message in stream.orderedMessages(OrderedOptions(filterSubjects: ["enterprise.>"])) {
            if message.metadata.pending == 0 { break }
        }
    }

    @Test("how to keep values", arguments: JetStreamEngine.available)
    func values(engine: JetStreamEngine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let jetStream = fixture.jetStream
        let settings = try await jetStream.createKeyValue(KeyValueConfiguration(bucket: "settings"))
        let revision = try await settings.put("line1.speed", "120")
        try await settings.update("line1.speed", "140", revision: revision)
        for try await update in try settings.watch(["line1.>"]) {
            guard case .entry(let entry) = update else { break }
            print(entry.key, entry.text)
        }
    }

    @Test("how to keep objects", arguments: JetStreamEngine.available)
    func objects(engine: JetStreamEngine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let jetStream = fixture.jetStream
        let reports = try await jetStream.createObjectStore(ObjectStoreConfiguration(bucket: "reports"))
        try await reports.put("june.csv", ByteBuffer(string: "day,count\n"))
        for try await chunk in try await reports.get("june.csv") {
            print(chunk.readableBytes)
        }
    }

    @Test("how to handle errors", arguments: JetStreamEngine.available)
    func errors(engine: JetStreamEngine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let jetStream = fixture.jetStream
        do {
            _ = try await jetStream.stream("NONE")
        } catch let error where error.serverCode == .streamNotFound {
            print(error)
        }
    }

    @Test("the very lines that these tests run")
    func sameLines() throws {
        let tests = URL(fileURLWithPath: #filePath)
        let root = tests.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "Sources/NATSClient/README.md"), encoding: .utf8)
        let source = try String(contentsOf: tests, encoding: .utf8)
        let lines = Set(source.split(separator: "\n").map { trimmed($0) })
        var count = 0
        for part in readme.split(separator: "```swift\n").dropFirst() where !part.hasPrefix(".package") {
            count += 1
            let example: Substring = part.prefix { $0 != "`" }
            for line in example.split(separator: "\n") {
                #expect(lines.contains(trimmed(line)), "not in the test: \(line)")
            }
        }
        #expect(count == 9)
    }

    private func trimmed(_ line: Substring) -> String {
        String(line.drop { $0 == " " })
    }
}
