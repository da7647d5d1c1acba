import NATSSubjects

/// Where a message on one subject goes, found once and then only read: the subject, whether its publisher may use it, and
/// everybody who is interested.
///
/// It holds its targets strongly in ``owned`` and shows them as bare pointers, so that delivering retains nothing.
final class Route {
    /// The subject as it is published.
    let subject: UnsafeRawBufferPointer
    let hash: UInt64
    /// `MSG subject ` with the blank, and with an `H` before it: the beginning of every line that goes out. `MSG` starts at 1.
    /// The subject is the one that the account maps the published one to.
    let head: UnsafeRawBufferPointer
    /// What the publisher's permissions say, replies that it was granted aside.
    let mayPublish: Bool
    let targets: UnsafeBufferPointer<Unmanaged<Subscription>>
    let groups: [[Subscription]]
    /// Those who get the message in another way than by a plain subscription; nil where there are none.
    let extras: RouteExtras?
    /// Whether there is more than ``targets``.
    let hasMore: Bool
    /// Routes of which each message takes one, by their weights; empty where this one is the way.
    let alternatives: [(limit: Int, Route)]
    /// Whether the next message on the subject may go the same way, as long as no interest changes.
    let isSteady: Bool
    private let owned: [Subscription]
    /// The published subject, where ``head`` has another one.
    private let key: UnsafeMutableRawBufferPointer?

    /// - Parameter target: the subject under which the message goes on; nil for the published one.
    init(
        subject: UnsafeRawBufferPointer,
        target: [UInt8]? = nil,
        hash: UInt64,
        mayPublish: Bool,
        plain: [Subscription] = [],
        groups: [[Subscription]] = [],
        extras: RouteExtras? = nil,
        alternatives: [(limit: Int, Route)] = [],
        isSteady: Bool = true
    ) {
        let count = target?.count ?? subject.count
        let head = UnsafeMutableRawBufferPointer.allocate(byteCount: count + 6, alignment: 1)
        head.copyBytes(from: "HMSG ".utf8)
        let place = UnsafeMutableRawBufferPointer(rebasing: head[5..<count + 5])
        head[count + 5] = 0x20
        self.head = UnsafeRawBufferPointer(head)
        if let target {
            place.copyBytes(from: target)
            let key = UnsafeMutableRawBufferPointer.allocate(byteCount: subject.count, alignment: 1)
            key.copyMemory(from: subject)
            self.key = key
            self.subject = UnsafeRawBufferPointer(key)
        } else {
            place.copyMemory(from: subject)
            key = nil
            self.subject = UnsafeRawBufferPointer(place)
        }
        self.hash = hash
        self.mayPublish = mayPublish
        self.groups = groups
        self.extras = extras
        self.alternatives = alternatives
        self.isSteady = isSteady
        hasMore = !groups.isEmpty || extras != nil
        owned = plain
        let targets = UnsafeMutableBufferPointer<Unmanaged<Subscription>>.allocate(capacity: plain.count)
        for (index, subscription) in plain.enumerated() {
            targets.initializeElement(at: index, to: .passUnretained(subscription))
        }
        self.targets = UnsafeBufferPointer(targets)
    }

    /// The subject under which the message goes on.
    var target: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: head[5..<head.count - 1]) }

    deinit {
        head.deallocate()
        targets.deallocate()
        key?.deallocate()
    }
}

/// What a route leads to besides plain subscriptions in the publisher's own account.
final class RouteExtras {
    /// A subscription that takes the message, perhaps under a name of its own.
    struct Target {
        let subscription: Subscription
        /// `HMSG subject `; nil for the route's own.
        let head: [UInt8]?
    }

    /// Subscriptions of other accounts.
    let imported: [Target]
    /// Queue groups with members of other accounts.
    let groups: [[Target]]
    let services: [ServiceImport]
    /// Whether a message on this subject is an answer to another account, awaited or not.
    let isAnswer: Bool
    /// The answer that is awaited.
    let response: PendingResponse?

    init(
        imported: [Target],
        groups: [[Target]],
        services: [ServiceImport],
        isAnswer: Bool,
        response: PendingResponse?
    ) {
        self.imported = imported
        self.groups = groups
        self.services = services
        self.isAnswer = isAnswer
        self.response = response
    }

    /// `HMSG subject ` for a subscription that has the message under another name than `subject`.
    static func target(_ subscription: Subscription, _ subject: UnsafeRawBufferPointer) -> Target {
        let head = subscription.streamImport.map { Array("HMSG ".utf8) + $0.delivered(subject) + [0x20] }
        return Target(subscription: subscription, head: head)
    }
}

extension Account.Match {
    /// Moves out whatever is no plain way from a publisher to a subscriber; nil where there is nothing of the kind.
    ///
    /// - Parameters:
    ///   - subject: the one that was matched.
    ///   - responses: those of the account that it was matched in.
    mutating func takeExtras(_ subject: UnsafeRawBufferPointer, _ responses: ResponseRegistry) -> RouteExtras? {
        let isImported = { (subscription: Subscription) in subscription.streamImport != nil }
        let hasImports = plain.contains(where: isImported) || groups.contains { $0.contains(where: isImported) }
        let isAnswer = responses.covers(subject)
        guard hasImports || !services.isEmpty || isAnswer else { return nil }
        let extras = RouteExtras(
            imported: plain.filter(isImported).map { RouteExtras.target($0, subject) },
            groups: groups.filter { $0.contains(where: isImported) }.map { $0.map { RouteExtras.target($0, subject) } },
            services: services,
            isAnswer: isAnswer,
            response: isAnswer ? responses.owed(on: subject) : nil)
        plain.removeAll(where: isImported)
        groups.removeAll { $0.contains(where: isImported) }
        return extras
    }
}

/// The routes that one connection has used lately. Belongs to the connection's event loop.
///
/// A hash table that is emptied as a whole, when an interest changed or when it is full: a connection that publishes to
/// more subjects than it holds pays for a match now and then, never for bookkeeping.
struct RouteCache {
    static let capacity = 32_768
    /// How many bytes the subjects may take in all, so that very long ones do not fill the memory.
    static let mostBytes = 4 << 20

    /// The account's generation at which the routes were found.
    private(set) var generation: UInt64 = 0
    private var slots: [Route?] = []
    private var count = 0
    private var bytes = 0

    /// Forgets every route that is older than `generation`.
    mutating func move(to generation: UInt64) {
        self.generation = generation
        guard count > 0 else { return }
        count = 0
        bytes = 0
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
        if count >= Self.capacity || bytes > Self.mostBytes { move(to: generation) }
        if count * 2 >= slots.count { grow() }
        place(route)
        count += 1
        bytes += route.subject.count
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
