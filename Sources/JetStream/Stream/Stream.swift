import NATSSubjects
import NATSWire

/// One stream: takes messages in, keeps what its limits allow, and wakes its consumers.
///
/// It belongs to the worker of its account. What it takes in during a turn is acknowledged and delivered when the turn ends
/// (``endTurn()``), after the store has written it.
package final class Stream: Alarmed {
    let account: AccountJetStream
    package internal(set) var configuration: StreamConfiguration
    /// When it was made, in nanoseconds since 1970.
    package let created: Int64
    let store: any StreamStore
    /// Where it lies, which never changes.
    let storage: StorageType
    /// The sequence of the last message, which the store need not hold any more, or never did.
    var lastSequence: UInt64
    /// When it came, in nanoseconds since 1970; 0 where there was none.
    var lastTime: Int64
    /// The identifier of the last message, empty where it had none.
    var lastMessageID: [UInt8] = []
    var ids = MessageIDs()
    /// Batches of which the end has not come, by their identifiers.
    var batches: [[UInt8]: AtomicBatch] = [:]
    /// Whether there may be messages whose identifiers are not known.
    var isForgetful: Bool
    var outgoing = Outgoing()
    /// How acknowledgements begin.
    let acknowledgementPrefix: [UInt8]
    private(set) var inputTransform: SubjectTransform?
    private(set) var inputFilter: SubjectFilter?
    private(set) var republishTransform: SubjectTransform?
    private(set) var republishFilter: SubjectFilter?

    var consumers: [String: Consumer] = [:]
    /// Consumers that are after every subject.
    var openConsumers: [Consumer] = []
    /// Consumers that are after some subjects.
    var filteredConsumers = SubjectTree<Consumer>()
    /// Consumers that have something to do at the end of the turn.
    var ready: [Consumer] = []
    /// Readers of other streams that take from this one.
    var followers: [StreamReader] = []
    /// What this stream takes from others.
    var mirror: StreamReader?
    var sources: [StreamReader] = []

    /// How many bytes of it ``AccountJetStream/usage`` has.
    private var counted: Int64 = 0
    var isDirty = false
    var isClosed = false
    /// Where the oldest message stands that may be too old.
    var ageCursor: UInt64 = 0
    package var alarm = Int64.max

    init(
        _ configuration: StreamConfiguration,
        created: Int64,
        store: any StreamStore,
        account: AccountJetStream
    ) {
        self.account = account
        self.configuration = configuration
        self.created = created
        self.store = store
        storage = configuration.storage
        lastSequence = store.state.lastSequence
        lastTime = store.state.lastTimestamp
        isForgetful = store.state.messages > 0
        let domain = account.settings.domain
        let members: [JSONValue.Member] =
            [.init("stream", .string(configuration.name))]
            + (domain.isEmpty ? [] : [.init("domain", .string(domain))]) + [.init("seq", 0)]
        // Without the sequence and the brace behind it.
        acknowledgementPrefix = JSONValue.object(members).encoded().dropLast(2)
        setTransforms()
    }

    var name: String { configuration.name }
    var host: any JetStreamHost { account.host }
    var now: Int64 { account.host.now }

    /// What is kept beside the messages, as JSON: the configuration and when it was made.
    static func metadata(_ configuration: StreamConfiguration, created: Int64) -> [UInt8] {
        JSONValue.object([
            .init("config", configuration.json), .init("created", .string(GoTime(nanoseconds: created).text)),
        ]).encoded()
    }

    func setTransforms() {
        inputTransform = configuration.subjectTransform.flatMap {
            try? SubjectTransform(from: $0.source, to: $0.destination)
        }
        inputFilter = inputTransform.map { SubjectFilter(Array($0.source.utf8)) }
        republishTransform = configuration.republish.flatMap {
            try? SubjectTransform(from: $0.source, to: $0.destination.isEmpty ? ">" : $0.destination)
        }
        republishFilter = republishTransform.map { SubjectFilter(Array($0.source.utf8)) }
    }

    /// Says that the stream has something to do at the end of the turn.
    func markDirty() {
        guard !isDirty else { return }
        isDirty = true
        account.dirty.append(self)
    }

    /// How many bytes the stream holds that are not counted yet.
    var uncounted: Int64 { isClosed ? 0 : Int64(clamping: store.state.bytes) - counted }

    /// Counts what the stream holds; nothing where it is closed.
    func count() {
        let bytes = isClosed ? 0 : Int64(clamping: store.state.bytes)
        account.usage[storage] += bytes - counted
        account.serverUsage.add(bytes - counted, to: storage)
        counted = bytes
    }

    /// Writes what came in, acknowledges it, and lets consumers deliver.
    func endTurn() {
        isDirty = false
        guard !isClosed else { return }
        for reader in readers { reader.seek() }
        do throws(StoreError) {
            // What nobody was interested in has a sequence all the same, which must not be given again.
            if lastSequence > store.state.lastSequence {
                try store.skip(to: lastSequence, timestamp: max(lastTime, store.state.lastTimestamp))
            }
            try store.flush(sync: account.syncsAlways && configuration.persistMode != .async)
            outgoing.flush(to: host)
        } catch {
            account.report(error, of: self)
            outgoing.flush(to: host, failure: refusal(JetStreamError(.streamStoreFailed, error.words)))
            comeToTerms()
        }
        count()
        for reader in followers { reader.follow() }
        // Delivering may make a consumer ready again: it has its chance in the next turn.
        let due = ready
        ready = []
        for consumer in due { consumer.work() }
    }

    /// After the store took back what it could not write.
    private func comeToTerms() {
        lastSequence = store.state.lastSequence
        lastTime = store.state.lastTimestamp
        ids.forget(after: lastSequence)
        for consumer in consumers.values { consumer.recount() }
    }

    /// The answer to a message that is not taken in.
    func refusal(_ error: JetStreamError) -> [UInt8] {
        JSONValue.object([.init("error", error.json), .init("stream", .string(name)), .init("seq", 0)]).encoded()
    }

    package func alarmRang(now: Int64) {
        guard !isClosed else { return }
        expire(now: now)
        ids.expire(before: now - configuration.duplicateWindow)
        expireBatches(now: now)
        setAlarm()
        markDirty()
    }

    /// Asks to be woken when the next message or identifier is too old.
    func setAlarm() {
        var next = store.nextExpiration ?? .max
        if configuration.maxAge > 0, store.state.messages > 0 {
            next = min(next, oldestToExpire + configuration.maxAge)
        }
        for batch in batches.values { next = min(next, batch.deadline) }
        if let oldest = ids.oldest { next = min(next, oldest + configuration.duplicateWindow) }
        if next < .max { account.alarms.set(self, at: next, now: now) }
    }
}

extension StoreError {
    /// What publishers are told.
    var words: String {
        switch self {
        case .noSpace: "no space left on device"
        case .system(let call, let path, let errno): "\(call) \(path): error \(errno)"
        case .corrupt(let path, let offset, let reason): "\(path) at \(offset): \(reason)"
        default: "store is closed"
        }
    }
}
