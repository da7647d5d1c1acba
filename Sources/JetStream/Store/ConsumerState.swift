import DequeModule

/// Where a consumer stands: what was delivered, what was acknowledged, and what is in between.
package struct ConsumerState: Sendable, Equatable {
    /// A place in the consumer's own count of deliveries and in the stream.
    package struct Position: Sendable, Hashable {
        package var consumer: UInt64
        package var stream: UInt64

        package init(consumer: UInt64 = 0, stream: UInt64 = 0) {
            self.consumer = consumer
            self.stream = stream
        }
    }

    /// A message that was delivered and not acknowledged yet.
    package struct Pending: Sendable, Hashable {
        /// The consumer's sequence of the first delivery; later ones do not change it.
        package var consumer: UInt64
        /// When it was delivered last, in nanoseconds since 1970.
        package var timestamp: Int64
    }

    /// The last delivery.
    package private(set) var delivered = Position()
    /// Everything up to here was acknowledged.
    package private(set) var acknowledged = Position()
    /// By stream sequence.
    package private(set) var pending: [UInt64: Pending] = [:]
    /// How often messages were delivered again, by stream sequence; those that never were are not in it.
    package private(set) var redelivered: [UInt64: UInt64] = [:]

    /// Stream sequences of `pending` in order, and some that are not pending any more.
    private var order: Deque<UInt64> = []

    package init() {}

    /// The state of a consumer that starts after `position`.
    package init(startingAfter position: Position) {
        delivered = position
        acknowledged = position
    }

    /// A state with these parts.
    package init(
        delivered: Position,
        acknowledged: Position,
        pending: [UInt64: Pending],
        redelivered: [UInt64: UInt64]
    ) {
        self.delivered = delivered
        self.acknowledged = acknowledged
        self.pending = pending
        self.redelivered = redelivered
        order = Deque(pending.keys.sorted())
    }

    package static func == (one: Self, other: Self) -> Bool {
        one.delivered == other.delivered && one.acknowledged == other.acknowledged
            && one.pending == other.pending && one.redelivered == other.redelivered
    }

    /// The stream sequence of the oldest message that is pending.
    package var firstPending: UInt64? {
        order.first
    }
}

extension ConsumerState {
    /// Changes the state as `event` says. An event that says nothing new changes nothing.
    package mutating func apply(_ event: ConsumerEvent) {
        switch event {
        case .delivered(let consumer, let stream, let timestamp, let count, let needsAck):
            deliver(consumer, stream, timestamp, count, needsAck)
        case .acknowledged(let stream):
            guard pending.removeValue(forKey: stream) != nil else { return }
            if !redelivered.isEmpty { redelivered[stream] = nil }
            raiseFloor()
        case .acknowledgedThrough(let consumer, let stream):
            guard stream > acknowledged.stream else { return }
            drop(through: stream)
            acknowledged = Position(consumer: max(consumer, acknowledged.consumer), stream: stream)
            if delivered.stream < stream { delivered.stream = stream }
            if delivered.consumer < consumer { delivered.consumer = consumer }
        case .forgotRedelivery(let stream):
            redelivered[stream] = nil
        case .reset(let position):
            self = ConsumerState(startingAfter: position)
        }
    }

    private mutating func deliver(
        _ consumer: UInt64, _ stream: UInt64, _ timestamp: Int64, _ count: UInt64, _ needsAck: Bool
    ) {
        if needsAck {
            guard stream > acknowledged.stream else { return }
            if stream > delivered.stream {
                pending[stream] = Pending(consumer: consumer, timestamp: timestamp)
                order.append(stream)
            } else if pending[stream] != nil {
                pending[stream]?.timestamp = timestamp
            }
        }
        delivered.consumer = max(delivered.consumer, consumer)
        delivered.stream = max(delivered.stream, stream)
        if !needsAck {
            acknowledged = delivered
        } else if count > 1, redelivered[stream, default: 0] < count - 1 {
            redelivered[stream] = count - 1
        }
    }

    /// Everything before the oldest pending message is acknowledged, and all that was delivered where none is pending.
    private mutating func raiseFloor() {
        while let first = order.first, pending[first] == nil { order.removeFirst() }
        if let first = order.first, let entry = pending[first] {
            if entry.consumer > acknowledged.consumer + 1 {
                acknowledged = Position(consumer: entry.consumer - 1, stream: first - 1)
            }
        } else {
            acknowledged = delivered
        }
    }

    private mutating func drop(through stream: UInt64) {
        while let first = order.first, first <= stream {
            order.removeFirst()
            pending[first] = nil
        }
        while let first = order.first, pending[first] == nil { order.removeFirst() }
        if !redelivered.isEmpty {
            redelivered = redelivered.filter { $0.key > stream }
        }
    }
}
