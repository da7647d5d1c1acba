/// Where readers stopped, so that one who reads on need not search: a few places, the oldest is replaced.
struct Cursors {
    struct Place {
        /// The first record at or after `offset` has this sequence or a later one, and none before has.
        var sequence: UInt64
        /// ``Block/identity``.
        var block: UInt64
        var offset: Int
    }

    private var places: [Place] = []
    private var oldest = 0
    private static let limit = 16

    /// The place nearest before `sequence` in a block.
    func nearest(_ sequence: UInt64, in block: UInt64) -> Place? {
        var best: Place?
        for place in places where place.block == block && place.sequence <= sequence {
            if place.sequence == sequence { return place }
            if place.sequence > best?.sequence ?? 0 { best = place }
        }
        return best
    }

    /// Replaces the place that a reader came from, or else the oldest one.
    mutating func move(from: UInt64, to place: Place) {
        if let index = places.firstIndex(where: { $0.sequence == from }) {
            places[index] = place
        } else if places.count < Self.limit {
            places.append(place)
        } else {
            places[oldest] = place
            oldest = (oldest + 1) % Self.limit
        }
    }

    mutating func removeAll() {
        places.removeAll(keepingCapacity: true)
    }
}
