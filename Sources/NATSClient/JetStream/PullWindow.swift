import NATSWire
import NIOCore

/// How requests for messages are made: what ``PullOptions`` and ``PullConsumer/fetch(_:expires:maximumBytes:priority:)``
/// come to.
struct PullSettings: Sendable, Hashable {
    var batch: Int
    var threshold = 0
    var maximumBytes: Int?
    var expires = Duration.zero
    var heartbeat = Duration.zero
    var isWithoutWait = false
    var priority: PullPriority?

    init(batch: Int, maximumBytes: Int? = nil, priority: PullPriority? = nil) {
        self.batch = batch
        self.maximumBytes = maximumBytes
        self.priority = priority
    }

    init(_ options: PullOptions) {
        // Where bytes are counted, messages are not: a number that no window of bytes can hold.
        batch = options.maximumBytes == nil ? max(1, options.batch) : 1_000_000
        maximumBytes = options.maximumBytes
        threshold = min(options.threshold ?? batch / 2, batch - 1)
        expires = max(options.expires, .seconds(1))
        heartbeat = options.heartbeat ?? min(expires / 2, .seconds(30))
        priority = options.priority
    }

    /// A request for so many messages and bytes.
    func request(messages: Int, bytes: Int?, pin: String?) -> JSONDocument {
        var body = JSONDocument()
        body["batch"] = messages
        body["max_bytes"] = bytes
        body["expires"] = expires > .zero ? expires : nil
        body["no_wait"] = isWithoutWait ? true : nil
        body["idle_heartbeat"] = heartbeat > .zero ? heartbeat : nil
        body["group"] = priority?.group
        body["min_pending"] = priority?.minimumPending
        body["min_ack_pending"] = priority?.minimumAckPending
        body["priority"] = priority?.priority
        body["id"] = pin
        return body
    }
}

/// What was asked for and has not come yet, and what the server's words about it mean. Without sockets and clocks.
struct PullWindow: Sendable, Hashable {
    /// What a status message means for the one who waits.
    enum Verdict: Hashable, Sendable {
        /// Wait on, and ask for more if the window says so.
        case goOn
        /// Nobody serves the request now: the consumer is gone, or the server is starting.
        case noResponders
        /// There will be no more messages.
        case fail(JetStreamError)
    }

    let settings: PullSettings
    private(set) var messages = 0
    private(set) var bytes = 0
    /// What the server calls this client, while it is the one that gets all messages.
    private(set) var pin: String?

    init(_ settings: PullSettings) {
        self.settings = settings
    }

    /// Whether the requests made so far have nothing more to bring.
    var isExhausted: Bool { messages <= 0 }

    /// The request that is due, if one is. The window counts on it.
    mutating func nextRequest() -> JSONDocument? {
        if let limit = settings.maximumBytes {
            guard messages <= 0 || bytes <= limit / 2 else { return nil }
            let wanted = limit - max(0, bytes)
            messages = settings.batch
            bytes = limit
            return settings.request(messages: settings.batch, bytes: wanted, pin: pin)
        }
        guard messages <= settings.threshold else { return nil }
        let wanted = settings.batch - max(0, messages)
        messages = settings.batch
        return settings.request(messages: wanted, bytes: nil, pin: pin)
    }

    /// Forgets all requests: the server does not know them any more.
    mutating func reset() {
        messages = 0
        bytes = 0
    }

    /// A message came.
    mutating func received(_ message: NATSMessage) {
        messages -= 1
        bytes -= message.countedSize
        if let id = message.headers["Nats-Pin-Id"] {
            pin = id
        }
    }

    /// The server said something about a request.
    mutating func received(status: Int, _ headers: Headers) -> Verdict {
        let words = headers.statusDescription
        switch status {
        case 100:
            return .goOn
        case 404, 408:
            subtract(headers)
            return .goOn
        case 409:
            return conflict(words.lowercased(), headers)
        case 423:
            pin = nil
            reset()
            return .goOn
        case HeaderBlock.noResponders:
            reset()
            return .noResponders
        default:
            return .fail(JetStreamError(.pullRefused, "nats: \(words)"))
        }
    }

    private mutating func conflict(_ words: String, _ headers: Headers) -> Verdict {
        if words.hasPrefix("consumer deleted") {
            return .fail(JetStreamError(.consumerDeleted, "nats: consumer deleted"))
        }
        // What ends one request, or all of them, though the consumer stays.
        if words.hasPrefix("leadership change") || words.hasPrefix("server shutdown") {
            reset()
            return .goOn
        }
        if words.hasPrefix("batch completed") || words.hasPrefix("message size exceeds maxbytes") {
            subtract(headers)
            return .goOn
        }
        return .fail(JetStreamError(.pullRefused, "nats: \(headers.statusDescription)"))
    }

    /// Takes away what an ended request will not bring any more; all, if the server does not say how much that is.
    private mutating func subtract(_ headers: Headers) {
        guard let count = headers["Nats-Pending-Messages"].flatMap({ Int($0) }) else {
            reset()
            return
        }
        messages = max(0, messages - count)
        bytes = max(0, bytes - (headers["Nats-Pending-Bytes"].flatMap { Int($0) } ?? 0))
    }
}

extension NATSMessage {
    /// The size that a request's limit on bytes counts: subject, answer subject, headers and payload.
    fileprivate var countedSize: Int {
        var size = subject.utf8.count + (replyTo?.utf8.count ?? 0) + payload.readableBytes
        if !headers.isEmpty {
            size += 12 + headers.reduce(2) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        }
        return size
    }
}
