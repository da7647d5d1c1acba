import Testing

@testable import JetStream

@Suite("Duplicates after a start")
struct DuplicateTests {
    private func publish(_ stream: Stream, _ server: FakeServer, id: String, expecting last: String = "") -> String {
        let inbox = server.makeInbox()
        let expectation = last.isEmpty ? "" : "Nats-Expected-Last-Msg-Id: \(last)\r\n"
        let header = Array("NATS/1.0\r\nNats-Msg-Id: \(id)\r\n\(expectation)\r\n".utf8)
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        Array("s".utf8).withUnsafeBytes { subject in
            Array(inbox.utf8).withUnsafeBytes { reply in
                header.withUnsafeBytes { header in
                    stream.ingest(subject: subject, reply: reply, header: header, body: nothing)
                }
            }
        }
        server.account.endTurn()
        return server.host.takeSent().map { String(decoding: $0.body, as: UTF8.self) }.joined()
    }

    /// A stream that was opened with messages of the last three minutes.
    private func opened() throws -> (Stream, FakeServer) {
        let server = FakeServer()
        let store = MemoryStore.make()
        for sequence in UInt64(1)...6 {
            let message = StoredMessage(
                sequence: sequence, timestamp: server.host.now - Int64(6 - sequence) * 30_000_000_000,
                subject: Array("s".utf8), header: Array("NATS/1.0\r\nNats-Msg-Id: id\(sequence)\r\n\r\n".utf8), body: []
            )
            try store.append(message)
        }
        var configuration = StreamConfiguration()
        configuration.name = "S"
        configuration.subjects = ["s"]
        configuration.maxMessageSize = -1
        configuration.duplicateWindow = 120_000_000_000
        return (server.account.recoverStream(configuration, created: 0, store: store), server)
    }

    @Test("are known by what is stored, as far as the window reaches")
    func window() throws {
        let (stream, server) = try opened()
        #expect(publish(stream, server, id: "id5") == #"{"stream":"S","seq":5,"duplicate": true}"#)
        #expect(publish(stream, server, id: "id3") == #"{"stream":"S","seq":3,"duplicate": true}"#)
        #expect(publish(stream, server, id: "id1") == #"{"stream":"S","seq":7}"#)
        server.wait(milliseconds: 61_000)
        #expect(publish(stream, server, id: "id4") == #"{"stream":"S","seq":8}"#)
        #expect(publish(stream, server, id: "id5") == #"{"stream":"S","seq":5,"duplicate": true}"#)
    }

    @Test("The last identifier is that of the last message")
    func last() throws {
        let (stream, server) = try opened()
        #expect(publish(stream, server, id: "new", expecting: "id5").contains(#""err_code":10070"#))
        #expect(publish(stream, server, id: "new", expecting: "id6") == #"{"stream":"S","seq":7}"#)
    }
}
