import NATSClient
import Testing

@Suite("Push consumers, against a server", .timeLimit(.minutes(3)))
struct PushConsumerTests {
    typealias Engine = JetStreamEngine

    @Test("send their messages, and wait where flow control says so", arguments: Engine.available)
    func flowControl(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 3000)
        var configuration = ConsumerConfiguration(durable: "p")
        configuration.deliverSubject = "deliver.p"
        configuration.usesFlowControl = true
        configuration.idleHeartbeat = .seconds(1)
        configuration.ackPolicy = .none
        let consumer = try await stream.pushConsumer(configuration)
        var count = 0
        for try await message in try consumer.messages() {
            #expect(message.text == String(count))
            count += 1
            if message.metadata.pending == 0 { break }
        }
        #expect(count == 3000)
    }

    @Test("share their messages in a group", arguments: Engine.available)
    func group(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream()
        var configuration = ConsumerConfiguration(durable: "p")
        configuration.deliverSubject = "deliver.p"
        configuration.deliverGroup = "g"
        try await stream.pushConsumer(configuration)
        let consumer = try await stream.pushConsumer("p")
        let members = [try consumer.messages(), try consumer.messages()]
        try await fixture.connection.flush()
        let publisher = fixture.jetStream.publisher()
        for number in 0..<200 {
            try await publisher.publish(String(number), to: "s.x")
        }
        try await publisher.finish()
        let (taken, taking) = AsyncStream.makeStream(of: String.self)
        let tasks = members.map { messages in
            Task {
                for try await message in messages {
                    try await message.ack()
                    taking.yield(message.text)
                }
            }
        }
        var seen: Set<String> = []
        for await text in taken {
            seen.insert(text)
            if seen.count == 200 { break }
        }
        tasks.forEach { $0.cancel() }
        #expect(seen.count == 200)
    }

    @Test("without a name get a subject of their own and go by themselves", arguments: Engine.available)
    func ephemeral(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 1)
        let consumer = try await stream.pushConsumer(ConsumerConfiguration())
        #expect(consumer.deliverSubject.hasPrefix("_INBOX."))
        #expect(consumer.lastInfo.configuration.durable == nil)
        var iterator = try consumer.messages().makeAsyncIterator()
        #expect(try await iterator.next()?.text == "0")
        let refused = await #expect(throws: JetStreamError.self) { try await stream.consumer(consumer.name) }
        #expect(refused?.code == .badArgument)
    }
}
