import NIOCore

/// What waits to be written to one client. Lives behind its connection's outbox lock; see ``Connection``.
///
/// It may be sent from one thread to another, since what its pointer leads to is its own.
struct Outbox: @unchecked Sendable {
    /// Room for the bytes that nobody has taken yet, of which ``count`` are there. Nobody else holds it.
    private var storage: ByteBuffer
    /// Where the storage stands. Going through the buffer for each message took half of the time that delivering it does.
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private(set) var count = 0
    /// The number of bytes that the event loop has taken and that the socket has not.
    var inFlight = 0
    /// True from the first byte that is put into an empty outbox until the event loop takes it: a drain is on its way.
    var isDrainScheduled = false
    /// Set when the connection is going away: nothing is taken in any more.
    var isClosed = false
    /// Whether the client takes headers; settled by CONNECT, and read by those who put messages in.
    var takesHeaders = false
    /// What everything that is taken in is answered with: `accepted`, and more while messages are traced.
    var acceptance: Connection.Acceptance = .accepted
    var messages = 0
    var bytes = 0
    /// Whether messages for a client that falls behind are dropped, so that publishers need not wait for it.
    var dropsWhenNearlyFull = false
    /// Reply subjects that the client may publish to, with what was used of the leave.
    var replies: [[UInt8]: ReplyGrant] = [:]
    /// How long a leave lasts; nil for ever.
    var grantLifetime: TimeAmount?
    /// How many messages a leave is for; nil for any number.
    var grantLimit: Int?
    /// At how many leaves those are looked for that are over.
    private var nextPruning = 4_096
    /// How many leaves there may be. nats-server keeps any number of those that last for ever.
    private static let mostGrants = 262_144

    init(allocator: ByteBufferAllocator) {
        storage = allocator.buffer(capacity: 0)
    }

    /// Gives the client leave to publish to `reply`. Where it has that already, this takes one of the messages that the leave is
    /// for: nats-server finds out by asking for it, so that who hears a request twice may answer once less.
    mutating func grant(_ reply: [UInt8]) {
        if useGrant(reply) { return }
        if replies.count >= nextPruning { pruneReplies() }
        replies[reply] = ReplyGrant(granted: .now())
    }

    /// Whether the client has leave to publish to `reply`, once more.
    mutating func useGrant(_ reply: [UInt8]) -> Bool {
        guard var grant = replies[reply] else { return false }
        grant.used += 1
        let isSpent = grantLimit.map { grant.used > $0 } ?? false
        let isLate = grantLifetime.map { .now() - grant.granted > $0 } ?? false
        replies[reply] = isSpent || isLate ? nil : grant
        return !isSpent && !isLate
    }

    private mutating func pruneReplies() {
        if let grantLifetime {
            let now = NIODeadline.now()
            replies = replies.filter { now - $0.value.granted <= grantLifetime }
        }
        if replies.count >= Self.mostGrants {
            let newest = replies.sorted { $0.value.granted > $1.value.granted }.prefix(Self.mostGrants / 2)
            replies = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
        }
        nextPruning = min(Self.mostGrants, max(4_096, replies.count * 2))
    }

    /// The bytes that nats-server calls pending.
    var pending: Int { count &+ inFlight }

    /// Appends the pieces one after another.
    @inline(__always)
    mutating func append(
        _ head: UnsafeRawBufferPointer,
        _ sid: UnsafeRawBufferPointer,
        _ tail: UnsafeRawBufferPointer
    ) {
        let size = head.count &+ sid.count &+ tail.count
        if size > capacity &- count { makeRoom(for: size) }
        var place = base.unsafelyUnwrapped + count
        place.copyShort(head)
        place += head.count
        place.copyShort(sid)
        place += sid.count
        place.copyShort(tail)
        count &+= size
    }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        if bytes.count > capacity - count { makeRoom(for: bytes.count) }
        bytes.withUnsafeBytes { (base.unsafelyUnwrapped + count).copyShort($0) }
        count += bytes.count
    }

    /// Hands over everything that waits, and goes on with an empty buffer, which is used again.
    mutating func exchange(_ buffer: inout ByteBuffer) {
        storage.moveWriterIndex(to: count)
        swap(&storage, &buffer)
        count = 0
        findStorage()
    }

    @inline(never)
    private mutating func makeRoom(for size: Int) {
        storage.moveWriterIndex(to: count)
        // Twice as much or more each time.
        storage.reserveCapacity(count + size)
        findStorage()
    }

    private mutating func findStorage() {
        capacity = storage.capacity
        // The storage stays where it is until it is made larger or given away, since nobody else holds it.
        base = capacity == 0 ? nil : storage.withVeryUnsafeMutableBytes { $0.baseAddress }
    }
}

extension UnsafeMutableRawPointer {
    /// Copies `bytes`, which are few in most cases: then the call of `memcpy` would take longer than the copying.
    @inline(__always)
    fileprivate func copyShort(_ bytes: UnsafeRawBufferPointer) {
        let count = bytes.count
        let source = bytes.baseAddress.unsafelyUnwrapped
        if count > 64 {
            copyMemory(from: source, byteCount: count)
        } else if count >= 16 {
            var offset = 0
            while offset < count &- 16 {
                move(source, offset, SIMD16<UInt8>.self)
                offset &+= 16
            }
            // The last one may lie across the one before it.
            move(source, count &- 16, SIMD16<UInt8>.self)
        } else if count >= 8 {
            move(source, 0, UInt64.self)
            move(source, count &- 8, UInt64.self)
        } else {
            for offset in 0..<count { move(source, offset, UInt8.self) }
        }
    }

    @inline(__always)
    private func move<Value: BitwiseCopyable>(_ source: UnsafeRawPointer, _ offset: Int, _ type: Value.Type) {
        storeBytes(of: source.loadUnaligned(fromByteOffset: offset, as: type), toByteOffset: offset, as: type)
    }
}

/// A reply subject that a client may publish to because a request with it was delivered to it.
struct ReplyGrant {
    var granted: NIODeadline
    var used = 0
}
