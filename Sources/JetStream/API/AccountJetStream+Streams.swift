import NATSSubjects
package import NATSWire

/// Requests that make, change and end streams.
extension AccountJetStream {
    func rules(isPedantic: Bool) -> StreamRules {
        StreamRules(settings: settings, limits: limits, isPedantic: isPedantic) { self.streams[$0]?.configuration }
    }

    func accountInfo(_ request: APIRequest) {
        attempt(request, "account_info") { () throws(JetStreamError) in
            answer(request, "account_info", usageMembers())
        }
    }

    /// What the account uses and may use.
    package func usageMembers() -> [JSONValue.Member] {
        let count = streams.values.reduce(0) { $0 + $1.consumers.values.count { !$0.configuration.isDirect } }
        var members: [JSONValue.Member] = [
            .init("memory", .int(used(.memory))),
            .init("storage", .int(used(.file))),
            .init("reserved_memory", .int(reserved(.memory))),
            .init("reserved_storage", .int(reserved(.file))),
            .init("streams", .int(Int64(streams.count))),
            .init("consumers", .int(Int64(count))),
            .init("limits", limits.json),
        ]
        members.addText("domain", settings.domain)
        members.append(
            .init(
                "api",
                .object([
                    .init("level", .int(Int64(JetStreamSettings.level))),
                    .init("total", .int(Int64(clamping: requests))),
                    .init("errors", .int(Int64(clamping: failures))),
                ])))
        return members
    }

