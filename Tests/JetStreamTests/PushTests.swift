import Testing

@testable import JetStream

@Suite("Consumers that push")
struct PushTests {
    @Test("What is refused after the last subscriber went waits for the next one, though nobody told of the going yet")
    func refusedAfterGoing() throws {
        let server = FakeServer()
        _ = server.answer("$JS.API.STREAM.CREATE.S", #"{"name":"S","subjects":["s.>"],"storage":"memory"}"#)
        server.publish("s.1", body: "one")
        _ = server.answer(
            "$JS.API.CONSUMER.CREATE.S.c",
            #"{"stream_name":"S","config":{"durable_name":"c","deliver_subject":"d","ack_policy":"explicit"}}"#)
        server.subscribe("d")
        let delivered = try #require(server.host.takeSent().first { $0.target == "d" })

        server.host.unsubscribe("d")
        server.publish(delivered.reply, body: "-NAK")
        #expect(server.host.takeSent().isEmpty)
        let info = server.answer("$JS.API.CONSUMER.INFO.S.c")
        #expect(info.contains(#""num_ack_pending":1"#))
        #expect(!info.contains("push_bound"))

        server.subscribe("d")
        #expect(server.host.takeSent().map(\.target) == ["d"])
    }
}
