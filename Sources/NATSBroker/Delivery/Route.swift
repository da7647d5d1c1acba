import NATSSubjects

/// Where a message on one subject goes, found once and then only read: the subject, whether its publisher may use it, and
/// everybody who is interested.
///
/// It holds its targets strongly in ``owned`` and shows them as bare pointers, so that delivering retains nothing. What each message
/// needs comes first and lies together, so that going from subject to subject touches little memory.
final class Route {
    /// The subject as it is published.
    let subject: UnsafeRawBufferPointer
    /// `MSG subject ` with the blank, and with an `H` before it: the beginning of every line that goes out. `MSG` starts at 1.
    /// The subject is the one that the account maps the published one to.
    let head: UnsafeRawBufferPointer
    let targets: UnsafeBufferPointer<Unmanaged<Subscription>>
    /// What the publisher's permissions say, replies that it was granted aside.
    let mayPublish: Bool
    /// Whether there is more than ``targets``.
    let hasMore: Bool
    /// Whether nobody gets the message.
    let endsHere: Bool
    /// Whether the next message on the subject may go the same way, as long as no interest changes.
    let isSteady: Bool
    let groups: [[Subscription]]
    /// Those who get the message in another way than by a plain subscription; nil where there are none.
    let extras: RouteExtras?
    /// Routes of which each message takes one, by their weights; empty where this one is the way.
    let alternatives: [(limit: Int, Route)]
    let hash: UInt64
    private let owned: [Subscription]
    /// The bytes of ``targets``, ``head`` and, where that has another one, ``subject``.
    private let memory: UnsafeMutableRawBufferPointer

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
        let targetsEnd = plain.count * MemoryLayout<Unmanaged<Subscription>>.stride
        let headEnd = targetsEnd + count + 6
        memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: headEnd + (target == nil ? 0 : subject.count),
            alignment: MemoryLayout<Unmanaged<Subscription>>.alignment)
        let head = UnsafeMutableRawBufferPointer(rebasing: memory[targetsEnd..<headEnd])
        head.copyBytes(from: "HMSG ".utf8)
        let place = UnsafeMutableRawBufferPointer(rebasing: head[5..<count + 5])
        head[count + 5] = 0x20
        self.head = UnsafeRawBufferPointer(head)
        if let target {
            place.copyBytes(from: target)
            let key = UnsafeMutableRawBufferPointer(rebasing: memory[headEnd...])
            key.copyMemory(from: subject)
            self.subject = UnsafeRawBufferPointer(key)
        } else {
            place.copyMemory(from: subject)
            self.subject = UnsafeRawBufferPointer(place)
        }
        self.hash = hash
        self.mayPublish = mayPublish
        self.groups = groups
        self.extras = extras
        self.alternatives = alternatives
        self.isSteady = isSteady
        hasMore = !groups.isEmpty || extras != nil
        endsHere = plain.isEmpty && !hasMore
        owned = plain
        let targets = UnsafeMutableRawBufferPointer(rebasing: memory[..<targetsEnd])
            .bindMemory(to: Unmanaged<Subscription>.self)
        for (index, subscription) in plain.enumerated() {
            targets.initializeElement(at: index, to: .passUnretained(subscription))
        }
        self.targets = UnsafeBufferPointer(targets)
    }

    /// The subject under which the message goes on.
    var target: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: head[5..<head.count - 1]) }

    /// About how many bytes it takes.
    var weight: Int {
        memory.count + (owned.count + groups.reduce(0) { $0 + $1.count }) * MemoryLayout<Subscription>.stride
    }

    deinit {
        memory.deallocate()
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
    /// How many bytes the routes may take in all, so that very long subjects and those that very many listen to do not fill the memory.
    static let mostBytes = 16 << 20

    private struct Slot {
        /// Beside the route, so that only the one that is looked for is touched.
        var hash: UInt64 = 0
        var route: Route?
    }

    /// The account's generation at which the routes were found.
    private(set) var generation: UInt64 = 0
    private var slots: [Slot] = []
    private var count = 0
    /// Where acknowledgements go, whatever they acknowledge; `.some(nil)` where not all of them go to the same place.
    var acknowledgements: MessageIntake.Target??
    /// The route that was found last for a subject that hardly comes again. It has no slot, so as not to push out those that do.
    private var passing: Route?
    private var bytes = 0

    /// Forgets every route that is older than `generation`.
    mutating func move(to generation: UInt64) {
        self.generation = generation
        passing = nil
        acknowledgements = nil
        guard count > 0 else { return }
        count = 0
        bytes = 0
        for index in slots.indices { slots[index] = Slot() }
    }

    func route(for subject: UnsafeRawBufferPointer, hash: UInt64) -> Route? {
        if slots.isEmpty { return nil }
        return slots.withUnsafeBufferPointer { slots in
            let mask = slots.count &- 1
            var slot = Int(truncatingIfNeeded: hash) & mask
            while true {
                if slots[slot].hash == hash, let route = slots[slot].route, ByteHash.equal(route.subject, subject) {
                    return route
                }
                if slots[slot].route == nil { return nil }
                slot = (slot &+ 1) & mask
            }
        }
    }

    /// Keeps a route; that of a subject which hardly comes again only until the next one of that kind.
    mutating func add(_ route: Route) {
        if Self.isPassing(route.subject) {
            passing = route
            return
        }
        if count >= Self.capacity || bytes > Self.mostBytes { move(to: generation) }
        if count * 3 >= slots.count * 2 { grow() }
        place(route)
        count += 1
        bytes += route.weight
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: max(16, old.count * 2))
        for slot in old { if let route = slot.route { place(route) } }
    }

    private mutating func place(_ route: Route) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: route.hash) & mask
        while slots[slot].route != nil { slot = (slot + 1) & mask }
        slots[slot] = Slot(hash: route.hash, route: route)
    }

    /// Whether a subject is mostly used once: that of an acknowledgement, or of the answer to one of many requests that share an
    /// inbox.
    private static func isPassing(_ subject: UnsafeRawBufferPointer) -> Bool {
        if subject.begins(with: "_INBOX.") { return subject[7...].contains(Subject.dot) }
        return subject.begins(with: Connection.acknowledgements)
    }
}
