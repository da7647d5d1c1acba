import NATSWire

/// Requests in accounts that have no JetStream.
extension AccountJetStream {
    /// What such a request is answered with.
    package enum Refusal: Sendable {
        case answer([UInt8])
        /// Nobody is there to answer it.
        case noResponders
        case silence
    }

    /// The answer to a request on `$JS.API.>` of an account without JetStream.
    package static func refusal(of subject: String, body: [UInt8]) -> Refusal {
        let tokens = subject.split(separator: ".").dropFirst(2).map(String.init)
        if tokens.starts(with: ["CONSUMER", "MSG", "NEXT"]) || tokens.starts(with: ["DIRECT", "GET"]) {
            return .noResponders
        }
        guard let (kind, tail) = answer(to: tokens) else { return .silence }
        let isEmpty = kind == "consumer_unpin" && body.isEmpty
        let error: JetStreamError =
            isEmpty ? .init(.invalidJSON, "unexpected end of JSON input") : .init(.notEnabledForAccount)
        return .answer(document(kind, error, tail))
    }

    /// The answer to a request on `$JS.API.>` of the system account, which never has JetStream: the same for each but what
    /// concerns the server itself, which nobody takes care of where there is no cluster.
    package static func systemRefusal(of subject: String) -> Refusal {
        switch subject.split(separator: ".").dropFirst(2).first {
        case "META", "SERVER": .silence
        case "INFO": .answer(document("account_info", JetStreamError(.notEnabledForAccount)))
        default: .answer(document("system", JetStreamError(.notEnabledForAccount)))
        }
    }

    private static func document(
        _ kind: String, _ error: JetStreamError, _ tail: [JSONValue.Member] = []
    ) -> [UInt8] {
        let type = JSONValue.Member("type", .string("io.nats.jetstream.api.v1.\(kind)_response"))
        return JSONValue.object([type, .init("error", error.json)] + tail).encoded()
    }

    private static let noPage: [JSONValue.Member] = [.init("total", 0), .init("offset", 0), .init("limit", 0)]

    /// What stands before `_response`, and the members that such an answer has even with an error.
    private static func answer(to tokens: [String]) -> (kind: String, tail: [JSONValue.Member])? {
        switch (tokens.first, tokens.count > 1 ? tokens[1] : "", tokens.count) {
        case ("INFO", _, 1): ("account_info", [])
        case ("STREAM", "NAMES", 2): ("stream_names", noPage + [.init("streams", .null)])
        case ("STREAM", "LIST", 2): ("stream_list", noPage + [.init("streams", .array([]))])
        case ("STREAM", "CREATE", 3): ("stream_create", [])
        case ("STREAM", "UPDATE", 3): ("stream_update", [])
        case ("STREAM", "INFO", 3): ("stream_info", noPage)
        case ("STREAM", "DELETE", 3): ("stream_delete", [])
        case ("STREAM", "PURGE", 3): ("stream_purge", [.init("purged", 0)])
        case ("STREAM", "SNAPSHOT", 3): ("stream_snapshot", [])
        case ("STREAM", "RESTORE", 3): ("stream_restore", [.init("deliver_subject", "")])
        case ("STREAM", "MSG", 4): (tokens[2] == "GET" ? "stream_msg_get" : "stream_msg_delete", [])
        case ("CONSUMER", "CREATE", 3...), ("CONSUMER", "DURABLE", 5): ("consumer_create", [])
        case ("CONSUMER", "NAMES", 3): ("consumer_names", noPage + [.init("consumers", .array([]))])
        case ("CONSUMER", "LIST", 3): ("consumer_list", noPage + [.init("consumers", .array([]))])
        case ("CONSUMER", "INFO", 4): ("consumer_info", [])
        case ("CONSUMER", "DELETE", 4): ("consumer_delete", [])
        case ("CONSUMER", "PAUSE", 4):
            ("consumer_pause", [.init("paused", false), .init("pause_until", .string(GoTime.zero.text))])
        case ("CONSUMER", "UNPIN", 4): ("consumer_unpin", [])
        default: nil
        }
    }
}