    func createStream(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_create") { () throws(JetStreamError) in
            var (configuration, isPedantic) = try read { () throws(RequestProblem) in
                try StreamConfiguration.request(request.body, isStrict: settings.isStrict)
            }
            configuration.setVersions()
            if configuration.name != name { throw JetStreamError(.streamMismatch) }
            if name.contains("/") || name.contains("\\") { throw JetStreamError(.streamNameContainsPathSeparators) }
            if configuration.isSealed { throw invalid("stream configuration for create can not be sealed") }
            if configuration.allowsMirrorDirect && configuration.mirror == nil {
                throw invalid("stream has no mirror but does have mirror direct")
            }
            try checkLimits(configuration, isNew: true)
            let stream = try addStream(configuration, isPedantic: isPedantic)
            answer(
                request, "stream_create",
                stream.infoMembers(withDomain: false) + [.init("did_create", true)])
        }
    }

    private func invalid(_ reason: String) -> JetStreamError { JetStreamError(.streamInvalidConfig, reason) }

    func checkLimits(_ configuration: StreamConfiguration, isNew: Bool, adding: Int64? = nil)
        throws(JetStreamError)
    {
        let name = configuration.name
        if isNew, limits.maxStreams > 0, streams.count - (streams[name] == nil ? 0 : 1) >= limits.maxStreams {
            throw JetStreamError(.maximumStreamsLimit)
        }
        if configuration.maxConsumers > 0, limits.maxConsumers > 0, configuration.maxConsumers > limits.maxConsumers {
            throw JetStreamError(.maximumConsumersLimit)
        }
        let wanted = configuration.maxBytes < 0 ? 1 : configuration.maxBytes
        let others = reserved(configuration.storage, but: name)
        let (limit, server) =
            configuration.storage == .memory
            ? (limits.maxMemory, settings.maxMemory) : (limits.maxStore, settings.maxStore)
        let isTooMuch =
            (limit >= 0 && (others > limit || wanted > limit - others))
            || others > server || wanted > server - others
        if isTooMuch {
            throw JetStreamError(
                configuration.storage == .memory ? .memoryResourcesExceeded : .storageResourcesExceeded)
        }
    }

    /// Makes a stream, or finds it where it is there with the same configuration.
    private func addStream(_ wanted: StreamConfiguration, isPedantic: Bool) throws(JetStreamError) -> Stream {
        var configuration = try rules(isPedantic: isPedantic).check(wanted)
        if configuration.replicas > 1 { throw JetStreamError(.streamReplicasNotSupported) }
        if let known = streams[configuration.name] {
            configuration.metadata = VersionMetadata.aligned(configuration.metadata, with: known.configuration.metadata)
            guard configuration == known.configuration else { throw JetStreamError(.streamNameExist) }
            return known
        }
        let stream = try makeStream(configuration)
        install(stream)
        // The stream may be one that takes such messages.
        streamAdvisory(stream, "CREATED", "create")
        return stream
    }

    /// Makes a stream, which nobody knows yet.
    func makeStream(_ configuration: StreamConfiguration) throws(JetStreamError) -> Stream {
        try checkFilters(configuration)
        try checkOverlap(configuration)
        let created = host.now
        let store: any StreamStore
        do throws(StoreError) {
            store = try stores.makeStream(
                configuration, metadata: Stream.metadata(configuration, created: created))
            if configuration.firstSequence > 1 { try store.compact(to: configuration.firstSequence) }
        } catch {
            host.log("JetStream of account \(name): stream \(configuration.name) was not made: \(error.words)")
            throw JetStreamError(.streamCreate, "error creating store for stream")
        }
        let stream = Stream(configuration, created: created, store: store, account: self)
        if configuration.firstSequence > 1 {
            stream.lastSequence = max(stream.lastSequence, configuration.firstSequence - 1)
        }
        return stream
    }

    /// Takes up a stream that a store holds, as after a start. Consumers come after it.
    package func recoverStream(
        _ configuration: StreamConfiguration,
        created: Int64,
        store: any StreamStore
    ) -> Stream {
        let stream = Stream(configuration, created: created, store: store, account: self)
        install(stream)
        stream.expire(now: host.now)
        stream.markDirty()
        return stream
    }

    private func install(_ stream: Stream) {
        streams[stream.name] = stream
        activate(stream)
    }

    /// Lets a stream take messages from clients and from other streams.
    func activate(_ stream: Stream) {
        host.capture(stream.configuration.subjects, for: stream)
        stream.setOrigins()
        // Those that take from it begin at the end of the turn.
        for other in streams.values where other.reads(from: stream.name) {
            other.markDirty()
        }
        stream.setAlarm()
    }

    private func checkFilters(_ configuration: StreamConfiguration) throws(JetStreamError) {
        if let mirror = configuration.mirror, !mirror.filter.isEmpty, !Subject.isValidPattern(mirror.filter.utf8) {
            throw JetStreamError(.streamCreate, "subject filter '\(mirror.filter)' for the mirror invalid subject")
        }
        for source in configuration.sources
        where !source.filter.isEmpty && !Subject.isValidPattern(source.filter.utf8) {
            throw JetStreamError(.streamCreate, "subject filter '\(source.filter)' for the source: invalid subject")
        }
    }

    private func checkOverlap(_ configuration: StreamConfiguration) throws(JetStreamError) {
        for other in streams.values where other.name != configuration.name {
            for subject in other.configuration.subjects
            where configuration.subjects.contains(where: { Subject.collide($0.utf8, subject.utf8) }) {
                throw JetStreamError(.streamSubjectOverlap)
            }
        }
    }

    func updateStream(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_update") { () throws(JetStreamError) in
            let (wanted, isPedantic) = try read { () throws(RequestProblem) in
                try StreamConfiguration.request(request.body, isStrict: settings.isStrict)
            }
            let rules = rules(isPedantic: isPedantic)
            var configuration = try rules.check(wanted)
            if configuration.name != name { throw JetStreamError(.streamMismatch) }
            let stream = try stream(name)
            configuration.setVersions()
            configuration = try rules.update(stream.configuration, to: configuration)
            try checkLimits(configuration, isNew: false)
            try checkConsumerLimits(configuration, of: stream)
            try checkOverlap(configuration)
            try apply(configuration, to: stream)
            answer(request, "stream_update", stream.infoMembers())
        }
    }

    private func checkConsumerLimits(_ configuration: StreamConfiguration, of stream: Stream) throws(JetStreamError) {
        let new = configuration.consumerLimits
        let old = stream.configuration.consumerLimits
        guard new != old else { return }
        let offenders = stream.consumers.values.filter {
            (new.inactiveThreshold > 0 && $0.configuration.inactiveThreshold > new.inactiveThreshold)
                || (new.maxAckPending > 0 && $0.configuration.maxAckPending > new.maxAckPending)
        }
        if !offenders.isEmpty {
            let names = offenders.map(\.name).sorted().joined(separator: ", ")
            throw JetStreamError(.streamUpdate, "change to limits violates consumers: \(names)")
        }
    }

    private func apply(_ configuration: StreamConfiguration, to stream: Stream) throws(JetStreamError) {
        let old = stream.configuration
        do throws(StoreError) {
            try stores.updateStream(
                configuration, metadata: Stream.metadata(configuration, created: stream.created))
        } catch {
            throw JetStreamError(.streamUpdate, error.words)
        }
        stream.configuration = configuration
        if !configuration.allowsAtomicPublish { stream.batches = [:] }
        stream.setTransforms()
        let before = Set(old.subjects)
        let after = Set(configuration.subjects)
        host.release(old.subjects.filter { !after.contains($0) }, of: stream)
        host.capture(configuration.subjects.filter { !before.contains($0) }, for: stream)
        if old.mirror != configuration.mirror || old.sources != configuration.sources { stream.setOrigins() }
        for consumer in stream.consumers.values { consumer.setFilters() }
        if old.retention != configuration.retention && configuration.retention == .interest {
            stream.removeUnneeded(from: 0, ignoring: nil)
        }
        stream.enforceAllLimits()
        streamAdvisory(stream, "UPDATED", "modify")
    }

    func deleteStream(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_delete") { () throws(JetStreamError) in
            if !request.isEmpty { throw JetStreamError(.notEmptyRequest) }
            let stream = try stream(name)
            remove(stream)
            answer(request, "stream_delete", [.init("success", true)])
        }
    }

    private func remove(_ stream: Stream) {
        streams[stream.name] = nil
        host.release(stream.configuration.subjects, of: stream)
        for consumer in stream.consumers.values.sorted(by: { $0.name < $1.name }) { discard(consumer) }
        stream.isClosed = true
        stream.count()
        stream.detachReaders()
        streamAdvisory(stream, "DELETED", "delete")
        stream.report { () throws(StoreError) in try self.stores.deleteStream(stream.configuration, stream.store) }
    }

    func streamAdvisory(_ stream: Stream, _ subject: String, _ action: String) {
        advise(
            "STREAM.\(subject).\(stream.name)", type: "stream_action",
            [.init("stream", .string(stream.name)), .init("action", .string(action))])
    }

    /// Ends the work: everything is written, and nothing more is done.
    package func close() {
        endTurn()
        for stream in streams.values {
            for consumer in stream.consumers.values {
                consumer.close(telling: nil)
                forget(consumer)
                stream.report { () throws(StoreError) in try consumer.store.close() }
            }
            stream.detachReaders()
            stream.consumers = [:]
            stream.isClosed = true
            stream.report { () throws(StoreError) in try stream.store.close() }
            stream.count()
        }
        streams = [:]
    }
}

extension AccountLimits {
    /// The limits as answers show them.
    package var json: JSONValue {
        .object([
            .init("max_memory", .int(maxMemory)),
            .init("max_storage", .int(maxStore)),
            .init("max_streams", .int(Int64(maxStreams))),
            .init("max_consumers", .int(Int64(maxConsumers))),
            .init("max_ack_pending", .int(Int64(maxAckPending))),
            .init("memory_max_stream_bytes", .int(memoryMaxStreamBytes)),
            .init("storage_max_stream_bytes", .int(storeMaxStreamBytes)),
            .init("max_bytes_required", .bool(isMaxBytesRequired)),
        ])
    }
}
