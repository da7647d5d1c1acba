import NATSWire

/// Requests in accounts that have no JetStream.
extension AccountJetStream {
    /// The answer to a request on `$JS.API.>` of an account without JetStream; nil where there is none.
    package static func refusal(of subject: String) -> [UInt8]? {
        let tokens = subject.split(separator: ".").dropFirst(2).map(String.init)
        guard let kind = kind(of: tokens) else { return nil }
        return JSONValue.object([
            .init("type", .string("io.nats.jetstream.api.v1.\(kind)_response")),
            .init("error", JetStreamError(.notEnabledForAccount).json),
        ]).encoded()
    }

    private static func kind(of tokens: [String]) -> String? {
        switch (tokens.first, tokens.count > 1 ? tokens[1] : "", tokens.count) {
        case ("INFO", _, 1): "account_info"
        case ("STREAM", "NAMES", 2): "stream_names"
        case ("STREAM", "LIST", 2): "stream_list"
        case ("STREAM", "CREATE", 3): "stream_create"
        case ("STREAM", "UPDATE", 3): "stream_update"
        case ("STREAM", "INFO", 3): "stream_info"
        case ("STREAM", "DELETE", 3): "stream_delete"
        case ("STREAM", "PURGE", 3): "stream_purge"
        case ("STREAM", "SNAPSHOT", 3): "stream_snapshot"
        case ("STREAM", "RESTORE", 3): "stream_restore"
        case ("STREAM", "MSG", 4): tokens[2] == "GET" ? "stream_msg_get" : "stream_msg_delete"
        case ("CONSUMER", "CREATE", 3...), ("CONSUMER", "DURABLE", 5): "consumer_create"
        case ("CONSUMER", "NAMES", 3): "consumer_names"
        case ("CONSUMER", "LIST", 3): "consumer_list"
        case ("CONSUMER", "INFO", 4): "consumer_info"
        case ("CONSUMER", "DELETE", 4): "consumer_delete"
        case ("CONSUMER", "PAUSE", 4): "consumer_pause"
        case ("CONSUMER", "UNPIN", 4): "consumer_unpin"
        default: nil
        }
    }
}
