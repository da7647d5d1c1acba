import NATSClient
import NIOCore
import Testing

@Suite("Publishing to streams, against a server", .timeLimit(.minutes(3)))
struct JetStreamPublishTests {
    typealias Engine = JetStreamEngine

    @Test("is acknowledged with the stream and the sequence", arguments: Engine.available)
    func acknowledgement(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        _ = try await fixture.stream(messages: 2)
        let acknowledgement = try await fixture.jetStream.publish("x", to: "s.x")
        #expect(acknowledgement.stream == "S")
        #expect(acknowledgement.sequence == 3)
        #expect(!acknowledgement.isDuplicate)
    }

    @Test("with an identifier stores a message once", arguments: Engine.available)
    func duplicates(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream()
        let first = try await fixture.jetStream.publish("x", to: "s.x", options: PublishOptions(messageID: "1"))
        let second = try await fixture.jetStream.publish("y", to: "s.x", options: PublishOptions(messageID: "1"))
        #expect([first.isDuplicate, second.isDuplicate] == [false, true])
        #expect(second.sequence == first.sequence)
        #expect(try await stream.info().state.messages == 1)
    }

    @Test("is refused where the stream is not as expected", arguments: Engine.available)
    func expectations(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        _ = try await fixture.stream(messages: 3)
        func refusal(_ change: (inout PublishOptions) -> Void) async -> ServerErrorCode? {
            var options = PublishOptions()
            change(&options)
            do {
                try await fixture.jetStream.publish("x", to: "s.0", options: options)
                return nil
            } catch {
                return error.serverCode
            }
        }
        #expect(await refusal { $0.expectedStream = "OTHER" } == .unexpectedStream)
        #expect(await refusal { $0.expectedLastSequence = 2 } == .wrongLastSequence)
        #expect(await refusal { $0.expectedLastSubjectSequence = 0 } == .wrongLastSequence)
        #expect(await refusal { $0.expectedLastMessageID = "x" } == .wrongLastMessageID)
        #expect(
            await refusal {
                $0.expectedLastSequence = 3
                $0.expectedLastSubjectSequence = 1
                $0.expectedStream = "S"
            } == nil
        )
    }

    @Test("says that no stream stores the subject's messages", arguments: Engine.available)
    func noStream(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        var options = PublishOptions()
        options.retryDelay = .milliseconds(1)
        let missing = await #expect(throws: JetStreamError.self) {
            try await fixture.jetStream.publish("x", to: "nowhere", options: options)
        }
        #expect(missing?.code == .noStream)
    }

    @Test("gives a message a time to live, where the stream allows it", arguments: Engine.available)
    func timeToLive(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream { $0.allowsMessageTTL = true }
        var options = PublishOptions()
        options.timeToLive = .after(.milliseconds(90_500))
        try await fixture.jetStream.publish("x", to: "s.x", options: options)
        options.timeToLive = .never
        try await fixture.jetStream.publish("x", to: "s.y", options: options)
        #expect(try await stream.message(1).headers["Nats-TTL"] == "91s")
        #expect(try await stream.message(2).headers["Nats-TTL"] == "never")
    }

    @Test("in a window keeps the order and bounds what is under way", arguments: Engine.available)
    func window(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream()
        let publisher = fixture.jetStream.publisher(window: 10)
        var tickets: [PublishTicket] = []
        for number in 0..<500 {
            tickets.append(try await publisher.publish(String(number), to: "s.n"))
            #expect(publisher.pending <= 10)
        }
        try await publisher.finish()
        #expect(publisher.pending == 0)
        #expect(try await tickets[499].acknowledgement.sequence == 500)
        #expect(try await stream.message(500).text == "499")
    }

    @Test("in a window tells of the first failure at the end, and each ticket of its own", arguments: Engine.available)
    func windowFailures(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        _ = try await fixture.stream { $0.maximumMessageSize = 4 }
        let publisher = fixture.jetStream.publisher(window: 4)
        let good = try await publisher.publish("1234", to: "s.n")
        let tooLarge = try await publisher.publish("12345", to: "s.n")
        let failure = await #expect(throws: JetStreamError.self) { try await publisher.finish() }
        #expect(failure?.serverCode == .messageTooLarge)
        #expect(try await good.acknowledgement.sequence == 1)
        let own = await #expect(throws: JetStreamError.self) { try await tooLarge.acknowledgement }
        #expect(own?.serverCode == .messageTooLarge)
        let homeless = try await publisher.publish("1", to: "nowhere")
        let none = await #expect(throws: JetStreamError.self) { try await homeless.acknowledgement }
        #expect(none?.code == .noStream)
        let second = await #expect(throws: JetStreamError.self) { try await publisher.finish() }
        #expect(second?.code == .noStream)
        try await publisher.finish()
    }

    @Test("in a window gives up what is not answered in time", arguments: Engine.available)
    func windowTimeout(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let silent = try fixture.connection.subscribe(to: "silent")
        let publisher = fixture.connection.jetStream(timeout: .milliseconds(50)).publisher(window: 2)
        for number in 0..<4 {
            try await publisher.publish(String(number), to: "silent")
        }
        let failure = await #expect(throws: JetStreamError.self) { try await publisher.finish() }
        #expect(failure?.connectionError == .timeout)
        silent.unsubscribe()
    }
}
