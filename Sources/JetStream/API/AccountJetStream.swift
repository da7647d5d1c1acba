import NATSWire

/// JetStream of one account: its streams and their consumers, and requests about them.
///
/// All calls come from one thread, the account's worker. What they cause goes out through the ``JetStreamHost``: answers to
/// requests at once, acknowledgements of messages and deliveries at the end of the turn.
///
/// A turn: any number of ``request(_:reply:header:body:client:)``, ``acknowledge(_:reply:body:)`` and
/// ``Stream/ingest(subject:reply:header:body:)``, then ``endTurn()``, then waiting until ``nextAlarm`` or until there is more.
package final class AccountJetStream {
    package let name: String
    package let host: any JetStreamHost
    let stores: any StoreProvider
    /// Of these, bounds of the whole server may grow while it runs.
    package var settings: JetStreamSettings
    package var limits: AccountLimits
    /// Whether each flush goes through to the disk.
    let syncsAlways: Bool
    package internal(set) var streams: [String: Stream] = [:]

    /// Streams that have something to do at the end of the turn.
    var dirty: [Stream] = []
    /// Consumers whose acknowledgements are to be kept before they are confirmed.
    var dirtyConsumers: [Consumer] = []
    var alarms = AlarmClock()
    /// What streams held when their last turn ended.
    var usage = StorageUsage()
    /// What the streams of all accounts held then.
    let serverUsage: ServerUsage
    /// Copies of streams that are on their way.
    var snapshots: [StreamSnapshot] = []
    /// Who gets messages for which JetStream itself subscribed.
    private var receivers: [[UInt8]: any Receiver] = [:]
    /// Counts turns, so that what is asked once a turn is not asked again.
    private(set) var turn: UInt64 = 1
    /// Requests that were answered, and those with an error.
    package internal(set) var requests: UInt64 = 0
    package internal(set) var failures: UInt64 = 0
    /// The consumer that was acknowledged to last; the next acknowledgement is mostly for the same one.
    private var lastAcknowledged: Consumer?

    package init(
        name: String,
        host: any JetStreamHost,
        stores: any StoreProvider,
        settings: JetStreamSettings,
        limits: AccountLimits,
        syncsAlways: Bool,
        serverUsage: ServerUsage = ServerUsage()
    ) {
        self.name = name
        self.host = host
        self.stores = stores
        self.settings = settings
        self.limits = limits
        self.syncsAlways = syncsAlways
        self.serverUsage = serverUsage
    }

    /// When ``alarmRang()`` is to be called, in nanoseconds since 1970; `nil` for never.
    package var nextAlarm: Int64? { alarms.next }

    /// Does what is due now. A turn's end belongs behind it.
    package func alarmRang() {
        let now = host.now
        while let target = alarms.takeDue(now: now) { target.alarmRang(now: now) }
    }

    /// Writes what came in, confirms it, and delivers.
    package func endTurn() {
        // Streams that take from others come after those, so there may be several rounds.
        while !dirty.isEmpty {
            let consumers = dirtyConsumers
            dirtyConsumers = []
            for consumer in consumers where !consumer.isClosed {
                consumer.isUnsaved = false
                consumer.stream.report { () throws(StoreError) in try consumer.store.flush(sync: self.syncsAlways) }
            }
            let streams = dirty
            dirty = []
            for stream in streams { stream.count() }
            for stream in streams { stream.endTurn() }
        }
        turn += 1
    }

    /// Takes an acknowledgement, sent on `$JS.ACK.<stream>.<consumer>.…`.
    ///
    /// - Returns: false where no consumer waits for it, so that whoever asks for a confirmation is to be told so.
    @discardableResult
    package func acknowledge(
        _ subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) -> Bool {
        if let consumer = lastAcknowledged, !consumer.isClosed, subject.starts(with: consumer.ackPrefix) {
            take(subject, consumer, consumer.ackPrefix.count, reply, body)
            return true
        }
        let tokens = subject.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        // The longer form names the domain and the account, too.
        guard tokens.count == 9 || tokens.count >= 11 else { return false }
        let place = tokens.count == 9 ? 2 : 4
        let names = tokens[place...place + 1].map { String(decoding: $0, as: UTF8.self) }
        guard let consumer = streams[names[0]]?.consumers[names[1]], consumer.configuration.ackPolicy != .none else {
            return false
        }
        lastAcknowledged = consumer
        take(subject, consumer, tokens[place + 2].startIndex, reply, body)
        return true
    }

    private func take(
        _ subject: UnsafeRawBufferPointer,
        _ consumer: Consumer,
        _ start: Int,
        _ reply: UnsafeRawBufferPointer,
        _ body: UnsafeRawBufferPointer
    ) {
        guard let numbers = AcknowledgementNumbers(UnsafeRawBufferPointer(rebasing: subject[start...])) else { return }
        consumer.acknowledge(numbers, reply: reply, body: body)
    }

    /// Learns that a consumer is gone.
    func forget(_ consumer: Consumer) {
        if lastAcknowledged === consumer { lastAcknowledged = nil }
    }

    /// Takes an answer to a question of flow control, sent on `$JS.FC.<stream>.<consumer>.…`.
    package func flowControlAnswered(_ subject: UnsafeRawBufferPointer, header: UnsafeRawBufferPointer) {
        let tokens = subject.split(separator: UInt8(ascii: ".")).map { String(decoding: $0, as: UTF8.self) }
        guard tokens.count == 5, let consumer = streams[tokens[2]]?.consumers[tokens[3]],
            consumer.flow.answered(subject)
        else { return }
        if consumer.configuration.ackPolicy == .flowControl {
            let headers = MessageHeaders(header)
            if let sequence = headers.lastStreamSequence.number, sequence > 0 {
                let delivery = headers.lastConsumerSequence.number ?? 0
                _ = consumer.acknowledge(
                    AcknowledgementNumbers(count: 1, stream: sequence, consumer: delivery), isSampled: false)
            }
        }
        consumer.markReady()
    }

    /// Takes a message for which JetStream itself subscribed. The bytes are lent for the time of the call.
    ///
    /// - Parameters:
    ///   - pattern: what was subscribed to; see ``JetStreamHost/subscribe(to:)``.
    ///   - subject: the one that a receiver sees.
    package func received(
        on pattern: [UInt8],
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        receivers[pattern]?.received(on: pattern, subject: subject, reply: reply, header: header, body: body)
    }

    /// Hands messages on subjects that `pattern` takes to `receiver` from now on.
    func subscribe(_ receiver: any Receiver, to pattern: [UInt8]) {
        receivers[pattern] = receiver
        host.subscribe(to: pattern)
    }

    func unsubscribe(from pattern: [UInt8]) {
        guard receivers.removeValue(forKey: pattern) != nil else { return }
        host.unsubscribe(from: pattern)
    }

    /// Somebody subscribed to `subject`, which is watched, or nobody does any more.
    package func interestChanged(in subject: [UInt8]) {
        for snapshot in snapshots where snapshot.deliver == subject { snapshot.interestChanged() }
        for stream in streams.values {
            for consumer in stream.consumers.values where consumer.deliverSubject == subject {
                consumer.checkInterest()
            }
        }
    }

    // MARK: What is used

    /// Whether no stream may take anything any more.
    func isServerFull(_ storage: StorageType) -> Bool {
        let limit = storage == .memory ? settings.maxMemory : settings.maxStore
        return limit < .max && usedByAll(storage) > limit
    }

    /// Why a message of `size` bytes can't be stored, `nil` where it can.
    func shortage(of storage: StorageType, adding size: Int) -> JetStreamError? {
        let (own, server) =
            storage == .memory ? (limits.maxMemory, settings.maxMemory) : (limits.maxStore, settings.maxStore)
        guard own >= 0 || server < .max else { return nil }
        if server < .max, usedByAll(storage) > server { return JetStreamError(.insufficientResources) }
        return own >= 0 && used(storage) + Int64(size) > own ? JetStreamError(.accountResourcesExceeded) : nil
    }

    /// How many bytes the account's streams hold.
    package func used(_ storage: StorageType) -> Int64 {
        usage[storage] + uncounted(storage)
    }

    /// How many bytes the streams of all accounts hold, those of others as of the ends of their turns.
    private func usedByAll(_ storage: StorageType) -> Int64 {
        serverUsage[storage] + uncounted(storage)
    }

    /// Only streams that were touched in this turn hold other than what was counted.
    private func uncounted(_ storage: StorageType) -> Int64 {
        var sum: Int64 = 0
        for stream in dirty where stream.storage == storage { sum += stream.uncounted }
        return sum
    }

    /// How many bytes the account's streams may grow to, as far as they have a limit.
    package func reserved(_ storage: StorageType, but name: String? = nil) -> Int64 {
        streams.values.reduce(0) { sum, stream in
            guard stream.configuration.storage == storage, stream.name != name else { return sum }
            return sum + max(0, stream.configuration.maxBytes)
        }
    }

    func report(_ error: StoreError, of stream: Stream) {
        host.log("JetStream of account \(name): stream \(stream.name): \(error.words)")
    }

    // MARK: Advisories

    /// Tells whoever listens what happened.
    ///
    /// - Parameters:
    ///   - subject: what follows `$JS.EVENT.ADVISORY.`.
    ///   - type: what follows `io.nats.jetstream.advisory.v1.`.
    func advise(_ subject: String, type: String, _ members: [JSONValue.Member]) {
        event("$JS.EVENT.ADVISORY." + subject, type: "io.nats.jetstream.advisory.v1." + type, members)
    }

    /// Tells whoever listens what was measured.
    func measure(_ subject: String, type: String, _ members: [JSONValue.Member]) {
        event("$JS.EVENT.METRIC." + subject, type: "io.nats.jetstream.metric.v1." + type, members)
    }

    private func event(_ subject: String, type: String, _ members: [JSONValue.Member]) {
        let target = Array(subject.utf8)
        guard target.withUnsafeBytes({ host.isWanted($0) }) else { return }
        var all: [JSONValue.Member] = [
            .init("type", .string(type)), .init("id", .string(NUID.next())),
            .init("timestamp", .string(GoTime(nanoseconds: host.now).text)),
        ]
        all += members
        if !members.contains(where: { $0.key == "account" || $0.key == "domain" }) {
            all.addText("domain", settings.domain)
        }
        host.send(to: target, body: JSONValue.object(all).encoded())
    }
}

/// Something that gets messages other than those that a stream stores.
protocol Receiver: AnyObject {
    /// Takes one that came by way of `pattern`. The bytes are lent for the time of the call.
    func received(
        on pattern: [UInt8],
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    )
}
