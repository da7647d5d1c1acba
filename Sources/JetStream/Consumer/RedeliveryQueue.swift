import DequeModule

/// The sequences that are to be delivered again, in order, each at most once.
struct RedeliveryQueue {
    private var order: Deque<UInt64> = []
    private var members: Set<UInt64> = []

    var isEmpty: Bool { members.isEmpty }
    var count: Int { members.count }

    func contains(_ sequence: UInt64) -> Bool { members.contains(sequence) }

    mutating func add(_ sequence: UInt64) {
        if members.insert(sequence).inserted { order.append(sequence) }
    }

    mutating func addFirst(_ sequence: UInt64) {
        if members.insert(sequence).inserted { order.prepend(sequence) }
    }

    /// Its place in the order is skipped when it comes up.
    mutating func remove(_ sequence: UInt64) {
        guard !members.isEmpty, members.remove(sequence) != nil else { return }
        if members.isEmpty { order.removeAll(keepingCapacity: true) }
        // A sequence that is added again must not come up at its old place.
        if let first = order.first, first == sequence {
            order.removeFirst()
        } else if let index = order.firstIndex(of: sequence) {
            order.remove(at: index)
        }
    }

    mutating func takeFirst() -> UInt64? {
        guard let first = order.popFirst() else { return nil }
        members.remove(first)
        return first
    }

    mutating func removeAll() {
        order.removeAll()
        members.removeAll()
    }

    /// Removes all before `sequence`.
    mutating func removeAll(before sequence: UInt64) {
        guard !members.isEmpty else { return }
        order.removeAll { $0 < sequence }
        members = Set(order)
    }
}
