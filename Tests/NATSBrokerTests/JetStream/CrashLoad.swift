import Foundation

/// Publishers and consumers of one run of the crash test, and what the server has promised them.
///
/// Two streams: `S` keeps everything, `W` is a work queue. What is published are numbers, each once and in order, with bytes that
/// follow from them.
final class CrashLoad {
    /// Which number a sequence was promised to hold, by stream.
    private(set) var stored: [String: [UInt64: Int]] = ["S": [:], "W": [:]]
    /// Sequences whose acknowledgement by the consumer was confirmed.
    private(set) var confirmed: [String: Set<UInt64>] = ["S": [], "W": []]
    /// Sequences that the consumer acknowledged, confirmed or not.
    private(set) var acknowledged: [String: Set<UInt64>] = ["S": [], "W": []]
    /// What the server did that it must not do.
    private(set) var violations: [String] = []
    private(set) var deliveries = 0
    private var next = 0
    /// Up to where each stream was read and compared.
    private var checked: [String: UInt64] = ["S": 0, "W": 0]
    private var lastNumber = ["S": -1, "W": -1]

    static let streams = ["S", "W"]
    private(set) var batches = CrashBatches()

    static func body(_ number: Int) -> String {
        "\(number) " + String(repeating: "abcdefghij", count: number % 40)
    }

