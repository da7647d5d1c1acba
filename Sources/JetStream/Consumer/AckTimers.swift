/// When unacknowledged messages are due again: a heap of deadlines.
///
/// An entry says when a message was due at the time of the entry; whether it still is, the consumer's state says. Deadlines
/// mostly come in order, so that adding one mostly moves nothing.
struct AckTimers {
    struct Entry {
        var deadline: Int64
        var sequence: UInt64
    }

    private var heap: [Entry] = []

    var first: Entry? { heap.first }
    var count: Int { heap.count }

    mutating func add(_ sequence: UInt64, deadline: Int64) {
        heap.append(Entry(deadline: deadline, sequence: sequence))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].deadline < heap[parent].deadline else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() {
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

    mutating func removeAll() { heap.removeAll(keepingCapacity: true) }
}
