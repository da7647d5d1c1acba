import NATSSubjects
import NATSWire

/// Takes messages from one stream over to another one: a mirror, or one of several sources.
///
/// A stream of the same account is read as it lies there, one of another account or domain through an ``ExternalFeed``. A mirror keeps sequences and times of its origin; a source adds a header that says where a message came from.
final class StreamReader: Alarmed {
    let source: StreamSource
    let isMirror: Bool
    let target: Stream
    private(set) weak var origin: Stream?
    private let filters: [SubjectFilter]
    private let transforms: [(filter: SubjectFilter, transform: SubjectTransform?)]
    /// The sequence in the origin that comes next; 0 where that is not known before the origin is there.
    private var next: UInt64
    /// How many messages are held in memory at a time.
    private static let batch = 1_000
    /// When the origin was heard of last.
    private var lastActive: Int64?
    private var takenAny = false
    /// Whether the origin was looked for.
    private var wasSought = false
    private var feed: ExternalFeed?
    /// Whether a message could not be stored; it is tried again after a while.
    private var isStuck = false
    /// How long that while is, in nanoseconds.
    private static let pause: Int64 = 2_000_000_000
    var alarm = Int64.max

    /// - Parameter resumed: the last sequence of the origin that the target holds already, 0 for none.
    init(_ source: StreamSource, isMirror: Bool, target: Stream, resumed: UInt64) {
        self.source = source
        self.isMirror = isMirror
        self.target = target
        next = resumed == 0 ? 0 : resumed + 1
        let rules = source.transforms.map { rule in
            let pattern = rule.source.isEmpty ? ">" : rule.source
            return (
                filter: SubjectFilter(Array(pattern.utf8)),
                transform: rule.destination.isEmpty
                    ? nil : try? SubjectTransform(from: pattern, to: rule.destination)
            )
        }
        transforms = rules
        filters = source.filter.isEmpty ? rules.map(\.filter) : [SubjectFilter(Array(source.filter.utf8))]
    }

    /// Begins, or goes on, with the stream that it takes from, where that is there.
    func seek() {
        wasSought = true
        if source.external != nil && feed == nil {
            let feed = ExternalFeed(self)
            self.feed = feed
            feed.open(from: next)
        }
        guard origin == nil, source.external == nil, let stream = target.account.streams[source.name],
            stream !== target
        else { return }
        origin = stream
        lastActive = target.now
        stream.followers.append(self)
        if next == 0 {
            next = max(1, source.startSequence)
            if let time = source.startTime {
                target.report { () throws(StoreError) in self.next = try stream.store.sequence(at: time.nanoseconds) }
            }
        }
        follow()
    }

    func detach() {
        origin?.followers.removeAll { $0 === self }
        origin = nil
        feed?.close()
        feed = nil
    }

    func alarmRang(now: Int64) {
        isStuck = false
        follow()
        feed?.reopen(from: next)
    }

    private func stick() {
        isStuck = true
        target.account.alarms.set(self, at: target.now + Self.pause, now: target.now)
    }

    /// Takes over everything that is new.
    func follow() {
        guard let origin, !origin.isClosed, !target.isClosed, !isStuck else { return }
        target.report { () throws(StoreError) in
            while try self.takeSome(from: origin) {}
        }
    }

    /// - Returns: whether there may be more.
    private func takeSome(from origin: Stream) throws(StoreError) -> Bool {
        var taken: [StoredMessage] = []
        try origin.store.visit(from: next, matching: filters) { view in
            taken.append(view.message)
            return taken.count < Self.batch
        }
        for message in taken {
            guard try accept(message) else { return false }
            // In a work queue, what was taken over is done with.
            if origin.configuration.retention != .limits { origin.acknowledged(message.sequence) }
        }
        return taken.count == Self.batch
    }

    /// Takes one message over, the next one.
    ///
    /// - Returns: false where there is no room for it now.
    func accept(_ message: StoredMessage) throws(StoreError) -> Bool {
        guard !isStuck, !target.isClosed else { return false }
        guard try take(message) else {
            stick()
            return false
        }
        next = message.sequence + 1
        takenAny = true
        lastActive = target.now
        return true
    }

