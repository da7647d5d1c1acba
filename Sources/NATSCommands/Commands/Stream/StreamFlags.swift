import NATSClient
import NATSWire

/// The flags that say how a stream is to be, for `nats stream add`, `copy` and `edit`.
enum StreamFlags {
    static let config = Flag.text(
        "config", "JSON file with the configuration", placeholder: "FILE", kind: .existingFile)
    static let subjects = Flag.texts("subjects", "Subjects that the stream stores", placeholder: "SUBJECTS")
    static let description = Flag.text("description", "What the stream is for")
    static let storage = Flag.text(
        "storage", "Where messages are kept (file, memory)", kind: .choice(["file", "f", "memory", "m"]))
    static let compression = Flag.text(
        "compression", "Compression of files (none, s2)", kind: .choice(["none", "s2"]))
    static let replicas = Flag.integer("replicas", "On how many servers of a cluster messages are kept", default: 0)
    static let tag = Flag.texts("tag", "Place the stream on servers that have the tag")
    static let tags = Flag.texts("tags", "Same as --tag", isHidden: true)
    static let cluster = Flag.text("cluster", "Place the stream in a cluster")
    static let ack = Flag.toggle("ack", "Acknowledge what is published", isNegatable: true, default: true)
    static let retention = Flag.text(
        "retention", "When messages are given up (limits, interest, work)",
        kind: .choice(["limits", "interest", "workq", "work"]))
    static let discard = Flag.text(
        "discard", "What a full stream does with a new message (new, old)", kind: .choice(["new", "old"]))
    static let discardPerSubject = Flag.toggle(
        "discard-per-subject", "Discard new messages for the limit of each subject too", isNegatable: true)
    static let firstSequence = Flag.unsigned("first-sequence", "The first message's sequence")
    static let maximumAge = Flag.text("max-age", "How long messages are kept", placeholder: "DURATION")
    static let maximumBytes = Flag.text("max-bytes", "How many bytes are kept", placeholder: "BYTES")
    static let maximumConsumers = Flag.integer("max-consumers", "How many consumers there may be", default: -1)
    static let maximumMessageSize = Flag.text("max-msg-size", "How large a message may be", placeholder: "BYTES")
    static let maximumMessages = Flag.integer("max-msgs", "How many messages are kept", default: 0)
    static let maximumPerSubject = Flag.integer(
        "max-msgs-per-subject", "How many messages of each subject are kept", default: 0)
    static let duplicateWindow = Flag.text(
        "dupe-window", "For how long message identifiers are remembered", placeholder: "DURATION")
    static let mirror = Flag.text(
        "mirror", "Make the stream a copy of another, by name or as JSON", placeholder: "STREAM")
    static let noMirror = Flag.toggle("no-mirror", "Stop to be a copy")
    static let source = Flag.texts(
        "source", "Collect messages of another stream, by name or as JSON", placeholder: "STREAM")
    static let allowBatch = Flag.toggle("allow-batch", "Allow atomic batches", isNegatable: true)
    static let allowFast = Flag.toggle("allow-fast", "Allow fast batches", isNegatable: true)
    static let allowCounter = Flag.toggle("allow-counter", "Let subjects count")
    static let allowRollup = Flag.toggle("allow-rollup", "Allow roll-ups", isNegatable: true)
    static let denyDelete = Flag.toggle("deny-delete", "Let nobody delete messages", isNegatable: true)
    static let denyPurge = Flag.toggle("deny-purge", "Let nobody purge the stream", isNegatable: true)
    static let allowDirect = Flag.toggle(
        "allow-direct", "Let every replica answer requests for single messages", isNegatable: true, default: true)
    static let allowMirrorDirect = Flag.toggle(
        "allow-mirror-direct", "Let mirrors answer them too", isNegatable: true)
    static let allowMessageTTL = Flag.toggle("allow-msg-ttl", "Allow messages with a time to live of their own")
    static let allowSchedules = Flag.toggle("allow-schedules", "Allow scheduled messages", isNegatable: true)
    static let deleteMarkerTTL = Flag.duration(
        "subject-del-markers-ttl", "How long markers of removed messages stay", placeholder: "DURATION")
    static let transformSource = Flag.text("transform-source", "Subjects to change", placeholder: "SOURCE")
    static let transformDestination = Flag.text("transform-destination", "What they become", placeholder: "DEST")
    static let noTransform = Flag.toggle("no-transform", "Stop to change subjects")
    static let metadata = Flag.texts("metadata", "Adds metadata", placeholder: "META")
    static let republishSource = Flag.text("republish-source", "Subjects to publish once more", placeholder: "SOURCE")
    static let republishDestination = Flag.text("republish-destination", "Where to", placeholder: "DEST")
    static let republishHeaders = Flag.toggle("republish-headers", "Publish headers only")
    static let noRepublish = Flag.toggle("no-republish", "Stop to publish once more")
    static let consumerInactive = Flag.duration(
        "limit-consumer-inactive", "How long a consumer may be unused", placeholder: "THRESHOLD")
    static let consumerPending = Flag.unsigned(
        "limit-consumer-max-pending", "How many messages a consumer may leave unacknowledged", placeholder: "PENDING")
    static let persistMode = Flag.text(
        "persist-mode", "When messages are written to the disk (default, async)", kind: .choice(["default", "async"]))
    static let json = Flag.toggle("json", short: "j", "Print a JSON document")

