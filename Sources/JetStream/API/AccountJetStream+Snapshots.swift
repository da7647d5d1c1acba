import NATSSubjects
import NATSWire

/// Requests for copies of whole streams.
extension AccountJetStream {
    func snapshotStream(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_snapshot") { () throws(JetStreamError) in
            if request.isEmpty { throw JetStreamError(.badRequest) }
            let stream = try stream(name)
            let wanted = try read { () throws(RequestProblem) in
                try SnapshotRequest(request.body, isStrict: settings.isStrict)
            }
            let isUsable =
                Subject.isValidPattern(wanted.deliverSubject.utf8) && Subject.isLiteral(wanted.deliverSubject.utf8)
            guard isUsable else { throw JetStreamError(.snapshotDeliverSubjectInvalid) }
            let state = stream.stateJSON()
            answer(request, "stream_snapshot", [.init("config", stream.configuration.json), .init("state", state)])
            advise(
                "STREAM.SNAPSHOT_CREATE.\(name)", type: "snapshot_create",
                [.init("stream", .string(name)), .init("state", state), .init("client", request.client)])
            StreamSnapshot(of: stream, wanted, client: request.client).begin()
        }
    }

    func restoreStream(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_restore", tail: [.init("deliver_subject", "")]) { () throws(JetStreamError) in
            if request.isEmpty { throw JetStreamError(.badRequest) }
            var wanted = StreamConfiguration()
            try read { () throws(RequestProblem) in
                try RequestDecoder.decode(
                    request.body, as: "JSApiStreamRestoreRequest", isStrict: settings.isStrict
                ) { decoder, name, value throws(RequestProblem) in
                    switch name {
                    case "config":
                        try decoder.object(value, type: "server.StreamConfig") {
                            decoder, name, value throws(RequestProblem) in
                            try wanted.set(name, value, &decoder)
                        }
                    // The snapshot itself says more exactly what is in it.
                    case "state": break
                    default: return false
                    }
                    return true
                }
            }
            if wanted.name.isEmpty { wanted.name = name }
            if wanted.name != name { throw JetStreamError(.streamMismatch) }
            if name.contains("/") || name.contains("\\") { throw JetStreamError(.streamNameContainsPathSeparators) }
            let configuration = try rules(isPedantic: false).check(wanted)
            try checkLimits(configuration, isNew: true)
            if streams[name] != nil { throw JetStreamError(.streamNameExistRestoreFailed) }
            let restore = StreamRestore(configuration, client: request.client, account: self)
            restore.begin()
            answer(
                request, "stream_restore",
                [.init("deliver_subject", .string(String(decoding: restore.subject, as: UTF8.self)))])
        }
    }

    /// Makes a stream that gets its messages from a snapshot, and takes none from clients yet.
    ///
    /// - Parameters:
    ///   - bytes: how large it is going to be.
    ///   - first: the sequence of its first message.
    func addRestored(
        _ configuration: StreamConfiguration,
        bytes: Int64,
        startingAt first: UInt64
    ) throws(JetStreamError) -> Stream {
        if streams[configuration.name] != nil { throw JetStreamError(.streamNameExistRestoreFailed) }
        if shortage(of: configuration.storage, adding: Int(bytes)) != nil {
            throw resourcesExceeded(configuration.storage)
        }
        var sized = configuration
        sized.maxBytes = max(configuration.maxBytes, bytes)
        try checkLimits(sized, isNew: true)
        do throws(JetStreamError) {
            let stream = try makeStream(configuration)
            if first > 1 {
                stream.report { () throws(StoreError) in try stream.store.compact(to: first) }
                stream.lastSequence = first - 1
            }
            streams[stream.name] = stream
            streamAdvisory(stream, "CREATED", "create")
            return stream
        } catch {
            throw JetStreamError(
                .streamRestore, "error adding stream: \(error.description) (\(error.kind.number))")
        }
    }

    /// Makes a consumer that stands where it stood; it begins to work later.
    func addRestored(
        _ description: SnapshotConsumer,
        name: String,
        to stream: Stream
    ) throws(JetStreamError) -> Consumer {
        var configuration = description.configuration
        let rules = ConsumerRules(settings: settings, limits: limits, stream: stream.configuration)
        try rules.complete(&configuration, isPedantic: false)
        try rules.check(configuration)
        if stream.consumers[name] != nil { throw JetStreamError(.consumerAlreadyExists) }
        configuration.name = name
        let created = host.now
        do throws(StoreError) {
            let store = try stores.makeConsumer(
                configuration, of: stream.configuration, state: description.state,
                metadata: Consumer.metadata(configuration, name: name, created: created))
            let consumer = Consumer(configuration, name: name, created: created, store: store, stream: stream)
            consumer.next = max(description.state.delivered.stream + 1, stream.store.state.firstSequence)
            stream.add(consumer)
            return consumer
        } catch {
            throw JetStreamError(.consumerStoreFailed, error.words)
        }
    }

    func resourcesExceeded(_ storage: StorageType) -> JetStreamError {
        JetStreamError(storage == .memory ? .memoryResourcesExceeded : .storageResourcesExceeded)
    }
}
