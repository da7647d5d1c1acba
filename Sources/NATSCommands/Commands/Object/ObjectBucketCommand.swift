import NATSClient

/// `nats object add`, `edit` and `seal`: manage object stores.
enum ObjectBucketCommand {
    static let lifetime = Flag.duration("ttl", "How long objects are kept")
    static let replicas = Flag.integer("replicas", "On how many servers objects are kept", default: 1)
    static let maximumSize = Flag.text("max-bucket-size", "How large the bucket may be")
    static let description = Flag.text("description", "What the bucket is for")
    static let storage = Flag.text(
        "storage", "Where objects are kept (file, memory)", kind: .choice(["file", "f", "memory", "m"]))
    static let tags = Flag.texts("tags", "Place the bucket on servers that have the tag")
    static let cluster = Flag.text("cluster", "Place the bucket in a cluster")
    static let metadata = Flag.texts("metadata", "Adds metadata", placeholder: "META")
    static let compress = Flag.toggle("compress", "Compress the bucket's files", isNegatable: true)

    private static let common: [FlagSpec] = [
        lifetime.spec, replicas.spec, maximumSize.spec, description.spec, tags.spec, cluster.spec, metadata.spec,
        compress.spec,
    ]

    static let addSpec = CommandSpec(
        name: "add",
        help: "Add a new bucket",
        arguments: [ObjectCommand.bucket.spec],
        flags: [storage.spec] + common,
        run: { invocation in
            var configuration = ObjectStoreConfiguration(bucket: invocation[ObjectCommand.bucket])
            try apply(invocation, to: &configuration)
            let created = configuration
            try await invocation.withJetStream { jetStream in
                invocation.print(try await jetStream.createObjectStore(created).status())
            }
        }
    )

    static let editSpec = CommandSpec(
        name: "edit",
        help: "Edit an existing bucket",
        arguments: [ObjectCommand.bucket.spec],
        flags: common,
        run: { invocation in
            try await invocation.withStore { store in
                var configuration = ObjectStoreConfiguration(try await store.status())
                try apply(invocation, to: &configuration)
                try await store.stream.jetStream.updateStream(try configuration.streamConfiguration())
                invocation.print(try await store.status())
            }
        }
    )

    static let sealSpec = CommandSpec(
        name: "seal",
        help: "Seal a bucket: nothing can be changed any more",
        arguments: [ObjectCommand.bucket.spec],
        flags: [ObjectCommand.force.spec],
        run: { invocation in
            let name = invocation[ObjectCommand.bucket]
            let question = "Really seal Bucket \(name), sealed buckets can not be unsealed or modified"
            guard try invocation.confirm(question, unless: ObjectCommand.force) else { return }
            try await invocation.withStore { store in
                try await store.seal()
                invocation.console.print("\(name) has been sealed")
                invocation.print(try await store.status())
            }
        }
    )

    private static func apply(_ invocation: Invocation, to store: inout ObjectStoreConfiguration) throws {
        if let text = invocation[description] { store.summary = text }
        if let time = invocation[lifetime] { store.timeToLive = time }
        if invocation.isGiven(replicas) { store.replicas = invocation[replicas] }
        if let text = invocation[maximumSize] {
            store.maximumBytes = try ByteSize.parse(text, flag: "--max-bucket-size")
        }
        if let name = invocation[storage] { store.storage = name.hasPrefix("m") ? .memory : .file }
        if invocation.isGiven(compress) { store.isCompressed = invocation[compress] }
        if invocation.isGiven(tags) || invocation.isGiven(cluster) {
            store.placement = Placement(cluster: invocation[cluster] ?? "", tags: invocation[tags])
        }
        if invocation.isGiven(metadata) {
            store.metadata = try Dictionary(pairs: invocation[metadata], flag: "--metadata")
        }
    }
}

extension ObjectStoreConfiguration {
    /// How a store is set up.
    fileprivate init(_ status: ObjectStoreStatus) {
        let stream = status.streamInfo.configuration
        self.init(bucket: status.bucket)
        summary = stream.summary
        timeToLive = stream.maximumAge
        maximumBytes = stream.maximumBytes
        storage = stream.storage
        replicas = stream.replicas
        placement = stream.placement
        isCompressed = status.isCompressed
        metadata = stream.metadata
    }
}
