import NATSClient

/// `nats kv add`, `edit` and `info`: manage buckets.
enum KeyValueBucketCommand {
    static let description = Flag.text("description", "What the bucket is for")
    static let history = Flag.integer("history", "How many values of a key are kept", default: 1)
    static let storage = Flag.text(
        "storage", "Where values are kept (file, memory)", kind: .choice(["file", "f", "memory", "m"]))
    static let lifetime = Flag.duration("ttl", "How long values are kept", placeholder: "DURATION")
    static let markerLifetime = Flag.duration(
        "marker-ttl", "Keep markers of what ran out, and allow keys with a time of their own", placeholder: "DURATION")
    static let replicas = Flag.integer("replicas", "On how many servers values are kept", default: 1)
    static let maximumValueSize = Flag.text("max-value-size", "How large a value may be", placeholder: "BYTES")
    static let maximumBucketSize = Flag.text("max-bucket-size", "How large the bucket may be", placeholder: "BYTES")
    static let tags = Flag.texts("tags", "Place the bucket on servers that have the tag")
    static let cluster = Flag.text("cluster", "Place the bucket in a cluster")
    static let compress = Flag.toggle("compress", "Compress the bucket's files", isNegatable: true)
    static let metadata = Flag.texts("metadata", "Adds metadata", placeholder: "META")
    static let republishSource = Flag.text("republish-source", "Subjects to publish once more", placeholder: "SRC")
    static let republishDestination = Flag.text("republish-destination", "Where to", placeholder: "DEST")
    static let republishHeaders = Flag.toggle("republish-headers", "Publish headers only")
    static let mirror = Flag.text("mirror", "Make the bucket a copy of another")
    static let mirrorDomain = Flag.text("mirror-domain", "The domain of that other bucket")
    static let noMirror = Flag.toggle("no-mirror", "Stop to be a copy", isNegatable: true)
    static let source = Flag.texts("source", "Collect values of another bucket", placeholder: "BUCKET")

    private static let common: [FlagSpec] = [
        description.spec, history.spec, lifetime.spec, markerLifetime.spec, replicas.spec, maximumValueSize.spec,
        maximumBucketSize.spec, tags.spec, cluster.spec, compress.spec, metadata.spec, republishSource.spec,
        republishDestination.spec, republishHeaders.spec, source.spec,
    ]

    static let addSpec = CommandSpec(
        name: "add",
        aliases: ["new"],
        help: "Add a new bucket",
        arguments: [KeyValueCommand.bucket.spec],
        flags: [storage.spec, mirror.spec, mirrorDomain.spec] + common,
        run: { invocation in
            var configuration = KeyValueConfiguration(bucket: invocation[KeyValueCommand.bucket])
            try apply(invocation, to: &configuration)
            let created = configuration
            try await invocation.withJetStream { jetStream in
                try await show(try await jetStream.createKeyValue(created), invocation)
            }
        }
    )

    static let editSpec = CommandSpec(
        name: "edit",
        help: "Edit an existing bucket",
        arguments: [KeyValueCommand.bucket.spec],
        flags: [noMirror.spec] + common,
        run: { invocation in
            try await invocation.withBucket { bucket in
                var configuration = KeyValueConfiguration(try await bucket.status())
                try apply(invocation, to: &configuration)
                if invocation[noMirror] { configuration.mirror = nil }
                try await show(try await bucket.stream.jetStream.updateKeyValue(configuration), invocation)
            }
        }
    )

    static let infoSpec = CommandSpec(
        name: "info",
        aliases: ["view", "status"],
        help: "Show the status of a bucket",
        arguments: [KeyValueCommand.bucket.spec],
        run: { invocation in try await invocation.withBucket { try await show($0, invocation) } }
    )