    /// Makes the streams and their consumers, where they are not there.
    func prepare(_ client: StreamClient) throws {
        for (name, retention) in [("S", "limits"), ("W", "workqueue")] {
            _ = try client.ask(
                "$JS.API.STREAM.CREATE.\(name)",
                #"{"name":"\#(name)","subjects":["\#(name).>"],"retention":"\#(retention)","storage":"file"}"#)
            _ = try client.ask(
                "$JS.API.CONSUMER.CREATE.\(name).c",
                #"{"stream_name":"\#(name)","config":{"durable_name":"c","ack_policy":"explicit","max_ack_pending":-1}}"#
            )
        }
        try batches.prepare(client)
    }

    /// Publishes, pulls and acknowledges until `end`.
    func run(_ client: StreamClient, until end: Date, random: inout some RandomNumberGenerator) {
        let acks = client.subscribe("stored.>")
        let confirmations = client.subscribe("confirmed.>")
        let work = client.subscribe("work.>")
        _ = client.subscribe(CrashBatches.replies)
        do {
            while Date() < end {
                for _ in 0..<Int.random(in: 1...30, using: &random) {
                    let stream = Self.streams[next % 2]
                    client.publish(
                        "\(stream).\(next % 7)", reply: "stored.\(stream).\(next)", headers: [],
                        body: Self.body(next))
                    next += 1
                }
                batches.publish(client, random: &random)
                for stream in Self.streams {
                    client.publish(
                        "$JS.API.CONSUMER.MSG.NEXT.\(stream).c", reply: "work.\(stream)", headers: [],
                        body: #"{"batch":10,"no_wait":true}"#)
                }
                try client.wait("an answer", seconds: end.timeIntervalSinceNow) { !client.messages.isEmpty }
                try client.settle(milliseconds: 0)
                take(client, acks, confirmations, work)
            }
        } catch is StreamClient.TimedOut {
            // The server was slow, as with every write synced; it is ended all the same.
        } catch {
            violations.append("the connection failed before the end: \(error)")
        }
    }

    /// Takes over what came before the end.
    func finish(_ client: StreamClient) {
        // Ends with an error, since the server is gone.
        try? client.settle(milliseconds: 2_000)
        take(client, 1, 2, 3)
    }

    private func take(_ client: StreamClient, _ acks: Int, _ confirmations: Int, _ work: Int) {
        for message in client.takeMessages() {
            let words = message.subject.split(separator: ".").map(String.init)
            switch message.sid {
            case acks:
                guard let sequence = Self.sequence(message.body), let number = Int(words[2]) else {
                    violations.append("not stored: \(message.body)")
                    continue
                }
                stored[words[1], default: [:]][sequence] = number
            case confirmations: confirmed[words[1], default: []].insert(UInt64(words[2]) ?? 0)
            case work where message.reply.hasPrefix("$JS.ACK."): deliver(message, client)
            default: batches.take(message)
            }
        }
    }

    private func deliver(_ message: StreamClient.Message, _ client: StreamClient) {
        let words = message.reply.split(separator: ".").map(String.init)
        guard let sequence = UInt64(words[5]) else { return }
        deliveries += 1
        if confirmed[words[2]]?.contains(sequence) == true {
            violations.append("\(words[2]) \(sequence) was delivered after its acknowledgement was confirmed")
        }
        acknowledged[words[2], default: []].insert(sequence)
        client.publish(message.reply, reply: "confirmed.\(words[2]).\(sequence)", headers: [], body: "+ACK")
    }

    private static func sequence(_ body: String) -> UInt64? {
        guard let document = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] else {
            return nil
        }
        return (document["seq"] as? NSNumber)?.uint64Value
    }

    // MARK: Checking

    /// Reads what was stored since the last check, and compares it with what was promised.
    func check(_ client: StreamClient) throws {
        violations += try batches.check(client)
        try checkWorkQueue(client)
        for stream in Self.streams {
            let found = try messages(of: stream, client)
            for (sequence, number) in found {
                if number <= lastNumber[stream, default: -1] {
                    violations.append("\(stream) \(sequence) holds \(number) after \(lastNumber[stream, default: -1])")
                }
                lastNumber[stream] = number
            }
            let held = Dictionary(uniqueKeysWithValues: found)
            for (sequence, number) in stored[stream, default: [:]] where sequence > checked[stream, default: 0] {
                let isDone = stream == "W" && acknowledged[stream, default: []].contains(sequence)
                if held[sequence] != number, !(isDone && held[sequence] == nil) {
                    let found = held[sequence].map(String.init) ?? "nothing"
                    violations.append("\(stream) \(sequence) holds \(found) and not \(number), as was promised")
                }
            }
            for sequence in confirmed[stream, default: []] where stream == "W" && held[sequence] != nil {
                violations.append("W \(sequence) is there after its acknowledgement was confirmed")
            }
            checked[stream] = max(checked[stream, default: 0], found.last?.0 ?? 0)
        }
    }

    /// A work queue holds what its consumer is not done with, and nothing else.
    private func checkWorkQueue(_ client: StreamClient) throws {
        let stream = try client.askForObject("$JS.API.STREAM.INFO.W")
        let consumer = try client.askForObject("$JS.API.CONSUMER.INFO.W.c")
        let held = (stream["state"] as? [String: Any])?["messages"] as? Int
        let wanted = ["num_pending", "num_ack_pending"].map { consumer[$0] as? Int ?? 0 }
        if held != wanted[0] + wanted[1] {
            violations.append("W holds \(held ?? -1) messages, of which \(wanted) are pending and not acknowledged")
        }
    }

    /// Every message of `stream` behind those that were checked, with its number.
    private func messages(of stream: String, _ client: StreamClient) throws -> [(UInt64, Int)] {
        var found: [(UInt64, Int)] = []
        var sequence = checked[stream, default: 0] + 1
        while true {
            let answer = try client.ask(
                "$JS.API.STREAM.MSG.GET.\(stream)", #"{"seq":\#(sequence),"next_by_subj":">"}"#)
            guard let document = try? JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any],
                let message = document["message"] as? [String: Any],
                let place = (message["seq"] as? NSNumber)?.uint64Value
            else { return found }
            let data = (message["data"] as? String).flatMap { Data(base64Encoded: $0) } ?? Data()
            let body = String(decoding: data, as: UTF8.self)
            let number = Int(body.prefix { $0 != " " }) ?? -1
            if number < 0 || body != Self.body(number) {
                violations.append("\(stream) \(place) has other bytes than it was given")
            }
            found.append((place, number))
            sequence = place + 1
        }
    }
}
