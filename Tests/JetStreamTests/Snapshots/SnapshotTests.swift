import Foundation
import Testing

@testable import JetStream

@Suite("Snapshots of streams")
struct SnapshotTests {
    private static let config = #"{"name":"S","subjects":["s.>"],"storage":"memory"}"#

    private static func bytes(_ name: String) throws -> [UInt8] {
        let file = try #require(Bundle.module.url(forResource: "Fixtures/Snapshots/\(name)", withExtension: nil))
        return Array(try Data(contentsOf: file))
    }

    /// A stream with messages of all kinds, and a consumer in the middle of its work.
    private static func filled(messages: Int = 50, size: Int = 100) -> FakeServer {
        let server = FakeServer()
        _ = server.answer("$JS.API.STREAM.CREATE.S", config)
        for index in 1...messages {
            let header = index % 3 == 0 ? "NATS/1.0\r\nName: value\r\n\r\n" : ""
            server.publish("s.\(index % 7)", header: header, body: String(repeating: "b\(index)", count: size / 3))
        }
        _ = server.answer("$JS.API.STREAM.MSG.DELETE.S", #"{"seq":7}"#)
        _ = server.answer("$JS.API.STREAM.MSG.DELETE.S", #"{"seq":\#(messages)}"#)
        _ = server.answer(
            "$JS.API.CONSUMER.DURABLE.CREATE.S.d",
            #"{"stream_name":"S","config":{"durable_name":"d","ack_policy":"explicit"}}"#)
        let got = server.ask("$JS.API.CONSUMER.MSG.NEXT.S.d", #"{"batch":4,"no_wait":true}"#)
        for message in got where !message.reply.contains(".1.3.") { server.publish(message.reply) }
        return server
    }

    @Test("A snapshot restores with all messages, gaps and consumers", arguments: [100, 5_000])
    func roundTrip(size: Int) throws {
        let origin = Self.filled(size: size)
        let snapshot = try origin.snapshot("S", #","chunk_size":1024"#)
        let copy = FakeServer()
        copy.host.now = origin.host.now
        let answer = try copy.restore("S", Self.config, snapshot)
        #expect(answer.contains(#""last_seq":50"#), "\(answer)")
        #expect(try copy.contents(of: "S") == origin.contents(of: "S"))
        let states = try [origin, copy].map { try #require($0.account.streams["S"]?.consumers["d"]).store.state }
        #expect(states[0] == states[1])
        #expect(states[1].pending.keys.sorted() == [3])
        #expect(copy.ask("s.1", "next").first.map { String(decoding: $0.body, as: UTF8.self) }?.contains("51") == true)
    }

    @Test("A window lets no more chunks go than are confirmed")
    func window() throws {
        let server = Self.filled(messages: 200, size: 3_000)
        server.host.subscribe("deliver")
        server.publish(
            "$JS.API.STREAM.SNAPSHOT.S", reply: server.makeInbox(),
            body: #"{"deliver_subject":"deliver","chunk_size":1024,"window_size":3072}"#)
        let sent = server.host.takeSent().filter { $0.target == "deliver" }
        #expect(sent.count == 3)
        #expect(sent.allSatisfy { $0.body.count == 1_024 })
        server.publish(sent[0].reply)
        #expect(server.host.takeSent().filter { $0.target == "deliver" }.count == 1)
        server.wait(milliseconds: 5_100)
        let last = server.host.takeSent().filter { $0.target == "deliver" }
        #expect(last.map { String(decoding: $0.header, as: UTF8.self) } == ["NATS/1.0 408 No Flow Response\r\n\r\n"])
    }

    @Test("A snapshot ends when nobody receives it any more")
    func noInterest() throws {
        let server = Self.filled(messages: 200, size: 3_000)
        server.subscribe("deliver")
        server.subscribe("$JS.EVENT.ADVISORY.STREAM.SNAPSHOT_COMPLETE.S")
        server.publish(
            "$JS.API.STREAM.SNAPSHOT.S", reply: server.makeInbox(),
            body: #"{"deliver_subject":"deliver","chunk_size":1024,"window_size":1024}"#)
        _ = server.host.takeSent()
        server.unsubscribe("deliver")
        let advisory = server.host.takeSent().map { String(decoding: $0.body, as: UTF8.self) }
        #expect(advisory.count == 1)
        #expect(advisory.first?.contains(#""error":"no interest""#) == true)
    }

    @Test("Snapshots of nats-server restore", arguments: ["nats-server-file.s2", "nats-server-memory.s2"])
    func ofNATSServer(name: String) throws {
        let server = FakeServer()
        let answer = try server.restore("S", Self.config, Self.bytes(name), chunkSize: 100)
        #expect(answer.contains(#""messages":19"#), "\(answer)")
        #expect(answer.contains(#""last_seq":20"#))
        let state = try #require(server.account.streams["S"]?.consumers["D"]).store.state
        #expect(state.delivered == .init(consumer: 4, stream: 4))
        #expect(state.acknowledged == .init(consumer: 1, stream: 1))
        #expect(state.pending.keys.sorted() == [2, 4])
        #expect(try server.contents(of: "S")[1].hasSuffix("s.1 NATS/1.0\r\nA: b\r\n\r\n hello1"))
    }

    @Test(
        "What is no whole snapshot is refused in nats-server's words",
        arguments: [
            (0..<0, "EOF"), (0..<10, "EOF"), (0..<500, "s2: corrupt input"), (1..<400, "s2: corrupt input"),
        ])
    func broken(range: Range<Int>, problem: String) throws {
        let whole = try Self.bytes("nats-server-file.s2")
        let answer = try FakeServer().restore("S", Self.config, Array(whole[range]), chunkSize: 100)
        #expect(answer.contains(#""err_code":10062,"description":"restore failed: \#(problem)""#), "\(answer)")
    }

    @Test("A flipped bit is found wherever it is")
    func flipped() throws {
        let whole = try Self.bytes("nats-server-file.s2")
        for index in whole.indices where index % 7 == 0 || index < 20 {
            var bytes = whole
            bytes[index] ^= 0x10
            let answer = try FakeServer().restore("S", Self.config, bytes)
            #expect(answer.contains("restore failed: "), "byte \(index)")
        }
    }

    @Test("What was restored before something was wrong stays, as with nats-server")
    func partly() throws {
        let server = FakeServer()
        let config = #"{"name":"S","subjects":["t.>"],"storage":"memory","max_msg_size":6}"#
        let answer = try server.restore("S", config, Self.bytes("nats-server-memory.s2"))
        #expect(answer.contains("restore failed: message sequence 2 exceeds maximum message size"))
        #expect(try server.contents(of: "S").count == 1)
        #expect(server.answer("t.1", "new").contains(#""seq":2"#))
    }

    @Test("A restore that stalls is given up")
    func stalled() throws {
        let server = FakeServer()
        let answer = server.answer("$JS.API.STREAM.RESTORE.S", #"{"config":\#(Self.config)}"#)
        let target = try #require(answer.split(separator: "\"").first { $0.hasPrefix("$JS.SNAPSHOT.RESTORE.") })
        server.wait(milliseconds: 5_100)
        let late = server.ask(String(target), "chunk")
        #expect(late.map { String(decoding: $0.header, as: UTF8.self) }.joined().contains("503"))
        #expect(server.account.streams.isEmpty)
    }
}

@Suite("S2 frames")
struct S2Tests {
    @Test("What was packed comes out again", arguments: [0, 1, 15, 16, 100, 65_537])
    func roundTrip(count: Int) throws {
        var random: UInt64 = 1
        for alphabet in [1, 3, 256] as [UInt64] {
            let bytes = (0..<count).map { _ in
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8((random >> 33) % alphabet)
            }
            var writer = S2Writer()
            for start in stride(from: 0, to: count, by: 10_001) {
                writer.write(bytes[start..<min(start + 10_001, count)])
            }
            writer.flush()
            if alphabet == 1 && count > 1_000 { #expect(writer.output.count < count / 10) }
            var reader = S2Reader()
            var output: [UInt8] = []
            for start in stride(from: 0, to: writer.output.count, by: 5_003) {
                try writer.output[start..<min(start + 5_003, writer.output.count)].withUnsafeBytes { chunk in
                    try reader.read(chunk, into: &output)
                }
            }
            try reader.finish()
            #expect(output == bytes)
        }
    }

    @Test("A repeat over the last distance is understood")
    func repeats() throws {
        // "abcd", 4 more over a distance of 4, then repeats of 4, 8 + 2 and 260 + 1 bytes over the same distance.
        let block: [UInt8] = [
            0x9B, 0x02, 3 << 2, 0x61, 0x62, 0x63, 0x64, 0x01, 4, 0x01, 0, 5 << 2 | 1, 0, 2, 6 << 2 | 1, 0, 1, 0,
        ]
        var output: [UInt8] = []
        try S2Block.decode(block[...], into: &output)
        #expect(output.count == 283)
        #expect(output.enumerated().allSatisfy { $0.element == 0x61 + UInt8($0.offset % 4) })
    }

    @Test("The checksum is Castagnoli's with the mask of Snappy's frames")
    func checksum() {
        let sum = Array("123456789".utf8).withUnsafeBytes { CRC32C.masked($0) }
        let plain: UInt32 = 0xE306_9283
        #expect(sum == (plain >> 15 | plain << 17) &+ 0xA282_EAD8)
    }
}
