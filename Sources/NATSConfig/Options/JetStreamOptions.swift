/// The `jetstream` block of the server.
package struct JetStreamOptions: Sendable, Hashable {
    /// Ciphers for encryption at rest.
    package enum Cipher: String, Sendable, Hashable {
        case chacha, aes
    }

    /// `limits` within the block; 0 for none or the default.
    package struct Limits: Sendable, Hashable {
        package var maxAckPending = 0
        package var maxHAAssets = 0
        package var maxRequestBatch = 0
        package var duplicateWindow: Duration?
        package var maxBatchInflightPerStream = 0
        package var maxBatchInflightTotal = 0
        package var maxBatchSize = 0
        package var batchTimeout: Duration?

        package init() {}
    }

    package var isEnabled = false
    /// Where the block begins.
    package var position: ConfigPosition?
    /// Also `store_dir` at the top level.
    package var storeDirectory = ""
    /// Bytes; nil for three quarters of the machine's memory.
    package var maxMemory: Int64?
    /// Bytes; nil for three quarters of the free disk space.
    package var maxStore: Int64?
    package var domain = ""
    package var key = ""
    package var previousKey = ""
    package var cipher: Cipher?
    package var strict = true
    package var syncInterval: Duration?
    package var syncAlways = false
    package var extensionHint = ""
    package var uniqueTag = ""
    package var limits = Limits()
    package var maxOutstandingCatchup: Int64 = 0
    package var maxBufferedSize: Int64 = 0
    package var maxBufferedMessages = 0
    package var requestQueueLimit: Int64 = 0
    package var infoQueueLimit: Int64 = 0
    package var metaCompact: Int64 = 0
    package var metaCompactSize: Int64 = 0
    package var metaCompactSync = false
    package var maxConcurrentIO = 0

    package init() {}
}

/// What JetStream grants an account; −1 for no limit.
package struct JetStreamAccountOptions: Sendable, Hashable {
    package var maxMemory: Int64 = -1
    package var maxStore: Int64 = -1
    package var maxStreams = -1
    package var maxConsumers = -1
    package var maxAckPending = -1
    package var memoryMaxStreamBytes: Int64 = -1
    package var storeMaxStreamBytes: Int64 = -1
    package var maxBytesRequired = false
    /// Whether replication runs in the account itself, `cluster_traffic: owner`.
    package var ownsClusterTraffic = false

    package init() {}
}
