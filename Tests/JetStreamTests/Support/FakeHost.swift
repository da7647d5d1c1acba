import JetStream

/// A server without sockets and with a clock that stands still: it remembers what was sent.
final class FakeHost: JetStreamHost {
    /// A message that was sent to a subject that somebody subscribes to.
    struct Sent: Equatable {
        var target: String
        var subject: String
        var reply: String
        var header: [UInt8]
        var body: [UInt8]
    }

    /// 2026-03-01T12:00:00Z.
    var now: Int64 = 1_772_366_400_000_000_000
    let serverName = "SERVER"
    let isCongested = false
    private(set) var sent: [Sent] = []
    private(set) var subscriptions: [String] = []
    private(set) var watched: Set<[UInt8]> = []
    private var captures: [(subject: String, stream: Stream)] = []
    private var patterns: [[UInt8]] = []
    private(set) var logged: [String] = []
    /// Messages that JetStream sent to itself.
    var looped: [Sent] = []

    func send(
        to subject: UnsafeRawBufferPointer,
        shownAs shown: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        let message = Sent(
            target: String(decoding: subject, as: UTF8.self), subject: String(decoding: shown, as: UTF8.self),
            reply: String(decoding: reply, as: UTF8.self), header: Array(header), body: Array(body))
        if subscriptions.contains(where: { SubjectFilter(Array($0.utf8)).takes(subject) }) { sent.append(message) }
        let isLooped = stream(capturing: message.target) != nil || pattern(taking: message.target) != nil
        if isLooped || message.target.hasPrefix("$JS.API.") || message.target.hasPrefix("$JS.own.API.") {
            looped.append(message)
        }
    }

    func sendNow() {}

    func hasInterest(in subject: UnsafeRawBufferPointer) -> Bool {
        subscriptions.contains { SubjectFilter(Array($0.utf8)).takes(subject) }
            || patterns.contains { SubjectFilter($0).takes(subject) }
    }

    func isWanted(_ subject: UnsafeRawBufferPointer) -> Bool {
        hasInterest(in: subject) || stream(capturing: String(decoding: subject, as: UTF8.self)) != nil
    }

    func watchInterest(in subject: [UInt8]) { watched.insert(subject) }

    func unwatchInterest(in subject: [UInt8]) { watched.remove(subject) }

    func capture(_ subjects: [String], for stream: Stream) {
        captures += subjects.map { ($0, stream) }
    }

    func release(_ subjects: [String], of stream: Stream) {
        captures.removeAll { $0.stream === stream && subjects.contains($0.subject) }
    }

    func subscribe(to pattern: [UInt8]) { patterns.append(pattern) }

    func unsubscribe(from pattern: [UInt8]) { patterns.removeAll { $0 == pattern } }

    /// What JetStream subscribed to that takes `subject`.
    func pattern(taking subject: String) -> [UInt8]? {
        Array(subject.utf8).withUnsafeBytes { bytes in patterns.first { SubjectFilter($0).takes(bytes) } }
    }

    func log(_ message: String) { logged.append(message) }

    func stream(capturing subject: String) -> Stream? {
        Array(subject.utf8).withUnsafeBytes { bytes in
            captures.first { SubjectFilter(Array($0.subject.utf8)).takes(bytes) }?.stream
        }
    }

    func subscribe(_ subject: String) { subscriptions.append(subject) }

    func unsubscribe(_ subject: String) { subscriptions.removeAll { $0 == subject } }

    func takeSent() -> [Sent] {
        defer { sent = [] }
        return sent
    }
}

/// Stores that live as long as the test.
final class FakeStores: StoreProvider {
    func makeStream(_ configuration: StreamConfiguration, metadata: [UInt8]) throws(StoreError) -> any StreamStore {
        MemoryStore.make()
    }

    func updateStream(_ configuration: StreamConfiguration, metadata: [UInt8]) {}

    func deleteStream(_ configuration: StreamConfiguration, _ store: any StreamStore) throws(StoreError) {
        try store.delete()
    }

    func makeConsumer(
        _ configuration: ConsumerConfiguration,
        of stream: StreamConfiguration,
        state: ConsumerState,
        metadata: [UInt8]
    ) throws(StoreError) -> any ConsumerStateStore {
        MemoryConsumerStateStore(state)
    }

    func updateConsumer(
        _ configuration: ConsumerConfiguration,
        of stream: StreamConfiguration,
        metadata: [UInt8]
    ) {}

    func deleteConsumer(
        _ configuration: ConsumerConfiguration,
        of stream: StreamConfiguration,
        _ store: any ConsumerStateStore
    ) throws(StoreError) {
        try store.delete()
    }
}
