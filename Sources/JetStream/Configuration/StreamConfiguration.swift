package import NATSWire

/// What a stream is to hold and for how long.
///
/// Times are in nanoseconds. Source: the stream configuration in nats-server's API, version 2.15.1.
package struct StreamConfiguration: Sendable, Hashable {
    package var name = ""
    package var description = ""
    package var subjects: [String] = []
    package var retention = RetentionPolicy.limits
    package var maxConsumers = 0
    package var maxMessages: Int64 = 0
    package var maxBytes: Int64 = 0
    package var maxAge: Int64 = 0
    package var maxMessagesPerSubject: Int64 = 0
    package var maxMessageSize: Int32 = 0
    package var discard = DiscardPolicy.old
    package var storage = StorageType.file
    package var replicas = 0
    package var isWithoutAck = false
    package var duplicateWindow: Int64 = 0
    package var placement: Placement?
    package var mirror: StreamSource?
    package var sources: [StreamSource] = []
    package var compression = Compression.none
    package var firstSequence: UInt64 = 0
    package var subjectTransform: SubjectTransformRule?
    package var republish: Republish?
    package var allowsDirect = false
    package var allowsMirrorDirect = false
    package var discardsNewPerSubject = false
    package var isSealed = false
    package var deniesDelete = false
    package var deniesPurge = false
    package var allowsRollup = false
    package var consumerLimits = ConsumerLimits()
    package var allowsMessageTTL = false
    package var deleteMarkerTTL: Int64 = 0
    package var allowsCounter = false
    package var allowsAtomicPublish = false
    package var allowsSchedules = false
    package var persistMode = PersistMode.standard
    package var allowsBatchPublish = false
    package var metadata: [String: String]?

    /// What consumers of the stream get when they do not say, and may not exceed when they do.
    package struct ConsumerLimits: Sendable, Hashable {
        package var inactiveThreshold: Int64 = 0
        package var maxAckPending = 0
    }

    package init() {}

    /// The document as nats-server prints it.
    package var json: JSONValue {
        var members: [JSONValue.Member] = [.init("name", .string(name))]
        members.addText("description", description)
        members.addTexts("subjects", subjects)
        members += [
            .init("retention", .string(retention.rawValue)),
            .init("max_consumers", .int(Int64(maxConsumers))),
            .init("max_msgs", .int(maxMessages)),
            .init("max_bytes", .int(maxBytes)),
            .init("max_age", .int(maxAge)),
            .init("max_msgs_per_subject", .int(maxMessagesPerSubject)),
        ]
        members.addNumber("max_msg_size", maxMessageSize)
        members += [
            .init("discard", .string(discard.rawValue)),
            .init("storage", .string(storage.rawValue)),
            .init("num_replicas", .int(Int64(replicas))),
        ]
        members.addFlag("no_ack", isWithoutAck)
        members.addNumber("duplicate_window", duplicateWindow)
        if let placement { members.append(.init("placement", placement.json)) }
        if let mirror { members.append(.init("mirror", mirror.json)) }
        if !sources.isEmpty { members.append(.init("sources", .array(sources.map(\.json)))) }
        members.append(.init("compression", .string(compression.rawValue)))
        members.addNumber("first_seq", firstSequence)
        if let subjectTransform { members.append(.init("subject_transform", subjectTransform.json)) }
        if let republish { members.append(.init("republish", republish.json)) }
        addPermissions(to: &members)
        return .object(members)
    }

    private func addPermissions(to members: inout [JSONValue.Member]) {
        members += [.init("allow_direct", .bool(allowsDirect)), .init("mirror_direct", .bool(allowsMirrorDirect))]
        members.addFlag("discard_new_per_subject", discardsNewPerSubject)
        var limits: [JSONValue.Member] = []
        limits.addNumber("inactive_threshold", consumerLimits.inactiveThreshold)
        limits.addNumber("max_ack_pending", consumerLimits.maxAckPending)
        members += [
            .init("sealed", .bool(isSealed)),
            .init("deny_delete", .bool(deniesDelete)),
            .init("deny_purge", .bool(deniesPurge)),
            .init("allow_rollup_hdrs", .bool(allowsRollup)),
            .init("consumer_limits", .object(limits)),
            .init("allow_msg_ttl", .bool(allowsMessageTTL)),
        ]
        members.addNumber("subject_delete_marker_ttl", deleteMarkerTTL)
        members.addFlag("allow_msg_counter", allowsCounter)
        members.addFlag("allow_atomic", allowsAtomicPublish)
        members.addFlag("allow_msg_schedules", allowsSchedules)
        if persistMode != .standard { members.append(.init("persist_mode", .string(persistMode.rawValue))) }
        members.addFlag("allow_batched", allowsBatchPublish)
        members.addMetadata(metadata)
    }
}
