/// Something that wants to be woken at a time.
protocol Alarmed: AnyObject {
    /// When it is woken next, `.max` for never; only ``AlarmClock`` sets it.
    var alarm: Int64 { get set }
    /// Does what is due, and sets the next alarm.
    func alarmRang(now: Int64)
}

/// Wakes streams and consumers of an account at their times: a heap of deadlines.
///
/// Each of them has one alarm at a time; setting it earlier leaves an entry in the heap that is skipped when it comes up.
struct AlarmClock {
    private struct Entry {
        var time: Int64
        var target: any Alarmed
    }

    private var heap: [Entry] = []

    /// When somebody is to be woken next, `nil` for never.
    var next: Int64? { heap.first?.time }

    /// How soon somebody is woken again at the earliest, so that nothing that can't be done now is tried without end.
    private static let shortest: Int64 = 1_000_000

    /// Wakes `target` at `time`, or at the time that it set before where that is earlier.
    mutating func set(_ target: any Alarmed, at wanted: Int64, now: Int64) {
        let time = wanted > now ? wanted : now + Self.shortest
        guard time < target.alarm else { return }
        target.alarm = time
        heap.append(Entry(time: time, target: target))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].time < heap[parent].time else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out the next one whose time has come.
    mutating func takeDue(now: Int64) -> (any Alarmed)? {
        while let first = heap.first, first.time <= now {
            removeFirst()
            guard first.target.alarm == first.time else { continue }
            first.target.alarm = .max
            return first.target
        }
        return nil
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].time < heap[least].time {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
