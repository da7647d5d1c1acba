import DequeModule

/// When unacknowledged messages are due again.
///
/// An entry says when a message was due at the time of the entry; whether it still is, the consumer's state says. Deadlines
/// mostly come in order and lie in a queue; those that don't lie in a heap.
struct AckTimers {
    struct Entry {
        var deadline: Int64
        var sequence: UInt64
    }

    private var queue: Deque<Entry> = []
    private var heap: [Entry] = []

    var count: Int { queue.count + heap.count }

    var first: Entry? {
        guard let second = heap.first else { return queue.first }
        guard let first = queue.first, first.deadline <= second.deadline else { return second }
        return first
    }

    mutating func add(_ sequence: UInt64, deadline: Int64) {
        let entry = Entry(deadline: deadline, sequence: sequence)
        guard let last = queue.last, last.deadline > deadline else { return queue.append(entry) }
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].deadline < heap[parent].deadline else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() {
        let isQueued = heap.first.map { second in queue.first.map { $0.deadline <= second.deadline } ?? false } ?? true
        if isQueued {
            _ = queue.popFirst()
        } else {
            removeFromHeap()
        }
    }

    mutating func removeAll() {
        queue.removeAll(keepingCapacity: true)
        heap.removeAll(keepingCapacity: true)
    }

    private mutating func removeFromHeap() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < heap.count, heap[left].deadline < heap[least].deadline { least = left }
            if left + 1 < heap.count, heap[left + 1].deadline < heap[least].deadline { least = left + 1 }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
