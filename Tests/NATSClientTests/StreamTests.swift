import Foundation
import NATSClient
import Testing

@Suite("Streams, against a server", .timeLimit(.minutes(3)))
struct StreamTests {
    typealias Engine = JetStreamEngine

    @Test("are created, found, changed, listed and deleted", arguments: Engine.available)
    func lifeCycle(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let jetStream = fixture.jetStream
        var configuration = StreamConfiguration(name: "EVENTS", subjects: ["enterprise.>"])
        configuration.maximumAge = .seconds(3600)
        configuration.maximumMessagesPerSubject = 5
        configuration.metadata = ["owner": "us"]
        let created = try await jetStream.createStream(configuration)
        #expect(created.lastInfo.configuration.maximumAge == .seconds(3600))
        #expect(created.lastInfo.configuration.storage == .file)
        #expect(created.lastInfo.configuration.metadata["owner"] == "us")
        #expect(created.lastInfo.created != nil)
        // The same once more is no error, another one is.
        try await jetStream.createStream(configuration)
        configuration.summary = "What happens"
        let inUse = await #expect(throws: JetStreamError.self) { try await jetStream.createStream(configuration) }
        #expect(inUse?.serverCode == .streamNameInUse)
        #expect(inUse?.status == 400)
        #expect(inUse?.description == "stream name already in use with a different configuration (10058)")

        try await jetStream.updateStream(configuration)
        #expect(try await jetStream.stream("EVENTS").lastInfo.configuration.summary == "What happens")
        try await jetStream.createStream(StreamConfiguration(name: "OTHER", subjects: ["other"]))
        #expect(try await jetStream.streamNames().sorted() == ["EVENTS", "OTHER"])
        #expect(try await jetStream.streamNames(subject: "other") == ["OTHER"])
        #expect(try await jetStream.streams(subject: "enterprise.x").map(\.configuration.name) == ["EVENTS"])
        #expect(try await jetStream.accountInfo().usage.streams == 2)

        try await jetStream.deleteStream("EVENTS")
        let missing = await #expect(throws: JetStreamError.self) { try await jetStream.stream("EVENTS") }
        #expect(missing?.serverCode == .streamNotFound)
        #expect(missing?.code == .server)
        #expect(missing?.status == 404)
    }

    @Test("keep what they don't know of a configuration", arguments: Engine.available)
    func unknownMembers(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream()
        var configuration = stream.lastInfo.configuration
        configuration.summary = "x"
        let updated = try await fixture.jetStream.updateStream(configuration).lastInfo.configuration
        #expect(updated.summary == "x")
        #expect(updated.metadata["_nats.req.level"] == stream.lastInfo.configuration.metadata["_nats.req.level"])
    }

    @Test("tell their subjects and what is deleted", arguments: Engine.available)
    func details(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 7)
        try await stream.deleteMessage(2)
        try await stream.deleteMessage(4, erases: true)
        let info = try await stream.info(subjects: "s.*", includesDeleted: true)
        #expect(info.state.subjects == ["s.0": 2, "s.1": 1, "s.2": 2])
        #expect(info.state.deleted == [2, 4])
        #expect(info.state.deletedCount == 2)
        #expect(info.state.messages == 5)
        #expect(info.state.lastSequence == 7)
        #expect(info.state.subjectCount == 3)
    }

    @Test("hand out single messages, by either way", arguments: Engine.available, [true, false])
    func messages(engine: Engine, direct: Bool) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 4) { $0.allowsDirectGet = direct }
        try await fixture.jetStream.publish("x", to: "s.h", headers: ["A": "1", "B": "ü"])
        let third = try await stream.message(3)
        #expect(third.subject == "s.2")
        #expect(third.text == "2")
        #expect(third.sequence == 3)
        let state = try await stream.info().state
        let first = try await stream.message(1)
        #expect(abs(try #require(state.firstTime).timeIntervalSince(first.time)) < 0.001)
        #expect(try await stream.lastMessage(of: "s.0").sequence == 4)
        #expect(try await stream.message(5).headers == ["A": "1", "B": "ü"])
        if engine == .oracle || !direct {
            // The bundled broker's direct get finds no last message by wildcards.
            #expect(try await stream.lastMessage(of: "s.*").sequence == 5)
        }
        #expect(try await stream.nextMessage(of: "s.0", from: 2).sequence == 4)
        let missing = await #expect(throws: JetStreamError.self) { try await stream.message(99) }
        #expect(missing?.serverCode == .messageNotFound)
        let unused = await #expect(throws: JetStreamError.self) { try await stream.lastMessage(of: "s.none") }
        #expect(unused?.serverCode == .messageNotFound)
    }

    @Test("are purged: by subject, up to a sequence, but for the last", arguments: Engine.available)
    func purge(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 12)
        #expect(try await stream.purge(subject: "s.0", keep: 1) == 3)
        #expect(try await stream.purge(subject: "s.1", before: 6) == 2)
        #expect(try await stream.info(subjects: ">").state.subjects == ["s.0": 1, "s.1": 2, "s.2": 4])
        #expect(try await stream.purge() == 7)
        #expect(try await stream.info().state.messages == 0)
    }

    @Test("list more than one page holds", arguments: Engine.available)
    func pages(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        for number in 0..<260 {
            var configuration = StreamConfiguration(name: "S\(number)", subjects: ["p.\(number)"])
            configuration.storage = .memory
            try await fixture.jetStream.createStream(configuration)
        }
        #expect(Set(try await fixture.jetStream.streams().map(\.configuration.name)).count == 260)
        #expect(try await fixture.jetStream.streamNames().count == 260)
    }

    @Test("have names that can't change what a request is about")
    func names() async throws {
        let fixture = try await JetStreamFixture(try #require(Engine.available.first))
        for name in ["", "a.b", "a b", "a*", ">", "a/b", "a\\b"] {
            let refused = await #expect(throws: JetStreamError.self) { try await fixture.jetStream.stream(name) }
            #expect(refused?.code == .badArgument)
        }
    }

    @Test("are not there where JetStream is not")
    func notEnabled() async throws {
        let configuration = "accounts { A { users: [ { user: a, password: a } ] } }\nno_auth_user: a"
        let fixture = try await JetStreamFixture(try #require(Engine.available.first), configuration: configuration)
        let refused = await #expect(throws: JetStreamError.self) { try await fixture.jetStream.accountInfo() }
        #expect(refused?.code == .notEnabled)
    }
}
