/// When messages with a time to live of their own end: a heap, earliest first.
struct ExpirationQueue {
    struct Entry: Hashable {
        var time: Int64
        var sequence: UInt64
    }

    private(set) var entries: [Entry] = []

    var next: Int64? { entries.first?.time }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if entries[parent].time <= entries[child].time { return }
            entries.swapAt(parent, child)
            child = parent
        }
    }

    /// Takes out the sequences whose time is at or before `now`, earliest first.
    mutating func take(until now: Int64) -> [UInt64] {
        var taken: [UInt64] = []
        while let first = entries.first, first.time <= now {
            taken.append(first.sequence)
            entries.swapAt(0, entries.count - 1)
            entries.removeLast()
            sink()
        }
        return taken
    }

    /// Drops the entries that `keep` refuses.
    mutating func filter(_ keep: (UInt64) -> Bool) {
        let kept = entries.filter { keep($0.sequence) }
        entries = []
        for entry in kept { insert(entry) }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var child = parent * 2 + 1
            guard child < entries.count else { return }
            if child + 1 < entries.count, entries[child + 1].time < entries[child].time { child += 1 }
            if entries[parent].time <= entries[child].time { return }
            entries.swapAt(parent, child)
            parent = child
        }
    }
}
