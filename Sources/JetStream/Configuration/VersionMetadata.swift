/// What nats-server writes in metadata about the versions that a stream or a consumer needs and was made by.
enum VersionMetadata {
    private static let required = "_nats.req.level"
    private static let version = "_nats.ver"
    private static let level = "_nats.level"

    /// What is kept: the level that is needed, and nothing of what a client claims about the server.
    static func stored(_ metadata: [String: String]?, required level: Int) -> [String: String] {
        var metadata = metadata ?? [:]
        metadata[version] = nil
        metadata[Self.level] = nil
        metadata[required] = String(level)
        return metadata
    }

    /// What is shown: what is kept, with the server that shows it.
    static func shown(_ metadata: [String: String]?) -> [String: String] {
        var metadata = metadata ?? [:]
        metadata[version] = JetStreamSettings.version
        metadata[level] = String(JetStreamSettings.level)
        return metadata
    }

    /// The metadata with the versions of `previous`, so that configurations can be compared.
    static func aligned(_ metadata: [String: String]?, with previous: [String: String]?) -> [String: String]? {
        var metadata = metadata ?? [:]
        metadata[version] = nil
        metadata[level] = nil
        metadata[required] = previous?[required]
        return metadata.isEmpty ? nil : metadata
    }
}

extension StreamConfiguration {
    /// The level of the API that the stream's features came with.
    private var requiredLevel: Int {
        if allowsBatchPublish { return 4 }
        if allowsCounter || allowsAtomicPublish || allowsSchedules || persistMode == .async { return 2 }
        return allowsMessageTTL || deleteMarkerTTL > 0 ? 1 : 0
    }

    mutating func setVersions() { metadata = VersionMetadata.stored(metadata, required: requiredLevel) }

    var withVersions: StreamConfiguration {
        var shown = self
        shown.metadata = VersionMetadata.shown(metadata)
        return shown
    }
}

extension ConsumerConfiguration {
    private var requiredLevel: Int {
        if ackPolicy == .flowControl { return 4 }
        let isPaused = pauseUntil.map { $0 != .zero } ?? false
        return isPaused || priorityPolicy != .none || pinnedTTL != 0 || !priorityGroups.isEmpty ? 1 : 0
    }

    mutating func setVersions() { metadata = VersionMetadata.stored(metadata, required: requiredLevel) }

    var withVersions: ConsumerConfiguration {
        var shown = self
        shown.metadata = VersionMetadata.shown(metadata)
        return shown
    }
}
