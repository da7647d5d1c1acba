import Foundation

/// Atomic batches of one run of the crash test: each is there as a whole or not at all, and that is so once it was confirmed.
struct CrashBatches {
    static let replies = "batched.>"

    private var next = 0
    private var confirmed: Set<Int> = []
    /// How many whole batches were found.
    private(set) var found = 0
    private var size: [Int: Int] = [:]

    func prepare(_ client: StreamClient) throws {
        _ = try client.ask("$JS.API.STREAM.CREATE.B", #"{"name":"B","subjects":["B.*.*"],"allow_atomic":true}"#)
    }

    /// Publishes one batch, of up to a few hundred kilobytes, so that writing it takes a while.
    mutating func publish(_ client: StreamClient, random: inout some RandomNumberGenerator) {
        let count = Int.random(in: 1...40, using: &random)
        let body = String(repeating: "b", count: Int.random(in: 0...8_000, using: &random))
        size[next] = count
        for place in 1...count {
            var headers = ["Nats-Batch-Id: b\(next)", "Nats-Batch-Sequence: \(place)"]
            if place == count { headers.append("Nats-Batch-Commit: 1") }
            client.publish(
                "B.\(next).\(place)", reply: place == count ? "batched.\(next)" : "", headers: headers, body: body)
        }
        next += 1
    }

    mutating func take(_ message: StreamClient.Message) {
        let words = message.subject.split(separator: ".")
        guard words.first == "batched", message.body.contains(#""seq":"#), !message.body.contains("error") else {
            return
        }
        if let number = Int(words[1]) { confirmed.insert(number) }
    }

    /// - Returns: what is not as it must be.
    mutating func check(_ client: StreamClient) throws -> [String] {
        var found: [Int: Int] = [:]
        var offset = 0
        while true {
            let info = try client.askForObject(
                "$JS.API.STREAM.INFO.B", #"{"subjects_filter":">","offset":\#(offset)}"#)
            let subjects = (info["state"] as? [String: Any])?["subjects"] as? [String: Int] ?? [:]
            for subject in subjects.keys {
                if let number = Int(subject.split(separator: ".")[1]) { found[number, default: 0] += 1 }
            }
            offset += subjects.count
            if subjects.isEmpty || offset >= info["total"] as? Int ?? 0 { break }
        }
        var problems: [String] = []
        for (number, count) in found where count != size[number] {
            problems.append("batch \(number) holds \(count) of its \(size[number] ?? 0) messages")
        }
        for number in confirmed where found[number] == nil { problems.append("batch \(number) is gone") }
        self.found += found.count - problems.count
        // What was checked needs no room any more.
        _ = try client.ask("$JS.API.STREAM.PURGE.B")
        confirmed = []
        return problems
    }
}
