/// What an account uses of JetStream, and what it may use.
public struct AccountInfo: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// The account's totals.
    public var usage: Usage { Usage(document: document) }

    /// The totals of each class of replicas for which the account has limits of their own, by `R1`, `R3` and so on.
    public var tiers: [String: Usage] { document["tiers", default: [:]] }

    /// The JetStream domain that answered.
    public var domain: String? { document["domain"] }

    /// How many requests the account has sent to the API.
    public var apiRequests: Int { api["total", default: 0] }

    /// How many of them were refused.
    public var apiErrors: Int { api["errors", default: 0] }

    /// The level of the API that the server speaks: it grows with what streams and consumers can do.
    public var apiLevel: Int { api["level", default: 0] }

    private var api: JSONDocument {
        (document["api"] as Usage?)?.document ?? JSONDocument()
    }

    /// What is used, and the limits on it.
    public struct Usage: Sendable, Hashable, JSONDocumentView {
        package var document: JSONDocument

        package init(document: JSONDocument) {
            self.document = document
        }

        /// Bytes in memory.
        public var memory: Int { document["memory", default: 0] }
        /// Bytes in files.
        public var storage: Int { document["storage", default: 0] }
        /// Bytes of memory that streams have set aside for themselves.
        public var reservedMemory: Int { document["reserved_memory", default: 0] }
        /// Bytes of files that streams have set aside for themselves.
        public var reservedStorage: Int { document["reserved_storage", default: 0] }
        /// How many streams there are.
        public var streams: Int { document["streams", default: 0] }
        /// How many consumers there are.
        public var consumers: Int { document["consumers", default: 0] }
        /// What may be used.
        public var limits: Limits { document["limits", default: Limits(document: JSONDocument())] }
    }

    /// What an account may use; -1 means as much as there is.
    public struct Limits: Sendable, Hashable, JSONDocumentView {
        package var document: JSONDocument

        package init(document: JSONDocument) {
            self.document = document
        }

        /// Bytes in memory.
        public var maximumMemory: Int { document["max_memory", default: -1] }
        /// Bytes in files.
        public var maximumStorage: Int { document["max_storage", default: -1] }
        /// Streams.
        public var maximumStreams: Int { document["max_streams", default: -1] }
        /// Consumers.
        public var maximumConsumers: Int { document["max_consumers", default: -1] }
        /// Messages that a consumer may leave without acknowledgement.
        public var maximumAckPending: Int { document["max_ack_pending", default: -1] }
        /// Bytes of one stream in memory.
        public var maximumMemoryPerStream: Int { document["memory_max_stream_bytes", default: -1] }
        /// Bytes of one stream in files.
        public var maximumStoragePerStream: Int { document["storage_max_stream_bytes", default: -1] }
        /// Whether every stream needs a limit on its bytes.
        public var requiresMaximumBytes: Bool { document["max_bytes_required", default: false] }
    }
}

extension JetStream {
    /// What the account uses of JetStream, and what it may use.
    ///
    /// - Throws: ``JetStreamError/Code/notEnabled`` if there is no JetStream for the account.
    public func accountInfo() async throws(JetStreamError) -> AccountInfo {
        AccountInfo(document: try await request("INFO"))
    }
}
