import NATSWire

extension StreamConfiguration {
    /// Reads a request to create or to update a stream.
    ///
    /// - Returns: the configuration, and whether nothing in it may be mended silently.
    static func request(
        _ bytes: [UInt8],
        isStrict: Bool
    ) throws(RequestProblem) -> (configuration: StreamConfiguration, isPedantic: Bool) {
        var configuration = StreamConfiguration()
        var isPedantic = false
        try RequestDecoder.decode(bytes, as: "StreamConfigRequest", isStrict: isStrict) {
            decoder, name, value throws(RequestProblem) in
            if name == "pedantic" {
                decoder.bool(&isPedantic, value)
                return true
            }
            return try configuration.set(name, value, &decoder)
        }
        return (configuration, isPedantic)
    }

    /// Reads what ``json`` wrote.
    package init(stored bytes: [UInt8]) throws(RequestProblem) {
        self.init()
        var read = StreamConfiguration()
        try RequestDecoder.decode(bytes, as: "StreamConfig", isStrict: false) {
            decoder, name, value throws(RequestProblem) in
            try read.set(name, value, &decoder)
        }
        self = read
    }

    mutating func set(_ name: String, _ value: JSONValue, _ decoder: inout RequestDecoder) throws(RequestProblem)
        -> Bool
    {
        switch name {
        case "name": decoder.string(&self.name, value)
        case "description": decoder.string(&description, value)
        case "subjects": try decoder.strings(&subjects, value)
        case "retention": try decoder.choice(&retention, value)
        case "max_consumers": decoder.integer(&maxConsumers, value, type: "int")
        case "max_msgs": decoder.integer(&maxMessages, value, type: "int64")
        case "max_bytes": decoder.integer(&maxBytes, value, type: "int64")
        case "max_age": decoder.duration(&maxAge, value)
        case "max_msgs_per_subject": decoder.integer(&maxMessagesPerSubject, value, type: "int64")
        case "max_msg_size": decoder.integer(&maxMessageSize, value, type: "int32")
        case "discard": try decoder.choice(&discard, value)
        case "storage": try decoder.choice(&storage, value)
        case "num_replicas": decoder.integer(&replicas, value, type: "int")
        case "no_ack": decoder.bool(&isWithoutAck, value)
        case "duplicate_window": decoder.duration(&duplicateWindow, value)
        case "placement": placement = value == .null ? nil : try Placement.decode(&decoder, value)
        case "mirror": mirror = value == .null ? nil : try StreamSource.decode(&decoder, value)
        case "sources": try decoder.array(&sources, value, type: "[]*server.StreamSource", StreamSource.decode)
        case "compression": try decoder.choice(&compression, value)
        case "first_seq": decoder.integer(&firstSequence, value, type: "uint64")
        case "subject_transform":
            subjectTransform = value == .null ? nil : try SubjectTransformRule.decode(&decoder, value)
        case "republish": republish = value == .null ? nil : try Republish.decode(&decoder, value)
        default: return try setPermission(name, value, &decoder)
        }
        return true
    }

    private mutating func setPermission(
        _ name: String,
        _ value: JSONValue,
        _ decoder: inout RequestDecoder
    ) throws(RequestProblem) -> Bool {
        switch name {
        case "allow_direct": decoder.bool(&allowsDirect, value)
        case "mirror_direct": decoder.bool(&allowsMirrorDirect, value)
        case "discard_new_per_subject": decoder.bool(&discardsNewPerSubject, value)
        case "sealed": decoder.bool(&isSealed, value)
        case "deny_delete": decoder.bool(&deniesDelete, value)
        case "deny_purge": decoder.bool(&deniesPurge, value)
        case "allow_rollup_hdrs": decoder.bool(&allowsRollup, value)
        case "consumer_limits": try setConsumerLimits(value, &decoder)
        case "allow_msg_ttl": decoder.bool(&allowsMessageTTL, value)
        case "subject_delete_marker_ttl": decoder.duration(&deleteMarkerTTL, value)
        case "allow_msg_counter": decoder.bool(&allowsCounter, value)
        case "allow_atomic": decoder.bool(&allowsAtomicPublish, value)
        case "allow_msg_schedules": decoder.bool(&allowsSchedules, value)
        case "persist_mode": try decoder.choice(&persistMode, value)
        case "allow_batched": decoder.bool(&allowsBatchPublish, value)
        case "metadata": decoder.metadata(&metadata, value)
        default: return false
        }
        return true
    }

    private mutating func setConsumerLimits(
        _ value: JSONValue,
        _ decoder: inout RequestDecoder
    ) throws(RequestProblem) {
        var limits = consumerLimits
        try decoder.object(value, type: "server.StreamConsumerLimits") { decoder, name, value throws(RequestProblem) in
            switch name {
            case "inactive_threshold": decoder.duration(&limits.inactiveThreshold, value)
            case "max_ack_pending": decoder.integer(&limits.maxAckPending, value, type: "int")
            default: return false
            }
            return true
        }
        consumerLimits = limits
    }
}
