/// How a key-value bucket is to be.
public struct KeyValueConfiguration: Sendable, Hashable {
    /// The bucket's name: letters, digits, `-` and `_`.
    public var bucket: String
    /// What the bucket is for, in the words of its owner.
    public var summary = ""
    /// How many values of a key are kept, 1 to 64.
    public var history = 1
    /// How long values are kept; zero for ever.
    public var timeToLive = Duration.zero
    /// How many bytes the bucket may take; -1 for any number.
    public var maximumBytes = -1
    /// How large a value may be, in bytes; -1 for what the server allows.
    public var maximumValueSize = -1
    /// Where values are kept.
    public var storage = StorageType.file
    /// On how many servers of a cluster values are kept.
    public var replicas = 1
    /// Where in a cluster the bucket is placed.
    public var placement: Placement?
    /// To which subjects values are published once more.
    public var republication: Republication?
    /// The bucket that this one is a copy of.
    public var mirror: StreamSource?
    /// The buckets that this one collects values from.
    public var sources: [StreamSource] = []
    /// Whether files are compressed.
    public var isCompressed = false
    /// How long a marker stays in the place of a value whose time ran out; zero for no markers. It also allows values that
    /// have a time of their own.
    public var limitMarkerTTL = Duration.zero
    /// Names and values of the owner's own.
    public var metadata: [String: String] = [:]

    /// A bucket of the given name.
    public init(bucket: String) {
        self.bucket = bucket
    }

    /// The most values that a bucket keeps of a key.
    public static let maximumHistory = 64

    /// The stream that the bucket is (ADR-8).
    ///
    /// - Throws: ``JetStreamError/Code/badArgument``.
    package func streamConfiguration() throws(JetStreamError) -> StreamConfiguration {
        try BucketName.check(bucket, of: "bucket")
        guard history <= Self.maximumHistory else {
            throw .badArgument("nats: history limited to a max of \(Self.maximumHistory)")
        }
        var stream = StreamConfiguration(name: BucketName.keyValuePrefix + bucket)
        if !summary.isEmpty { stream.summary = summary }
        stream.maximumMessagesPerSubject = max(1, history)
        stream.maximumBytes = maximumBytes == 0 ? -1 : maximumBytes
        stream.maximumAge = timeToLive
        stream.maximumMessageSize = maximumValueSize == 0 ? -1 : maximumValueSize
        stream.maximumMessages = -1
        stream.maximumConsumers = -1
        stream.storage = storage
        stream.replicas = max(1, replicas)
        stream.placement = placement
        stream.republication = republication
        stream.allowsRollup = true
        stream.deniesDelete = true
        stream.allowsDirectGet = true
        stream.discard = .new
        stream.duplicateWindow = timeToLive > .zero ? min(timeToLive, .seconds(120)) : .seconds(120)
        stream.compression = isCompressed ? .s2 : .none
        if limitMarkerTTL > .zero {
            stream.allowsMessageTTL = true
            stream.deleteMarkerTTL = limitMarkerTTL
        }
        if !metadata.isEmpty { stream.metadata = metadata }
        setOrigins(of: &stream)
        return stream
    }

    private func setOrigins(of stream: inout StreamConfiguration) {
        if var origin = mirror {
            origin.name = BucketName.stream(of: origin.name)
            stream.mirror = origin
            stream.allowsMirrorDirectGet = true
            return
        }
        stream.subjects = ["$KV.\(bucket).>"]
        guard !sources.isEmpty else { return }
        stream.sources = sources.map { source in
            // Whoever transforms subjects means any stream, and knows what its subjects are.
            guard source.subjectTransforms.isEmpty else { return source }
            var source = source
            source.name = BucketName.stream(of: source.name)
            let origin = String(source.name.dropFirst(BucketName.keyValuePrefix.count))
            if source.external == nil || origin != bucket {
                source.subjectTransforms = [
                    SubjectTransform(source: "$KV.\(origin).>", destination: "$KV.\(bucket).>")
                ]
            }
            return source
        }
    }
}

/// The names of buckets, and of the streams that they are.
enum BucketName {
    static let keyValuePrefix = "KV_"
    static let objectPrefix = "OBJ_"

    static func check(_ name: String, of thing: String) throws(JetStreamError) {
        let isValid = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard isValid, !name.isEmpty else {
            throw .badArgument("nats: invalid \(thing) name '\(name)': use letters, digits, '-' and '_'")
        }
    }

    /// The stream of a key-value bucket, which may be given by either name.
    static func stream(of name: String) -> String {
        name.hasPrefix(keyValuePrefix) ? name : keyValuePrefix + name
    }
}
