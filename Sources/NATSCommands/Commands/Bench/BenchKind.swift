/// What a benchmark measures.
enum BenchKind: Sendable {
    case publish, subscribe, request, serve
    case streamPublishSync, streamPublishAsync, streamPublishAtomic
    case ordered, consume, fetch, getSync, getBatch
    case put, get

    /// How reports name it.
    var label: String {
        switch self {
        case .publish: "Core NATS publisher"
        case .subscribe: "Core NATS subscriber"
        case .request: "Core NATS service requester"
        case .serve: "Core NATS service server"
        case .streamPublishSync: "JetStream synchronous publisher"
        case .streamPublishAsync: "JetStream asynchronous publisher"
        case .streamPublishAtomic: "JetStream atomic batch publisher"
        case .ordered: "JetStream ordered ephemeral consumer"
        case .consume: "JetStream durable consumer (callback)"
        case .fetch: "JetStream durable consumer (fetch)"
        case .getSync: "JetStream synchronous getter"
        case .getBatch: "JetStream batched direct getter"
        case .put: "JetStream KV putter"
        case .get: "JetStream KV getter"
        }
    }

    /// Whether clients send, so that they can be told how fast.
    var isSending: Bool {
        switch self {
        case .publish, .request, .streamPublishSync, .streamPublishAsync, .streamPublishAtomic, .put: true
        default: false
        }
    }

    /// What clients say that they are about to do with their messages.
    var task: String {
        switch self {
        case .publish, .streamPublishSync, .streamPublishAsync, .streamPublishAtomic, .put: "publishing"
        case .request: "requesting"
        case .get: "trying to get"
        default: "expecting"
        }
    }

    /// What stands before a client's number in files.
    var letter: String { isSending ? "P" : "S" }
}
