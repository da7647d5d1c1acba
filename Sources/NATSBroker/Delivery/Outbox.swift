import NIOCore

/// What waits to be written to one client. Lives behind its connection's outbox lock; see ``Connection``.
struct Outbox {
    /// Bytes that nobody has taken yet.
    var buffer: ByteBuffer
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
    /// At how many leaves those are looked for that are over.
    private var nextPruning = 4_096
    /// How many leaves there may be. nats-server keeps any number of those that last for ever.
    private static let mostGrants = 262_144

    init(allocator: ByteBufferAllocator) {
        buffer = allocator.buffer(capacity: 0)
    }

    /// Gives the client leave to publish to `reply`.
    mutating func grant(_ reply: [UInt8]) {
        if replies.count >= nextPruning { pruneReplies() }
        replies[reply] = ReplyGrant(granted: .now())
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
    var pending: Int { buffer.readableBytes + inFlight }

    /// Appends the pieces one after another.
    @inline(__always)
    mutating func append(
        _ head: UnsafeRawBufferPointer,
        _ sid: UnsafeRawBufferPointer,
        _ tail: UnsafeRawBufferPointer
    ) {
        let count = head.count &+ sid.count &+ tail.count
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            var place = target.baseAddress.unsafelyUnwrapped
            place.copyMemory(from: head.baseAddress.unsafelyUnwrapped, byteCount: head.count)
            place += head.count
            place.copyMemory(from: sid.baseAddress.unsafelyUnwrapped, byteCount: sid.count)
            place += sid.count
            place.copyMemory(from: tail.baseAddress.unsafelyUnwrapped, byteCount: tail.count)
            return count
        }
    }
}

/// A reply subject that a client may publish to because a request with it was delivered to it.
struct ReplyGrant {
    var granted: NIODeadline
    var used = 0
}
