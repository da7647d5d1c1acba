import DequeModule

/// The connections that went last, for monitoring.
struct ClosedConnections {
    /// How many there may be.
    let limit: Int
    private var entries: Deque<ConnectionSnapshot> = []
    /// The oldest entries whose subscriptions have been forgotten.
    private var strippedCount = 0
    /// Bytes that the subscriptions of the other entries take, about.
    private var weight = 0

    /// What subscriptions may take in all. nats-server has no such bound; with one, clients cannot fill the memory by coming
    /// and going.
    private static let mostWeight = 32 << 20

    init(limit: Int) {
        self.limit = limit
    }

    /// Oldest first.
    var all: [ConnectionSnapshot] { Array(entries) }

    mutating func append(_ entry: ConnectionSnapshot) {
        var entry = entry
        entry.shadows = []
        entries.append(entry)
        weight += Self.weight(of: entry)
        while weight > Self.mostWeight, strippedCount < entries.count {
            weight -= Self.weight(of: entries[strippedCount])
            entries[strippedCount].subscriptions = []
            strippedCount += 1
        }
        guard entries.count > limit, let oldest = entries.popFirst() else { return }
        if strippedCount > 0 { strippedCount -= 1 } else { weight -= Self.weight(of: oldest) }
    }

    private static func weight(of entry: ConnectionSnapshot) -> Int {
        entry.subscriptions.reduce(0) {
            $0 + 128 + $1.subject.utf8.count + ($1.queue?.utf8.count ?? 0) + $1.sid.utf8.count
        }
    }
}
