import NATSSubjects
import NATSWire

/// One consumer of a stream: who gets which message when, and what was acknowledged.
///
/// It belongs to its stream's worker. ``work()`` delivers as much as may be delivered; it runs at the end of a turn in which
/// something changed.
package final class Consumer: Alarmed {
    let stream: Stream
    package internal(set) var configuration: ConsumerConfiguration
    package let name: String
    package let created: Int64
    let store: any ConsumerStateStore
    /// What the store says, which is asked all the time.
    let ledger: ConsumerLedger
    private(set) var filters: [SubjectFilter] = []

    /// The sequence in the stream that is looked at next.
    var next: UInt64 = 1
    /// How many messages from ``next`` on it is after; what is delivered is told of it.
    var numPending: Int = 0
    /// Everything up to here is counted in ``numPending``.
    var countedThrough: UInt64 = 0
    /// The last message of each subject, where that is what it begins with; the next one is the last element.
    var lastPerSubject: [UInt64] = []
    /// Where it goes on after ``lastPerSubject``.
    var resume: UInt64 = 0

    var redeliveries = RedeliveryQueue()
    /// Messages that were delivered as often as they may be and were not acknowledged.
    var exhausted: Set<UInt64> = []
    var ackTimers = AckTimers()
    var lastDelivery: Int64?
    var lastAcknowledgement: Int64?

    var waiting = WaitingRequests()
    /// When a client asked for something last.
    var lastRequest: Int64
    var pin = PinnedClient()
    var flow = FlowControl()
    var pace = Pace()
    /// Whether anybody is there to push to.
    var isActive = false
    var isReady = false
    /// What counts as now while messages are delivered: asking the clock takes as long as putting a message together.
    var moment: Int64 = 0
    /// Bytes that were delivered in this turn and wait to go out.
    var unsent = 0
    /// Whether acknowledgements wait to be kept.
    var isUnsaved = false
    var isClosed = false
    /// Whether clients do not see the name in the configuration. nats-server shows one that it chose itself only once it was read from
    /// the disk: a client takes a name that stands there for its own, and asks for it when it makes the consumer anew.
    var hidesName = false
    /// When the next heartbeat of a push consumer is due.
    var heartbeatAt = Int64.max
    /// When a consumer that nobody uses goes.
    var idleAt = Int64.max
    /// How long nobody may use it, 0 for ever.
    private(set) var idleThreshold: Int64 = 0
    package var alarm = Int64.max

    /// When a pause ends, `.max` where there is none.
    var pauseAlarm = Int64.max
    /// The number of the next delivery.
    var nextDelivery: UInt64 = 1

    let ackPrefix: [UInt8]
    /// The subject for acknowledgements of one delivery; how it begins stays.
    var ackSubject = LineBuffer()
    private(set) var deliverSubject: [UInt8] = []
    var sampling: Int

    init(
        _ configuration: ConsumerConfiguration,
        name: String,
        created: Int64,
        store: any ConsumerStateStore,
        stream: Stream
    ) {
        self.stream = stream
        self.configuration = configuration
        self.name = name
        self.created = created
        self.store = store
        ledger = store.ledger
        lastRequest = created
        ackPrefix = Array("$JS.ACK.\(stream.name).\(name).".utf8)
        sampling = configuration.samplePercent
        deliverSubject = Array(configuration.deliverSubject.utf8)
        setFilters()
        setIdleThreshold()
        if configuration.hasFlowControl { flow.isOn = true }
        ackPrefix.withUnsafeBytes { ackSubject.append($0) }
    }

    var account: AccountJetStream { stream.account }
    var host: any JetStreamHost { stream.host }
    var now: Int64 { stream.now }
    var isFiltered: Bool { !filters.isEmpty }
    var pendingCount: Int { ledger.state.pending.count - exhausted.count }

    /// What is kept beside the state, as JSON.
    static func metadata(_ configuration: ConsumerConfiguration, name: String, created: Int64) -> [UInt8] {
        JSONValue.object([
            .init("name", .string(name)), .init("config", configuration.json),
            .init("created", .string(GoTime(nanoseconds: created).text)),
        ]).encoded()
    }

    func setFilters() {
        let wanted = configuration.allFilters
        let origin = stream.configuration
        let takesOwnAlone = origin.mirror == nil && origin.sources.isEmpty && origin.subjectTransform == nil
        // Filters that are just the stream's subjects filter nothing.
        filters =
            takesOwnAlone && Set(wanted) == Set(origin.subjects) ? [] : wanted.map { SubjectFilter(Array($0.utf8)) }
    }

    /// Pushes to another subject from now on.
    func setDeliverSubject() {
        host.unwatchInterest(in: deliverSubject)
        deliverSubject = Array(configuration.deliverSubject.utf8)
        host.watchInterest(in: deliverSubject)
        checkInterest()
    }

    func takes(_ subject: [UInt8]) -> Bool {
        subject.withUnsafeBytes { filters.take($0) }
    }

    /// How long an ephemeral consumer that does not say stays without anybody who uses it.
    static let defaultIdleThreshold: Int64 = 5_000_000_000

    /// Ephemeral consumers go when nobody uses them; others only where they say so.
    func setIdleThreshold() {
        idleThreshold = configuration.inactiveThreshold
    }

    /// Says that there is something to do at the end of the turn.
    func markReady() {
        guard !isReady, !isClosed else { return }
        isReady = true
        stream.ready.append(self)
        stream.markDirty()
    }

    /// A message that the consumer is after came in.
    func messageAdded(_ sequence: UInt64) {
        if sequence > countedThrough {
            numPending += 1
            countedThrough = sequence
        }
        if configuration.isPull ? !waiting.isEmpty : isActive { markReady() }
    }

    /// A message went that was not acknowledged.
    func messageRemoved(_ sequence: UInt64, subject: [UInt8]) {
        if sequence >= next && (!isFiltered || takes(subject)) && sequence <= countedThrough {
            numPending = max(0, numPending - 1)
        }
        guard let pending = ledger.state.pending[sequence] else { return }
        let count = max(1, ledger.state.redelivered[sequence] ?? 0)
        let isWaited = exhausted.remove(sequence) == nil
        redeliveries.remove(sequence)
        store.record(.acknowledged(stream: sequence))
        if isWaited && stream.configuration.retention == .limits {
            terminatedAdvisory(sequence, dseq: pending.consumer, count: count, reason: Self.removedReason)
        }
        markReady()
    }

    /// Counts anew what it is after.
    func recount() {
        guard next <= stream.store.state.lastSequence else {
            numPending = 0
            countedThrough = stream.lastSequence
            return
        }
        stream.report { () throws(StoreError) in
            self.numPending = try self.stream.store.pending(
                from: self.next, matching: self.filters,
                lastPerSubject: self.configuration.deliverPolicy == .lastPerSubject)
            self.countedThrough = self.stream.lastSequence
        }
    }

    /// Whether every subject that it is after is covered by `pattern`.
    func isWithin(_ pattern: String) -> Bool {
        let all = configuration.allFilters
        return !all.isEmpty && all.allSatisfy { $0 == pattern || Subject.isCovered($0.utf8, by: pattern.utf8) }
    }

    /// Whether it is after subjects that `pattern` names.
    func overlaps(_ pattern: String) -> Bool {
        let all = configuration.allFilters
        return all.isEmpty
            || all.contains {
                Subject.isCovered(pattern.utf8, by: $0.utf8) || Subject.isCovered($0.utf8, by: pattern.utf8)
            }
    }

    /// Whether a message still has to be delivered or acknowledged.
    func needsAcknowledgement(of sequence: UInt64) -> Bool {
        let floor = ledger.state.acknowledged.stream
        switch configuration.ackPolicy {
        case .explicit:
            if sequence > floor, sequence >= next || ledger.state.pending[sequence] != nil { return true }
        case .none, .all, .flowControl:
            if sequence > floor && sequence >= min(next, floor + 1) {
                return true
            }
        }
        return ledger.state.redelivered[sequence] != nil
    }

    /// Messages before `first` were purged.
    ///
    /// - Parameter isWider: whether it is after more than what was purged, so that single messages may be gone.
    func streamPurged(from first: UInt64, isWider: Bool) throws(StoreError) {
        let start = first == 0 && !isWider ? stream.lastSequence + 1 : first
        if next < start { next = start }
        var gone: [UInt64] = []
        // Of what is pending behind the first message nothing is looked up; that shows when it is due again.
        let mayBeGone = ledger.state.acknowledged.stream < start
        for sequence in mayBeGone ? Array(ledger.state.pending.keys) : [] {
            if sequence < start {
                gone.append(sequence)
            } else if isWider, try stream.store.message(sequence) == nil {
                gone.append(sequence)
            }
        }
        if !gone.isEmpty { lastAcknowledgement = now }
        for sequence in gone {
            exhausted.remove(sequence)
            redeliveries.remove(sequence)
            store.record(.acknowledged(stream: sequence))
        }
        if ledger.state.pending.isEmpty, next > 0, ledger.state.acknowledged.stream < next - 1 {
            store.record(.reset(.init(consumer: ledger.state.delivered.consumer, stream: next - 1)))
        }
        lastPerSubject.removeAll { $0 < start }
        recount()
        markReady()
    }

    package func alarmRang(now: Int64) {
        guard !isClosed else { return }
        checkTimes(now: now)
        if !isClosed { markReady() }
    }
}