    private static let common: [FlagSpec] = [
        subjects.spec, description.spec, compression.spec, replicas.spec, tag.spec, tags.spec, cluster.spec, ack.spec,
        retention.spec, discard.spec, discardPerSubject.spec, maximumAge.spec, maximumBytes.spec,
        maximumConsumers.spec, maximumMessageSize.spec, maximumMessages.spec, maximumPerSubject.spec,
        duplicateWindow.spec, mirror.spec, source.spec, allowBatch.spec, allowFast.spec, allowCounter.spec,
        allowRollup.spec,
        denyDelete.spec, denyPurge.spec, allowDirect.spec, allowMirrorDirect.spec, allowMessageTTL.spec,
        allowSchedules.spec, deleteMarkerTTL.spec, transformSource.spec, transformDestination.spec, metadata.spec,
        republishSource.spec, republishDestination.spec, republishHeaders.spec, json.spec,
    ]

    static let forAdding =
        [config.spec, storage.spec, firstSequence.spec, consumerInactive.spec, consumerPending.spec, persistMode.spec]
        + common
    static let forEditing = [config.spec, noMirror.spec, noTransform.spec, noRepublish.spec] + common
}

extension Invocation {
    /// The subjects of `--subjects`, which may hold several with commas or blanks between them.
    var streamSubjects: [String] {
        self[StreamFlags.subjects].flatMap { $0.split { $0 == "," || $0.isWhitespace }.map(String.init) }
    }

    /// Changes a stream's configuration to what was given on the command line. What was not given stays.
    func apply(to stream: inout StreamConfiguration) throws {
        if !streamSubjects.isEmpty { stream.subjects = streamSubjects }
        if let text = self[StreamFlags.description] { stream.summary = text }
        if let storage = self[StreamFlags.storage] { stream.storage = storage.hasPrefix("f") ? .file : .memory }
        if let name = self[StreamFlags.compression] { stream.compression = name == "s2" ? .s2 : .none }
        if self[StreamFlags.replicas] != 0 { stream.replicas = self[StreamFlags.replicas] }
        try applyLimits(to: &stream)
        try applyPermissions(to: &stream)
        try applyOrigins(to: &stream)
        if isGiven(StreamFlags.metadata) {
            stream.metadata = try Dictionary(pairs: self[StreamFlags.metadata], flag: "--metadata")
        }
        if let mode = self[StreamFlags.persistMode] { stream.document["persist_mode"] = mode }
        if isGiven(StreamFlags.tag) || isGiven(StreamFlags.tags) || isGiven(StreamFlags.cluster) {
            var placement = stream.placement ?? Placement()
            if isGiven(StreamFlags.cluster) { placement.cluster = self[StreamFlags.cluster] ?? "" }
            let tags = self[StreamFlags.tag] + self[StreamFlags.tags]
            if !tags.isEmpty { placement.tags = tags.filter { !$0.isEmpty } }
            stream.placement = placement.cluster.isEmpty && placement.tags.isEmpty ? nil : placement
        }
    }

