import NATSWire

/// A message of a counter as it is stored: what it adds, and what the counter stands at then.
struct CountedMessage {
    var header: [UInt8]
    var body: [UInt8]
    var value: WholeNumber
}

/// Where a counter stands.
struct Counter {
    var value = WholeNumber.zero
    /// What other streams have brought to it, by their names and the counters' subjects there.
    var sources: [String: [String: String]] = [:]
}

/// Streams whose subjects are counters.
///
/// Source: ADR-49 (distributed counter).
extension Stream {
    /// Checks what a client says of a counter.
    func checkCounter(_ headers: MessageHeaders, bodySize: Int) throws(JetStreamError) {
        guard !headers.increment.isEmpty else { return }
        guard WholeNumber(headers.increment) != nil else { throw JetStreamError(.messageIncrInvalid) }
        guard configuration.allowsCounter else { throw JetStreamError(.messageIncrDisabled) }
        if bodySize > 0 { throw JetStreamError(.messageIncrPayload) }
        let others = [
            headers.rollup, headers.expectedStream, headers.expectedLastMessageID, headers.expectedLastSequence,
            headers.expectedLastSubjectSequence, headers.expectedLastSubject,
        ]
        if !others.allSatisfy(\.isEmpty) { throw JetStreamError(.messageIncrInvalid) }
    }

    /// Adds what a message says to the counter that its subject is.
    ///
    /// - Parameters:
    ///   - header: of a client's message, or of one that was taken from another stream.
    ///   - body: where the counter stands in that other stream.
    func counted(
        subject: UnsafeRawBufferPointer, header: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer
    ) throws(JetStreamError) -> CountedMessage {
        let headers = MessageHeaders(header)
        var counter = try counter(on: subject)
        var increment = WholeNumber(headers.increment) ?? .zero
        var writer = HeaderWriter(header)
        if let origin = CounterOrigin(headers.streamSource) {
            guard let reached = Self.value(in: body) else { throw JetStreamError(.messageCounterBroken) }
            let before = counter.sources[origin.stream]?[origin.subject].flatMap { WholeNumber($0.utf8) }
            increment = reached - (before ?? .zero)
            counter.sources[origin.stream, default: [:]][origin.subject] = reached.text
            writer.set("Nats-Incr", increment.text.utf8)
        }
        let value = counter.value + increment
        if !counter.sources.isEmpty { writer.set("Nats-Counter-Sources", Self.document(counter.sources)) }
        let counted = CountedMessage(
            header: writer.finished(), body: Array("{\"val\":\"\(value.text)\"}".utf8), value: value)
        let limit = Int(configuration.maxMessageSize)
        if limit >= 0, counted.header.count + counted.body.count > limit {
            throw JetStreamError(.streamMessageExceedsMaximum)
        }
        return counted
    }

    func counter(on subject: UnsafeRawBufferPointer) throws(JetStreamError) -> Counter {
        let message: StoredMessage?
        do throws(StoreError) {
            message = try store.last(on: Array(subject))
        } catch {
            throw JetStreamError(.streamStoreFailed, error.words)
        }
        guard let message else { return Counter() }
        guard let value = message.body.withUnsafeBytes({ Self.value(in: $0) }) else {
            throw JetStreamError(.messageCounterBroken)
        }
        let sources = message.header.withUnsafeBytes { Array(MessageHeaders($0).counterSources) }
        if sources.isEmpty { return Counter(value: value) }
        guard case .object(let streams) = try? JSONValue(parsing: sources) else {
            throw JetStreamError(.messageCounterBroken)
        }
        var counter = Counter(value: value)
        for stream in streams {
            guard case .object(let subjects) = stream.value else { throw JetStreamError(.messageCounterBroken) }
            for subject in subjects {
                guard case .string(let text) = subject.value else { throw JetStreamError(.messageCounterBroken) }
                counter.sources[stream.key, default: [:]][subject.key] = text
            }
        }
        return counter
    }

    /// Where a counter stands, as messages say it; `nil` where they don't.
    private static func value(in body: UnsafeRawBufferPointer) -> WholeNumber? {
        guard case .string(let text) = (try? JSONValue(parsing: Array(body)))?["val"] else { return nil }
        return WholeNumber(text.utf8)
    }

    private static func document(_ sources: [String: [String: String]]) -> [UInt8] {
        JSONValue.object(
            sources.sorted { $0.key < $1.key }.map { stream in
                let subjects = stream.value.sorted { $0.key < $1.key }
                return .init(stream.key, .object(subjects.map { .init($0.key, .string($0.value)) }))
            }
        ).encoded()
    }
}

/// Where the counter of a `Nats-Stream-Source` header is from.
private struct CounterOrigin {
    let stream: String
    let subject: String

    init?(_ header: UnsafeRawBufferPointer) {
        let fields = header.text.split(separator: " ")
        guard fields.count >= 5 else { return nil }
        stream = String(fields[0])
        subject = String(fields[4])
    }
}
