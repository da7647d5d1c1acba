import NATSClient
import TestSupport
import Testing

@Suite("Ordered reading, against a server", .timeLimit(.minutes(3)))
struct OrderedConsumerTests {
    typealias Engine = JetStreamEngine

    @Test("brings every message once, in order", arguments: Engine.available)
    func order(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 2000)
        var sequences: [Int] = []
        for try await message in stream.orderedMessages() {
            sequences.append(message.metadata.streamSequence)
            if message.metadata.pending == 0 { break }
        }
        #expect(sequences == Array(1...2000))
    }

    @Test("begins where it is told to, and takes the subjects that it is told to", arguments: Engine.available)
    func options(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 12)
        func read(_ options: OrderedOptions) async throws -> [String] {
            var texts: [String] = []
            for try await message in stream.orderedMessages(options) {
                texts.append(message.text)
                if message.metadata.pending == 0 { break }
            }
            return texts
        }
        #expect(try await read(OrderedOptions(from: .startSequence(11))) == ["10", "11"])
        #expect(try await read(OrderedOptions(from: .lastPerSubject)) == ["9", "10", "11"])
        #expect(try await read(OrderedOptions(filterSubjects: ["s.0", "s.1"], from: .last)).last == "10")
        #expect(try await read(OrderedOptions(filterSubjects: ["s.2"])) == ["2", "5", "8", "11"])
    }

    @Test("goes on behind the last message when its consumer is gone", arguments: Engine.available)
    func recreation(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 10)
        var options = OrderedOptions()
        options.pull.batch = 2
        var iterator = stream.orderedMessages(options).makeAsyncIterator()
        for number in 0..<5 {
            #expect(try await iterator.next()?.text == String(number))
        }
        for name in try await stream.consumerNames() {
            try await stream.deleteConsumer(name)
        }
        for number in 5..<10 {
            #expect(try await iterator.next()?.text == String(number))
        }
    }

    @Test("goes on behind the last message when the server was restarted", arguments: Engine.available)
    func restart(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 10) { $0.storage = .file }
        var options = OrderedOptions()
        options.pull.batch = 2
        var iterator = stream.orderedMessages(options).makeAsyncIterator()
        for number in 0..<5 {
            #expect(try await iterator.next()?.text == String(number))
        }
        let restarted = try fixture.restart()
        for number in 5..<10 {
            #expect(try await iterator.next()?.text == String(number))
        }
        restarted.stop()
    }

    @Test("leaves no consumer behind", arguments: Engine.available)
    func cleanup(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 3)
        for try await message in stream.orderedMessages() where message.metadata.pending == 0 {
            break
        }
        while try await !stream.consumerNames().isEmpty {}
    }

    @Test("ends with an error when the stream is gone", arguments: Engine.available)
    func streamDeleted(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 1)
        var iterator = stream.orderedMessages().makeAsyncIterator()
        _ = try await iterator.next()
        try await fixture.jetStream.deleteStream("S")
        let ended = await #expect(throws: JetStreamError.self) { try await iterator.next() }
        #expect(ended?.serverCode == .streamNotFound)
    }
}