    private func take(_ message: StoredMessage) throws(StoreError) -> Bool {
        var subject = message.subject
        let rule = transforms.first { rule in subject.withUnsafeBytes { rule.filter.takes($0) } }
        if let transform = rule?.transform { subject = transform.apply(subject) }
        if isMirror {
            try keepMirrored(message, subject: subject)
            return true
        }
        return keepSourced(message, subject: subject)
    }

    private func keepMirrored(_ message: StoredMessage, subject: [UInt8]) throws(StoreError) {
        guard message.sequence > target.lastSequence else { return }
        if target.lastSequence == 0 && target.store.state.messages == 0 && message.sequence > 1 {
            try target.store.compact(to: message.sequence)
        }
        let header = HeaderWriter.taken(over: message.header, isSource: false)
        let seconds = header.withUnsafeBytes { block -> Int64 in
            let header = MessageHeaders(block).timeToLive
            return header.isEmpty ? 0 : TimeToLive.seconds(header) ?? 0
        }
        try subject.withBytes { subject throws(StoreError) in
            try header.withBytes { header throws(StoreError) in
                try message.body.withBytes { body throws(StoreError) in
                    try self.target.append(
                        sequence: message.sequence, time: message.timestamp, timeToLive: seconds, subject: subject,
                        header: header, body: body)
                }
            }
        }
    }

    /// - Returns: false where it could not be stored.
    private func keepSourced(_ message: StoredMessage, subject: [UInt8]) -> Bool {
        var writer = HeaderWriter(HeaderWriter.taken(over: message.header, isSource: true))
        let original = String(decoding: message.subject, as: UTF8.self)
        var parts = [source.indexOrigin, String(message.sequence), source.indexFilters, original]
        if !originIdentity.isEmpty { parts.append(originIdentity) }
        writer.add("Nats-Stream-Source", parts.joined(separator: " ").utf8)
        let header = writer.finished()
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        do throws(JetStreamError) {
            try subject.withBytes { subject throws(JetStreamError) in
                try header.withBytes { header throws(JetStreamError) in
                    try message.body.withBytes { body throws(JetStreamError) in
                        try self.target.accept(
                            subject: subject, reply: nothing, header: header, body: body, isOwn: true)
                    }
                }
            }
            return true
        } catch {
            target.host.log(
                "stream \(target.name): a message of \(source.name) was not taken over: \(error.description)")
            return false
        }
    }

    /// Tells streams of one name apart that were made one after the other.
    private var originIdentity: String {
        origin.map { StreamIdentity.text(name: $0.name, created: $0.created) } ?? ""
    }

    /// How many messages of the origin are not taken over yet.
    private var lag: UInt64 {
        if let feed { return feed.lag }
        guard let origin, origin.lastSequence >= next, next > 0 else { return 0 }
        return origin.lastSequence - next + 1
    }

    /// The reader as infos show it.
    var json: JSONValue {
        var members: [JSONValue.Member] = [.init("name", .string(source.name))]
        if let external = source.external { members.append(.init("external", external.json)) }
        members.append(.init("lag", .int(feed == nil && (isMirror || !filters.isEmpty) ? 0 : Int64(clamping: lag))))
        if !isMirror, next > 1, takenAny { members.append(.init("seq", .int(Int64(clamping: next - 1)))) }
        let lastActive = feed?.lastActive ?? self.lastActive
        members.append(.init("active", .int(lastActive.map { target.now - $0 } ?? -1)))
        if let problem = feed?.problem { members.append(.init("error", problem)) }
        if wasSought && origin == nil && feed == nil {
            members.append(.init("error", JetStreamError(.streamNotFound).json))
        }
        // A mirror names its filter once it looked for its origin.
        if !isMirror || wasSought { members.addText("filter_subject", source.filter) }
        if !source.transforms.isEmpty {
            members.append(.init("subject_transforms", .array(source.transforms.map(\.json))))
        }
        return .object(members)
    }
}

/// A short name of one stream's life.
enum StreamIdentity {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    static func text(name: String, created: Int64) -> String { hash("\(name) \(created)") }

    /// Eight letters and digits that depend on all of `text`.
    static func hash(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var letters: [UInt8] = []
        for _ in 0..<8 {
            letters.append(alphabet[Int(hash % 62)])
            hash /= 62
        }
        return String(decoding: letters, as: UTF8.self)
    }
}