    private func applyLimits(to stream: inout StreamConfiguration) throws {
        if let retention = self[StreamFlags.retention] {
            stream.retention = retention.hasPrefix("work") ? .workQueue : retention == "limits" ? .limits : .interest
        }
        if let discard = self[StreamFlags.discard] { stream.discard = discard == "new" ? .new : .old }
        if isGiven(StreamFlags.discardPerSubject) {
            stream.discardsNewPerSubject = self[StreamFlags.discardPerSubject]
        }
        if let sequence = self[StreamFlags.firstSequence] { stream.firstSequence = sequence }
        if let text = self[StreamFlags.maximumAge] { stream.maximumAge = try duration(text, flag: "--max-age") }
        if let text = self[StreamFlags.duplicateWindow] {
            stream.duplicateWindow = try duration(text, flag: "--dupe-window")
        }
        if let text = self[StreamFlags.maximumBytes] {
            stream.maximumBytes = try ByteSize.parse(text, flag: "--max-bytes")
        }
        if let text = self[StreamFlags.maximumMessageSize] {
            stream.maximumMessageSize = try ByteSize.parse(text, flag: "--max-msg-size")
        }
        if self[StreamFlags.maximumMessages] != 0 {
            stream.maximumMessages = max(-1, self[StreamFlags.maximumMessages])
        }
        if self[StreamFlags.maximumPerSubject] != 0 {
            stream.maximumMessagesPerSubject = max(-1, self[StreamFlags.maximumPerSubject])
        }
        if isGiven(StreamFlags.maximumConsumers) { stream.maximumConsumers = self[StreamFlags.maximumConsumers] }
        var limits = stream.consumerLimits ?? ConsumerLimits()
        if let threshold = self[StreamFlags.consumerInactive] { limits.inactiveThreshold = threshold }
        if let pending = self[StreamFlags.consumerPending] { limits.maximumAckPending = pending }
        if limits != ConsumerLimits() { stream.consumerLimits = limits }
    }

    private func applyPermissions(to stream: inout StreamConfiguration) throws {
        func set(_ path: WritableKeyPath<StreamConfiguration, Bool>, _ flag: Flag<Bool>) {
            if isGiven(flag) { stream[keyPath: path] = self[flag] }
        }
        if isGiven(StreamFlags.ack) { stream.doesNotAcknowledge = !self[StreamFlags.ack] }
        set(\.allowsAtomicPublish, StreamFlags.allowBatch)
        if isGiven(StreamFlags.allowFast) { stream.document["allow_batched"] = self[StreamFlags.allowFast] }
        set(\.allowsCounters, StreamFlags.allowCounter)
        set(\.allowsRollup, StreamFlags.allowRollup)
        set(\.deniesDelete, StreamFlags.denyDelete)
        set(\.deniesPurge, StreamFlags.denyPurge)
        set(\.allowsDirectGet, StreamFlags.allowDirect)
        set(\.allowsMirrorDirectGet, StreamFlags.allowMirrorDirect)
        set(\.allowsMessageTTL, StreamFlags.allowMessageTTL)
        set(\.allowsSchedules, StreamFlags.allowSchedules)
        if let lifetime = self[StreamFlags.deleteMarkerTTL] { stream.deleteMarkerTTL = lifetime }
    }

    private func applyOrigins(to stream: inout StreamConfiguration) throws {
        if self[StreamFlags.noMirror] { stream.mirror = nil }
        if self[StreamFlags.noTransform] { stream.subjectTransform = nil }
        if self[StreamFlags.noRepublish] { stream.republication = nil }
        if let mirror = self[StreamFlags.mirror] { stream.mirror = try origin(mirror, flag: "--mirror") }
        if isGiven(StreamFlags.source) {
            stream.sources = try self[StreamFlags.source].map { try origin($0, flag: "--source") }
        }
        if let source = self[StreamFlags.transformSource] {
            guard let destination = self[StreamFlags.transformDestination] else {
                throw CommandError("--transform-source needs --transform-destination")
            }
            stream.subjectTransform = SubjectTransform(source: source, destination: destination)
        }
        if let destination = self[StreamFlags.republishDestination] {
            guard let source = self[StreamFlags.republishSource] else {
                throw CommandError("--republish-destination needs --republish-source")
            }
            stream.republication = Republication(
                source: source, destination: destination, headersOnly: self[StreamFlags.republishHeaders])
        }
    }

    /// A stream by its name, or by the JSON of its place in a configuration.
    private func origin(_ text: String, flag: String) throws -> StreamSource {
        guard text.hasPrefix("{") else { return StreamSource(name: text) }
        guard let value = try? JSONValue(parsing: Array(text.utf8)), let source = StreamSource(json: value) else {
            throw CommandError("\(flag) is not readable as JSON: \(text)")
        }
        return source
    }

    func duration(_ text: String, flag: String) throws -> Duration {
        if text == "-1" { return .zero }
        do {
            return try CommandDuration.parse(text)
        } catch {
            throw CommandError("invalid value \(text) for \(flag): expected a duration such as 500ms, 2s, 5m or 1h30m")
        }
    }
}
