import Foundation

/// Takes out of what servers send about streams what differs from run to run, and nothing else.
enum StreamMask {
    private static let rules: [(pattern: String, replacement: String)] = [
        (#"20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"#, "TIME"),
        (#"\.1\d{18}\."#, ".NANOS."),
        // Streams of these names take from others, at their own pace: how much is there when something is delivered is chance.
        (#"(\$JS\.ACK\.(M|T|KV_M)\.\S+)\.\d+\b"#, "$1.PENDING"),
        (#""(id|pinned_id|pinned_client_id)":"[A-Za-z0-9]{22}""#, #""$1":"ID""#),
        (#"Nats-Pin-Id: [A-Za-z0-9]{22}"#, "Nats-Pin-Id: ID"),
        (#"("stream_name":"E","name":")[A-Za-z0-9]{8}""#, #"$1CHOSEN""#),
        (#""(active|pause_remaining|ack_time|rtt)":\d+"#, #""$1":N"#),
        (#"(Nats-Stream-Source: .*) \S{8}(?=\r)"#, "$1 ID"),
        (#"\$JS\.FC\.([^.\s]+)\.([^.\s]+)\.\w{4}\b"#, #"\$JS.FC.$1.$2.ID"#),
        (#"\$JS\.SNAPSHOT\.(\S+)\.[A-Za-z0-9]{22}"#, #"\$JS.SNAPSHOT.$1.ID"#),
        // The test asks more of the broker, to know that it has heard all.
        (#""total":( ?)\d+,(\s*)"errors":( ?)\d+"#, #""total":$1N,$2"errors":$3N"#),
        (#""store_dir": ?"[^"]*""#, #""store_dir": DIRECTORY"#),
        (#"N[A-Z2-7]{55}"#, "SERVER"),
        (#"_INBOX\.\d+"#, "_INBOX"),
    ]

    static func steady(_ text: String) -> String {
        rules.reduce(text) { text, rule in
            text.replacingOccurrences(of: rule.pattern, with: rule.replacement, options: .regularExpression)
        }
    }

    static func shown(_ message: StreamClient.Message) -> String {
        steady("\(message.subject) \(message.reply)\n\(message.header)\(message.body)")
    }
}
