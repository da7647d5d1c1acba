import NATSSubjects

/// Where a message on one subject goes, found once and then only read: the subject, whether its publisher may use it, and
/// everybody who is interested.
///
/// It holds its targets strongly in ``owned`` and shows them as bare pointers, so that delivering retains nothing.
final class Route {
    let subject: UnsafeRawBufferPointer
    let hash: UInt64
    /// `MSG subject ` with the blank, and with an `H` before it: the beginning of every line that goes out. `MSG` starts at 1.
    let head: UnsafeRawBufferPointer
    /// What the publisher's permissions say, replies that it was granted aside.
    let mayPublish: Bool
    let targets: UnsafeBufferPointer<Unmanaged<Subscription>>
    let groups: [[Subscription]]
    private let owned: [Subscription]

    init(
        subject: UnsafeRawBufferPointer,
        hash: UInt64,
        mayPublish: Bool,
        plain: [Subscription],
        groups: [[Subscription]]
    ) {
        let head = UnsafeMutableRawBufferPointer.allocate(byteCount: subject.count + 6, alignment: 1)
        head.copyBytes(from: "HMSG ".utf8)
        UnsafeMutableRawBufferPointer(rebasing: head[5...]).copyMemory(from: subject)
        head[subject.count + 5] = 0x20
        self.head = UnsafeRawBufferPointer(head)
        self.subject = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(head)[5..<subject.count + 5])
        self.hash = hash
        self.mayPublish = mayPublish
        self.groups = groups
        owned = plain
        let targets = UnsafeMutableBufferPointer<Unmanaged<Subscription>>.allocate(capacity: plain.count)
        for (index, subscription) in plain.enumerated() {
            targets.initializeElement(at: index, to: .passUnretained(subscription))
        }
        self.targets = UnsafeBufferPointer(targets)
    }

    deinit {
        head.deallocate()
        targets.deallocate()
    }
}

/// The routes that one connection has used lately. Belongs to the connection's event loop.
///
/// A hash table that is emptied as a whole, when an interest changed or when it is full: a connection that publishes to
/// more subjects than it holds pays for a match now and then, never for bookkeeping.
struct RouteCache {
    static let capacity = 32_768

    /// The account's generation at which the routes were found.
    private(set) var generation: UInt64 = 0
    private var slots: [Route?] = []
    private var count = 0

    /// Forgets every route that is older than `generation`.
    mutating func move(to generation: UInt64) {
        self.generation = generation
        guard count > 0 else { return }
        count = 0
        for index in slots.indices { slots[index] = nil }
    }

    func route(for subject: UnsafeRawBufferPointer, hash: UInt64) -> Route? {
        if slots.isEmpty { return nil }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while let route = slots[slot] {
            if route.hash == hash && ByteHash.equal(route.subject, subject) { return route }
            slot = (slot + 1) & mask
        }
        return nil
    }

    mutating func add(_ route: Route) {
        if count >= Self.capacity { move(to: generation) }
        if count * 2 >= slots.count { grow() }
        place(route)
        count += 1
    }

    private mutating func grow() {
        let old = slots
        slots = [Route?](repeating: nil, count: max(16, old.count * 2))
        for case let route? in old { place(route) }
    }

    private mutating func place(_ route: Route) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: route.hash) & mask
        while slots[slot] != nil { slot = (slot + 1) & mask }
        slots[slot] = route
    }
}