    private static func apply(_ invocation: Invocation, to bucket: inout KeyValueConfiguration) throws {
        if let text = invocation[description] { bucket.summary = text }
        if invocation.isGiven(history) {
            guard (1...KeyValueConfiguration.maximumHistory).contains(invocation[history]) else {
                throw CommandError("--history must be between 1 and \(KeyValueConfiguration.maximumHistory)")
            }
            bucket.history = invocation[history]
        }
        if let name = invocation[storage] { bucket.storage = name.hasPrefix("m") ? .memory : .file }
        if let time = invocation[lifetime] { bucket.timeToLive = time }
        if let time = invocation[markerLifetime] { bucket.limitMarkerTTL = time }
        if invocation.isGiven(replicas) { bucket.replicas = invocation[replicas] }
        if let text = invocation[maximumValueSize] {
            bucket.maximumValueSize = try ByteSize.parse(text, flag: "--max-value-size")
        }
        if let text = invocation[maximumBucketSize] {
            bucket.maximumBytes = try ByteSize.parse(text, flag: "--max-bucket-size")
        }
        if invocation.isGiven(compress) { bucket.isCompressed = invocation[compress] }
        if invocation.isGiven(tags) || invocation.isGiven(cluster) {
            bucket.placement = Placement(cluster: invocation[cluster] ?? "", tags: invocation[tags])
        }
        if invocation.isGiven(metadata) {
            bucket.metadata = try Dictionary(pairs: invocation[metadata], flag: "--metadata")
        }
        if let destination = invocation[republishDestination] {
            bucket.republication = Republication(
                source: invocation[republishSource] ?? ">", destination: destination,
                headersOnly: invocation[republishHeaders])
        }
        if let name = invocation[mirror] {
            var origin = StreamSource(name: name)
            origin.external = invocation[mirrorDomain].map { ExternalStream(apiPrefix: "$JS.\($0).API") }
            bucket.mirror = origin
        }
        bucket.sources += invocation[source].map { StreamSource(name: $0) }
    }

    private static func show(_ bucket: KeyValueBucket, _ invocation: Invocation) async throws {
        let status = try await bucket.status()
        invocation.console.print(bytes: Array(text(status).utf8))
    }

    private static func text(_ status: KeyValueStatus) -> String {
        let info = status.streamInfo
        let stream = info.configuration
        var report = Report(
            "Information for Key-Value Store Bucket \(status.bucket) created \(Humanized.time(info.created))")
        report.section("Configuration")
        report.add("Bucket Name", status.bucket)
        report.add("History Kept", status.history)
        report.add("Values Stored", status.values)
        report.add("Compressed", status.isCompressed)
        report.add("Per-Key TTL Supported", status.limitMarkerTTL > .zero)
        if status.limitMarkerTTL > .zero { report.add("Limit Marker TTL", status.limitMarkerTTL) }
        report.add("Backing Store Kind", "JetStream")
        report.add("Description", ifAny: stream.summary)
        report.add("Bucket Size", Humanized.bytes(status.bytes))
        report.add("Maximum Bucket Size", limit: stream.maximumBytes, Humanized.bytes)
        report.add("Maximum Value Size", limit: stream.maximumMessageSize, Humanized.bytes)
        report.add(
            "Maximum Age", stream.maximumAge > .zero ? CommandDuration.humanized(stream.maximumAge) : "unlimited")
        report.add("JetStream Stream", stream.name)
        report.add("Storage", stream.storage == .file ? "File" : "Memory")
        if let republication = stream.republication {
            report.add(
                republication.headersOnly ? "Republishing Headers" : "Republishing",
                "\(republication.source) to \(republication.destination)")
        }
        if let mirror = info.mirror {
            report.section("Mirror Information")
            report.add("Origin Bucket", mirror.bucket)
            report.add("External API", ifAny: stream.mirror?.external?.apiPrefix)
            report.add("Last Seen", mirror.lastSeen)
            report.add("Lag", mirror.lag)
        }
        if !info.sources.isEmpty { report.section("Sources Information") }
        for source in info.sources {
            report.add("Source Bucket", source.bucket)
            report.add("External API", ifAny: source.external?.apiPrefix)
            report.add("Last Seen", source.lastSeen)
            report.add("Lag", source.lag)
        }
        let metadata = stream.metadata.withoutReserved
        if !metadata.isEmpty {
            report.section("Metadata")
            report.add(metadata)
        }
        report.add(info.cluster, groupLabel: "")
        return report.text
    }
}

extension StreamSourceInfo {
    /// The bucket that the origin is.
    fileprivate var bucket: String { name.hasPrefix("KV_") ? String(name.dropFirst(3)) : name }
}

extension KeyValueConfiguration {
    /// How a bucket is set up.
    fileprivate init(_ status: KeyValueStatus) {
        let stream = status.streamInfo.configuration
        self.init(bucket: status.bucket)
        summary = stream.summary
        history = status.history
        timeToLive = status.timeToLive
        maximumBytes = stream.maximumBytes
        maximumValueSize = stream.maximumMessageSize
        storage = stream.storage
        replicas = stream.replicas
        placement = stream.placement
        republication = stream.republication
        mirror = stream.mirror
        sources = stream.sources
        isCompressed = status.isCompressed
        limitMarkerTTL = status.limitMarkerTTL
        metadata = stream.metadata
    }
}
