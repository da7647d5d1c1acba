import NATSWire

/// Reads a stream of another account or domain: by a consumer that is asked for over that one's API, and pushes to a subject here.
///
/// The consumer acknowledges nothing. Its deliveries are numbered, so that one that is missing shows, and it says once a second
/// that it is there; where it falls silent, another one takes its place and goes on after the last message that came.
final class ExternalFeed: Receiver, Alarmed {
    /// How often the consumer says that it is there, in nanoseconds.
    private static let heartbeat: Int64 = 1_000_000_000
    /// After so long a silence another consumer is asked for.
    private static let patience: Int64 = 10_000_000_000
    /// How soon that is at the earliest.
    private static let pause: Int64 = 2_000_000_000
    /// Nobody acknowledges, so nothing is to be delivered twice.
    private static let ackWait: Int64 = 22 * 3_600 * 1_000_000_000

    private weak var reader: StreamReader?
    private let source: StreamSource
    private let target: Stream
    private let isMirror: Bool
    private var inbox: [UInt8] = []
    private var deliver: [UInt8] = []
    /// The sequence that comes next; 0 where the source says where it begins.
    private var next: UInt64 = 0
    /// The number of the last delivery.
    private var deliveries: UInt64 = 0
    private var deadline = Int64.max
    private var isClosed = false
    /// When anything was heard of the origin last.
    private(set) var lastActive: Int64?
    /// How many messages wait there.
    private(set) var lag: UInt64 = 0
    /// Why the origin can't be read, as its API says it.
    private(set) var problem: JSONValue?
    var alarm = Int64.max

    init(_ reader: StreamReader) {
        self.reader = reader
        source = reader.source
        target = reader.target
        isMirror = reader.isMirror
    }

    private var account: AccountJetStream { target.account }
    private var now: Int64 { target.now }

    /// Asks for a consumer.
    ///
    /// - Parameter sequence: what it is to begin with, 0 for what the configuration says.
    func open(from sequence: UInt64) {
        next = sequence
        deliveries = 0
        inbox = Array("$JS.R.\(NUID.next())".utf8)
        let prefix = source.external.map(\.deliver) ?? ""
        deliver = Array("\(prefix.isEmpty ? "$JS" : prefix).\(isMirror ? "M" : "S").\(NUID.next().suffix(8))".utf8)
        account.subscribe(self, to: inbox)
        account.subscribe(self, to: deliver)
        let name = "JS_\(isMirror ? "MIRROR" : "SRC")_\(NUID.next().suffix(8))"
        let configuration = configuration(name: name)
        var api = "$JS.API.CONSUMER.CREATE.\(source.name)"
        if !configuration.filter.isEmpty { api += ".\(name).\(configuration.filter)" }
        if let external = source.external?.api, !external.isEmpty { api = external + api.dropFirst("$JS.API".count) }
        let request = JSONValue.object([
            .init("stream_name", .string(source.name)), .init("config", configuration.json),
        ])
        deadline = now + Self.patience
        setAlarm()
        account.host.send(
            to: Array(api.utf8), reply: inbox, header: Array("NATS/1.0\r\nNats-Required-Api-Level: 4\r\n\r\n".utf8),
            body: request.encoded())
    }

    private func configuration(name: String) -> ConsumerConfiguration {
        var configuration = ConsumerConfiguration()
        configuration.name = name
        configuration.deliverSubject = String(decoding: deliver, as: UTF8.self)
        configuration.ackPolicy = .none
        configuration.ackWait = Self.ackWait
        configuration.maxDeliver = 1
        configuration.heartbeat = Self.heartbeat
        configuration.hasFlowControl = true
        configuration.isDirect = true
        configuration.isSourcing = true
        configuration.inactiveThreshold = Self.patience
        if next > 0 {
            configuration.deliverPolicy = .byStartSequence
            configuration.startSequence = next
        } else if source.startSequence > 0 {
            configuration.deliverPolicy = .byStartSequence
            configuration.startSequence = source.startSequence
        } else if let time = source.startTime {
            configuration.deliverPolicy = .byStartTime
            configuration.startTime = time
        }
        let filters = source.transforms.map { $0.source.isEmpty ? ">" : $0.source }
        if !source.filter.isEmpty {
            configuration.filter = source.filter
        } else if filters.count == 1 {
            configuration.filter = filters[0]
        } else {
            configuration.filters = filters
        }
        return configuration
    }

