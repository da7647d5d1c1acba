/// How an object store is to be.
public struct ObjectStoreConfiguration: Sendable, Hashable {
    /// The store's name: letters, digits, `-` and `_`.
    public var bucket: String
    /// What the store is for, in the words of its owner.
    public var summary = ""
    /// How long objects are kept; zero for ever.
    public var timeToLive = Duration.zero
    /// How many bytes the store may take; -1 for any number.
    public var maximumBytes = -1
    /// Where objects are kept.
    public var storage = StorageType.file
    /// On how many servers of a cluster objects are kept.
    public var replicas = 1
    /// Where in a cluster the store is placed.
    public var placement: Placement?
    /// Whether files are compressed.
    public var isCompressed = false
    /// Names and values of the owner's own.
    public var metadata: [String: String] = [:]

    /// A store of the given name.
    public init(bucket: String) {
        self.bucket = bucket
    }

    /// The stream that the store is (ADR-20).
    ///
    /// - Throws: ``JetStreamError/Code/badArgument``.
    package func streamConfiguration() throws(JetStreamError) -> StreamConfiguration {
        try BucketName.check(bucket, of: "bucket")
        var stream = StreamConfiguration(
            name: BucketName.objectPrefix + bucket, subjects: ["$O.\(bucket).C.>", "$O.\(bucket).M.>"])
        if !summary.isEmpty { stream.summary = summary }
        stream.maximumAge = timeToLive
        stream.maximumBytes = maximumBytes == 0 ? -1 : maximumBytes
        stream.storage = storage
        stream.replicas = max(1, replicas)
        stream.placement = placement
        stream.discard = .new
        stream.allowsRollup = true
        stream.allowsDirectGet = true
        stream.compression = isCompressed ? .s2 : .none
        if !metadata.isEmpty { stream.metadata = metadata }
        return stream
    }
}

/// An object store's settings and state.
public struct ObjectStoreStatus: Sendable, Hashable {
    /// The stream that the store is.
    public let streamInfo: StreamInfo

    /// The store's name.
    public var bucket: String { String(streamInfo.configuration.name.dropFirst(BucketName.objectPrefix.count)) }
    /// What the store is for.
    public var summary: String { streamInfo.configuration.summary }
    /// How many bytes everything in it takes.
    public var bytes: Int { streamInfo.state.bytes }
    /// How long objects are kept; zero for ever.
    public var timeToLive: Duration { streamInfo.configuration.maximumAge }
    /// Whether nothing can be changed any more.
    public var isSealed: Bool { streamInfo.configuration.isSealed }
    /// Whether files are compressed.
    public var isCompressed: Bool { streamInfo.configuration.compression != .none }
}
