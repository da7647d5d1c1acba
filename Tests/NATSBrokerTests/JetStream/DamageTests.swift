import Foundation
import TestSupport
import Testing

/// A server that was killed, of whose files one bit is another one when it is started again.
@Suite("The broker, on files with a flipped bit")
struct DamageTests {
    private static let count = 60
    /// What the work queue's consumer has acknowledged.
    private static let acknowledged = 20

    @Test("says so, and keeps every stream, every consumer and every message but the one that was hit")
    func flippedBits() async throws {
        try await onThread {
            let server = try StreamServer()
            try server.start()
            try Self.fill(try StreamClient(port: server.port, user: nil))
            server.kill()
            try server.start()
            server.stop()
            try server.start()
            try Self.add(try StreamClient(port: server.port, user: nil))
            server.kill()
            let store = server.directory.appendingPathComponent("store")
            let saved = server.directory.appendingPathComponent("saved")
            try FileManager.default.moveItem(at: store, to: saved)
            var random = SeededGenerator(seed: 5)
            for name in try FileManager.default.subpathsOfDirectory(atPath: saved.path).sorted() {
                guard let bytes = FileManager.default.contents(atPath: saved.path + "/" + name), !bytes.isEmpty else {
                    continue
                }
                for _ in 0..<3 {
                    try? FileManager.default.removeItem(at: store)
                    try FileManager.default.copyItem(at: saved, to: store)
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    var flipped = bytes
                    flipped[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    try flipped.write(to: store.appendingPathComponent(name))
                    try? FileManager.default.removeItem(at: server.directory.appendingPathComponent("log"))
                    try server.start()
                    let problems = try Self.check(server, try StreamClient(port: server.port, user: nil))
                    #expect(problems == [], "byte \(place) of \(name)")
                    server.kill()
                }
            }
        }
    }

    /// Two streams, a consumer that has everything and one that is done with some.
    private static func fill(_ client: StreamClient) throws {
        for (name, retention) in [("S", "limits"), ("W", "workqueue")] {
            _ = try client.ask(
                "$JS.API.STREAM.CREATE.\(name)",
                #"{"name":"\#(name)","subjects":["\#(name).*"],"retention":"\#(retention)"}"#)
            _ = try client.ask(
                "$JS.API.CONSUMER.CREATE.\(name).c",
                #"{"stream_name":"\#(name)","config":{"durable_name":"c","ack_policy":"explicit"}}"#)
            for number in 1...count / 2 { _ = try client.ask("\(name).\(number % 3)", "message \(number)") }
        }
        _ = try client.ask("$JS.API.STREAM.MSG.DELETE.S", #"{"seq":7}"#)
    }

    /// More messages, and acknowledgements, that no index knows of.
    private static func add(_ client: StreamClient) throws {
        for name in ["S", "W"] {
            for number in count / 2 + 1...count { _ = try client.ask("\(name).\(number % 3)", "message \(number)") }
        }
        let work = client.subscribe("work")
        client.publish(
            "$JS.API.CONSUMER.MSG.NEXT.W.c", reply: "work", headers: [],
            body: #"{"batch":\#(acknowledged),"no_wait":true}"#)
        try client.wait("deliveries") { client.messages.count { $0.sid == work } == acknowledged }
        for message in client.takeMessages() { _ = try client.ask(message.reply, "+ACK") }
    }

    private static func check(_ server: StreamServer, _ client: StreamClient) throws -> [String] {
        var problems: [String] = []
        var lost = 0
        for (name, first) in [("S", 1), ("W", acknowledged + 1)] {
            for number in first...count where name == "W" || number != 7 {
                let answer = try client.askForObject("$JS.API.STREAM.MSG.GET.\(name)", #"{"seq":\#(number)}"#)
                let data = ((answer["message"] as? [String: Any])?["data"] as? String).flatMap {
                    Data(base64Encoded: $0)
                }
                if data == nil { lost += 1 }
                if let data, data != Data("message \(number)".utf8) {
                    problems.append("\(name) \(number) is another one")
                }
            }
            let consumer = try client.askForObject("$JS.API.CONSUMER.INFO.\(name).c")
            let pending = (consumer["num_pending"] as? Int ?? -1_000) + (consumer["num_ack_pending"] as? Int ?? 0)
            // What was not read back of acknowledgements is delivered once more.
            let least = count - (name == "S" ? 2 : acknowledged + 1)
            if pending < least || pending > count { problems.append("\(name): \(pending) messages are pending") }
        }
        if lost > 1 { problems.append("\(lost) messages are lost") }
        let log = server.log
        if lost > 0, !log.contains("holds no valid record"), !log.contains("were cut off") {
            problems.append("the log does not tell that a message is lost")
        }
        if !log.contains("JetStream of account $G: ") { problems.append("the log tells nothing") }
        if log.contains("was not recovered") { problems.append("not recovered:\n\(log)") }
        return problems
    }
}
