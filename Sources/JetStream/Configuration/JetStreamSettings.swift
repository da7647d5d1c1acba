/// What an operator sets for all streams of a server.
package struct JetStreamSettings: Sendable, Hashable {
    /// A name before which requests may be addressed as `$JS.<domain>.API.…`; empty for none.
    package var domain = ""
    /// Whether a request with a field that nobody knows is refused.
    package var isStrict = true
    /// Bytes that all streams in memory may reserve.
    package var maxMemory: Int64 = .max
    /// Bytes that all streams on disk may reserve.
    package var maxStore: Int64 = .max
    /// The longest window in which duplicates are looked for, in nanoseconds; 0 for no limit.
    package var maxDuplicateWindow: Int64 = 0
    /// The most unacknowledged messages of a consumer; 0 for no limit.
    package var maxAckPending = 0
    /// The most messages of one pull; 0 for no limit.
    package var maxRequestBatch = 0
    /// The largest message that clients may send.
    package var maxPayload = 1_048_576
    /// How many bytes may wait for a client, which is what a direct get without a limit of its own answers at most.
    package var maxPending = 67_108_864

    package init() {}

    /// The version that answers name, which is the one that they follow.
    package static let version = "2.15.1"
    /// The level of the API that this is.
    package static let level = 5
}

/// What one account may use; -1 for no limit.
package struct AccountLimits: Sendable, Hashable {
    package var maxMemory: Int64 = -1
    package var maxStore: Int64 = -1
    package var maxStreams = -1
    package var maxConsumers = -1
    package var maxAckPending = -1
    package var memoryMaxStreamBytes: Int64 = -1
    package var storeMaxStreamBytes: Int64 = -1
    package var isMaxBytesRequired = false

    package init() {}
}