    private func unsubscribe() {
        account.unsubscribe(from: inbox)
        account.unsubscribe(from: deliver)
    }

    func close() {
        isClosed = true
        unsubscribe()
    }

    /// Asks for another consumer, and goes on with it.
    func reopen(from sequence: UInt64) {
        guard !isClosed else { return }
        unsubscribe()
        open(from: sequence)
    }

    private func setAlarm() {
        account.alarms.set(self, at: deadline, now: now)
    }

    func alarmRang(now: Int64) {
        guard !isClosed else { return }
        if deadline <= now { reopen(from: next) } else { setAlarm() }
    }

    // MARK: What comes

    func received(
        on pattern: [UInt8],
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        guard !isClosed else { return }
        if pattern == inbox { return takeAnswer(header: header, body: Array(body)) }
        lastActive = now
        deadline = now + Self.patience
        if body.isEmpty, header.starts(with: "NATS/1.0 100".utf8) {
            takeStatus(header, reply: reply)
        } else if let place = DeliveryPlace(reply) {
            take(place, subject: subject, header: header, body: body)
        }
    }

    private func takeAnswer(header: UnsafeRawBufferPointer, body: [UInt8]) {
        account.unsubscribe(from: inbox)
        let answer = try? JSONValue(parsing: body)
        if let error = answer?["error"] {
            problem = error
        } else if answer?["config"] == nil {
            problem = JetStreamError(.streamNotFound).json
        } else {
            problem = nil
            lastActive = now
            let delivered = answer?["delivered"]?["stream_seq"]?.count ?? 0
            if isMirror, delivered > target.lastSequence, target.store.state.messages == 0 {
                target.report { () throws(StoreError) in try self.target.store.compact(to: delivered + 1) }
                target.lastSequence = delivered
            }
            return
        }
        deadline = now + Self.pause
        setAlarm()
    }

    private func takeStatus(_ header: UnsafeRawBufferPointer, reply: UnsafeRawBufferPointer) {
        if !reply.isEmpty { account.host.send(to: Array(reply)) }
        let last = MessageHeaders(header).lastConsumerSequence.number ?? deliveries
        if last > deliveries { reopen(from: next) }
    }

    private func take(
        _ place: DeliveryPlace,
        subject: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        // A delivery that is missing is asked for anew; one that came before is passed over.
        guard place.delivery == deliveries + 1 else {
            if place.delivery > deliveries { reopen(from: next) }
            return
        }
        deliveries = place.delivery
        guard place.sequence >= next else { return }
        let message = StoredMessage(
            sequence: place.sequence, timestamp: place.timestamp, subject: Array(subject), header: Array(header),
            body: Array(body))
        target.report { () throws(StoreError) in
            guard try self.reader?.accept(message) == true else { return }
            self.next = place.sequence + 1
            self.lag = place.pending
        }
    }
}

/// Where a delivered message stands, from its reply subject.
struct DeliveryPlace {
    let sequence: UInt64
    let delivery: UInt64
    let timestamp: Int64
    let pending: UInt64

    init?(_ reply: UnsafeRawBufferPointer) {
        let tokens = reply.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard tokens.count == 9 || tokens.count >= 11, tokens[0].elementsEqual("$JS".utf8) else { return nil }
        let first = tokens.count == 9 ? 5 : 7
        let numbers = tokens[first..<first + 4].map { UnsafeRawBufferPointer(rebasing: $0).number }
        guard let sequence = numbers[0], let delivery = numbers[1], let time = numbers[2], let pending = numbers[3]
        else { return nil }
        self.sequence = sequence
        self.delivery = delivery
        timestamp = Int64(clamping: time)
        self.pending = pending
    }
}
