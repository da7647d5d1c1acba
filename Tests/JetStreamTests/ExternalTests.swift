import Testing

@testable import JetStream

@Suite("Streams of other accounts and domains")
struct ExternalTests {
    private static let external = #""external":{"api":"$JS.own.API","deliver":"other.deliver"}"#

    /// A server whose API is reached as that of another domain is, too.
    private static func server() -> FakeServer {
        var settings = JetStreamSettings()
        settings.domain = "own"
        let server = FakeServer(settings: settings)
        _ = server.answer("$JS.API.STREAM.CREATE.O", #"{"name":"O","subjects":["o.>"],"storage":"memory"}"#)
        for index in 1...5 { server.publish("o.\(index)", header: "", body: "message \(index)") }
        return server
    }

    @Test("A mirror of another domain takes over what is there and what comes")
    func mirror() throws {
        let server = Self.server()
        _ = server.answer(
            "$JS.API.STREAM.CREATE.M", #"{"name":"M","storage":"memory","mirror":{"name":"O",\#(Self.external)}}"#)
        #expect(try server.contents(of: "M") == server.contents(of: "O"))
        server.publish("o.6", body: "message 6")
        #expect(try server.contents(of: "M").count == 6)
        #expect(try server.contents(of: "M") == server.contents(of: "O"))
        let info = server.answer("$JS.API.STREAM.INFO.M")
        #expect(
            info.contains(#""mirror":{"name":"O","external":{"api":"$JS.own.API","deliver":"other.deliver"},"lag":0,"#))
    }

    @Test("A source is filtered, transformed, and says where it came from")
    func source() throws {
        let server = Self.server()
        _ = server.answer(
            "$JS.API.STREAM.CREATE.S",
            #"""
            {"name":"S","storage":"memory","sources":[{"name":"O",\#(Self.external),"opt_start_seq":2,
            "subject_transforms":[{"src":"o.3","dest":"x.3"},{"src":"o.4","dest":"x.4"}]}]}
            """#)
        let lines = try server.contents(of: "S")
        #expect(lines.count == 2)
        #expect(lines[0].contains("x.3") && lines[1].contains("x.4"))
        #expect(
            lines[0].contains(
                "Nats-Stream-Source: O:\(StreamIdentity.hash("$JS.own.API")) 3 o.3\u{C}o.4 x.3\u{C}x.4 o.3"))
    }

    @Test("A stream that is not there yet is read once it is")
    func late() throws {
        let server = FakeServer(settings: Self.server().account.settings)
        _ = server.answer(
            "$JS.API.STREAM.CREATE.M", #"{"name":"M","storage":"memory","mirror":{"name":"O",\#(Self.external)}}"#)
        #expect(server.answer("$JS.API.STREAM.INFO.M").contains(#""error":{"code":404,"err_code":10059"#))
        _ = server.answer("$JS.API.STREAM.CREATE.O", #"{"name":"O","subjects":["o.>"],"storage":"memory"}"#)
        server.publish("o.1", body: "one")
        server.wait(milliseconds: 2_100)
        #expect(try server.contents(of: "M").count == 1)
        #expect(!server.answer("$JS.API.STREAM.INFO.M").contains(#""error""#))
    }

    @Test("When the consumer is gone, another one goes on where it stopped")
    func lost() throws {
        let server = Self.server()
        _ = server.answer(
            "$JS.API.STREAM.CREATE.M", #"{"name":"M","storage":"memory","mirror":{"name":"O",\#(Self.external)}}"#)
        let origin = try #require(server.account.streams["O"])
        for consumer in origin.consumers.values { server.account.deleteConsumer(consumer) }
        server.publish("o.6", body: "message 6")
        #expect(try server.contents(of: "M").count == 5)
        server.wait(milliseconds: 13_000)
        #expect(try server.contents(of: "M") == server.contents(of: "O"))
    }

    @Test("A source that finds no room tries again, and loses nothing")
    func full() throws {
        let server = Self.server()
        _ = server.answer(
            "$JS.API.STREAM.CREATE.S",
            #"{"name":"S","storage":"memory","max_msgs":3,"discard":"new","sources":[{"name":"O"}]}"#)
        #expect(try server.contents(of: "S").count == 3)
        _ = server.answer("$JS.API.STREAM.PURGE.S")
        server.wait(milliseconds: 2_100)
        #expect(try server.contents(of: "S").map { $0.suffix(9) } == ["message 4", "message 5"])
    }
}
