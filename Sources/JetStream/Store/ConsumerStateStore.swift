/// One step of a consumer, as its store keeps it.
package enum ConsumerEvent: Sendable, Hashable {
    /// A message went out.
    ///
    /// - `consumer`: the consumer's sequence of this delivery.
    /// - `stream`: the message's sequence.
    /// - `timestamp`: when, in nanoseconds since 1970.
    /// - `count`: 1 for the first delivery of this message, 2 for the second …
    /// - `needsAck`: false where the consumer's policy asks for no acknowledgement.
    case delivered(consumer: UInt64, stream: UInt64, timestamp: Int64, count: UInt64, needsAck: Bool)
    /// The message with this stream sequence needs no further delivery: acknowledged, terminated, removed or given up.
    case acknowledged(stream: UInt64)
    /// Everything up to and with this place needs no further delivery.
    case acknowledgedThrough(consumer: UInt64, stream: UInt64)
    /// The count of redeliveries of this message is of no more use.
    case forgotRedelivery(stream: UInt64)
    /// The consumer starts over after this place.
    case reset(ConsumerState.Position)
}

/// Where a consumer stands, held in one place that is read without copying it.
package final class ConsumerLedger {
    package internal(set) var state: ConsumerState

    init(_ state: ConsumerState) {
        self.state = state
    }
}

/// The state of one consumer. It belongs to the stream's worker and is not thread-safe.
package protocol ConsumerStateStore: AnyObject {
    /// With every event that was recorded, flushed or not.
    var ledger: ConsumerLedger { get }

    /// Applies `event` to ``ledger``, and keeps it for ``flush(sync:)``.
    func record(_ event: ConsumerEvent)

    /// Hands over what was recorded to the operating system, and to the disk where `sync` asks for it. Until then no
    /// acknowledgement may be confirmed.
    ///
    /// - Throws: ``StoreError``; then what was recorded is still in ``ledger``, and goes out with the next flush.
    func flush(sync: Bool) throws(StoreError)

    /// Replaces the state with another one, as when a consumer is restored.
    func replace(with state: ConsumerState) throws(StoreError)

    /// Ends the work with the store: flushes and syncs. What is on disk stays.
    func close() throws(StoreError)

    /// Removes the store and everything in it.
    func delete() throws(StoreError)
}

extension ConsumerStateStore {
    /// A copy of what the ledger says.
    package var state: ConsumerState { ledger.state }
}

/// Keeps a consumer's state for as long as the process lives.
package final class MemoryConsumerStateStore: ConsumerStateStore {
    package let ledger: ConsumerLedger

    package init(_ state: ConsumerState = ConsumerState()) {
        ledger = ConsumerLedger(state)
    }

    package func record(_ event: ConsumerEvent) { ledger.state.apply(event) }

    package func flush(sync: Bool) {}

    package func replace(with state: ConsumerState) { ledger.state = state }

    package func close() {}

    package func delete() {}
}
