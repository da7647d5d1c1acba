import NATSWire

/// Requests about consumers.
extension AccountJetStream {
    func createConsumer(_ request: APIRequest) {
        do throws(JetStreamError) {
            var wanted = try read { () throws(RequestProblem) in
                try ConsumerRequest(request.body, isStrict: settings.isStrict)
            }
            if request.needsHigherLevel { throw JetStreamError(.requiredApiLevel) }
            try checkNames(&wanted, request.tokens)
            if wanted.configuration.replicas > 1 { throw JetStreamError(.streamReplicasNotSupported) }
            let stream = try stream(wanted.stream)
            if let known = stream.consumers[wanted.configuration.name] {
                // Only a request for a pause may set or lift one.
                wanted.configuration.pauseUntil = known.configuration.pauseUntil
            }
            wanted.configuration.setVersions()
            let consumer = try add(wanted, to: stream)
            answer(request, "consumer_create", consumer.infoMembers())
            if consumer.isPaused { consumer.pauseAdvisory() }
        } catch {
            refuse(request, "consumer_create", error)
        }
    }

    /// Compares the names in the request with those in its subject.
    private func checkNames(_ wanted: inout ConsumerRequest, _ tokens: [String]) throws(JetStreamError) {
        let isDurable = tokens[1] == "DURABLE"
        let streamName = isDurable ? tokens[3] : tokens[2]
        var name = wanted.configuration.name
        var filter = ""
        if isDurable {
            name = tokens[4]
        } else if tokens.count > 3 {
            name = tokens[3]
            filter = tokens.dropFirst(4).joined(separator: ".")
        }
        let isEphemeral = !isDurable && tokens.count == 3
        if streamName != wanted.stream { throw JetStreamError(.streamMismatch) }
        if name.contains("/") || name.contains("\\") { throw JetStreamError(.consumerNameContainsPathSeparators) }
        if isDurable {
            if wanted.configuration.durable.isEmpty { throw JetStreamError(.consumerDurableNameNotSet) }
            if name != wanted.configuration.durable { throw JetStreamError(.consumerDurableNameNotMatchSubject) }
            wanted.configuration.name = name
        } else if !isEphemeral {
            if !wanted.configuration.durable.isEmpty && name != wanted.configuration.durable {
                throw JetStreamError(.consumerDurableNameNotMatchSubject)
            }
            wanted.configuration.name = name
        } else if !wanted.configuration.durable.isEmpty {
            throw JetStreamError(.consumerEphemeralWithDurableName)
        }
        if !filter.isEmpty && !wanted.configuration.filters.isEmpty {
            throw JetStreamError(.consumerMultipleFiltersNotAllowed)
        }
        if !filter.isEmpty && wanted.configuration.filter != filter {
            throw JetStreamError(.consumerCreateFilterSubjectMismatch)
        }
    }

    /// Makes a consumer, or changes the one that is there.
    private func add(_ wanted: ConsumerRequest, to stream: Stream) throws(JetStreamError) -> Consumer {
        var configuration = wanted.configuration
        let rules = ConsumerRules(settings: settings, limits: limits, stream: stream.configuration)
        try rules.complete(&configuration, isPedantic: wanted.isPedantic)
        try rules.check(configuration)
        let name = configuration.isDurable ? configuration.durable : configuration.name
        if let known = stream.consumers[name] {
            if wanted.action == .create {
                configuration.metadata = VersionMetadata.aligned(
                    configuration.metadata, with: known.configuration.metadata)
                if configuration != known.configuration { throw JetStreamError(.consumerAlreadyExists) }
            }
            if stream.configuration.retention == .workqueue, !isUnique(configuration, but: name, in: stream) {
                throw JetStreamError(.consumerWQConsumerNotUnique)
            }
            try change(known, to: configuration, rules)
            return known
        }
        if wanted.action == .update { throw JetStreamError(.consumerDoesNotExist) }
        try checkRoom(configuration, in: stream)
        if name.utf8.count > StreamRules.maxNameLength && configuration.isDurable {
            throw JetStreamError(.consumerNameTooLong, String(StreamRules.maxNameLength))
        }
        return try make(configuration, name: name, in: stream)
    }

    private func checkRoom(_ configuration: ConsumerConfiguration, in stream: Stream) throws(JetStreamError) {
        let count = stream.consumers.values.count { !$0.configuration.isDirect && !$0.configuration.isSourcing }
        var most = stream.configuration.maxConsumers
        if most <= 0 || (limits.maxConsumers > 0 && limits.maxConsumers < most) { most = limits.maxConsumers }
        if most > 0 && count >= most { throw JetStreamError(.maximumConsumersLimit) }
        guard stream.configuration.retention == .workqueue, !configuration.isDirect, !configuration.isSourcing else {
            return
        }
        if configuration.ackPolicy != .explicit && configuration.ackPolicy != .flowControl {
            throw JetStreamError(.consumerWQRequiresExplicitAck)
        }
        if configuration.deliverPolicy != .all { throw JetStreamError(.consumerWQConsumerNotDeliverAll) }
        guard count > 0 else { return }
        if configuration.allFilters.isEmpty { throw JetStreamError(.consumerWQMultipleUnfiltered) }
        if !isUnique(configuration, but: "", in: stream) { throw JetStreamError(.consumerWQConsumerNotUnique) }
    }

    /// Whether no other consumer is after the same messages of a work queue.
    private func isUnique(_ configuration: ConsumerConfiguration, but name: String, in stream: Stream) -> Bool {
        stream.consumers.values.allSatisfy { other in
            if other.name == name || other.configuration.isDirect || other.configuration.isSourcing { return true }
            let theirs = other.configuration.allFilters
            return configuration.allFilters.allSatisfy { filter in
                !theirs.isEmpty && !theirs.contains { SubjectPair.collide($0, filter) }
            }
        }
    }

    private func make(
        _ wanted: ConsumerConfiguration,
        name wantedName: String,
        in stream: Stream
    ) throws(JetStreamError) -> Consumer {
        var configuration = wanted
        var name = wantedName
        if name.isEmpty {
            repeat { name = String(NUID.next().suffix(8)) } while stream.consumers[name] != nil
            configuration.name = name
        }
        let created = host.now
        if !configuration.isDurable && configuration.inactiveThreshold <= 0 {
            configuration.inactiveThreshold = Consumer.defaultIdleThreshold
        }
        do throws(StoreError) {
            let store = try stores.makeConsumer(
                configuration, of: stream.configuration, state: ConsumerState(),
                metadata: Consumer.metadata(configuration, name: name, created: created))
            let consumer = Consumer(configuration, name: name, created: created, store: store, stream: stream)
            consumer.hidesName = wanted.name.isEmpty && !wanted.isDurable
            try consumer.chooseStart()
            stream.add(consumer)
            consumer.begin()
            consumer.notePause()
            consumerAdvisory(consumer, "CREATED", "create")
            return consumer
        } catch {
            host.log("JetStream of account \(self.name): consumer \(name) was not made: \(error.words)")
            throw JetStreamError(.consumerCreate, "error creating store for consumer")
        }
    }

    /// Takes up a consumer that a store holds, as after a start.
    ///
    /// - Parameter startingAnew: whether nothing is known of what it did, so that it begins again. One that wanted new messages alone
    ///   begins with those that came since it was made.
    package func recoverConsumer(
        _ configuration: ConsumerConfiguration,
        name: String,
        created: Int64,
        store: any ConsumerStateStore,
        startingAnew: Bool = false,
        of stream: Stream
    ) throws(StoreError) {
        let consumer = Consumer(configuration, name: name, created: created, store: store, stream: stream)
        if startingAnew {
            try consumer.chooseStart(isNew: false)
        } else {
            consumer.next = max(store.state.delivered.stream + 1, stream.store.state.firstSequence)
        }
        stream.add(consumer)
        consumer.begin()
        consumer.notePause()
    }

    private func change(
        _ consumer: Consumer,
        to wanted: ConsumerConfiguration,
        _ rules: ConsumerRules
    ) throws(JetStreamError) {
        var new = wanted
        let old = consumer.configuration
        try rules.checkUpdate(old, to: new)
        if old.deliverSubject != new.deliverSubject, host.hasInterest(in: consumer.deliverSubject) {
            throw JetStreamError(.consumerNameExist)
        }
        guard old != new else { return }
        let hasNewThreshold = old.inactiveThreshold != new.inactiveThreshold
        if hasNewThreshold && !new.isDurable && new.inactiveThreshold <= 0 {
            new.inactiveThreshold = Consumer.defaultIdleThreshold
        }
        try set(new, on: consumer)
        if old.deliverSubject != new.deliverSubject { consumer.setDeliverSubject() }
        if old.pauseUntil != new.pauseUntil {
            consumer.notePause()
            consumer.pauseAdvisory()
        }
        if old.allFilters != new.allFilters {
            consumer.stream.remove(consumer)
            consumer.setFilters()
            consumer.stream.add(consumer)
            consumer.stream.removeUnneeded(from: 0, ignoring: nil)
            consumer.recount()
        }
        consumer.sampling = new.samplePercent
        if hasNewThreshold { consumer.setIdleThreshold() }
        consumer.watchAll()
        consumer.markReady()
        consumer.setAlarm()
    }

    private func set(_ configuration: ConsumerConfiguration, on consumer: Consumer) throws(JetStreamError) {
        let metadata = Consumer.metadata(configuration, name: consumer.name, created: consumer.created)
        do throws(StoreError) {
            try stores.updateConsumer(configuration, of: consumer.stream.configuration, metadata: metadata)
        } catch {
            throw JetStreamError(.consumerStoreFailed, error.words)
        }
        consumer.configuration = configuration
        consumer.hidesName = false
    }

    func consumerInfo(_ request: APIRequest, _ stream: String, _ name: String) {
        guard request.isEmpty else { return refuse(request, "consumer_info", JetStreamError(.notEmptyRequest)) }
        attempt(request, "consumer_info") { () throws(JetStreamError) in
            answer(request, "consumer_info", try consumer(name, of: stream).infoMembers())
        }
    }

    func deleteConsumer(_ request: APIRequest, _ stream: String, _ name: String) {
        attempt(request, "consumer_delete") { () throws(JetStreamError) in
            if !request.isEmpty { throw JetStreamError(.notEmptyRequest) }
            deleteConsumer(try consumer(name, of: stream))
            answer(request, "consumer_delete", [.init("success", true)])
        }
    }

    /// Ends a consumer and forgets its state.
    func deleteConsumer(_ consumer: Consumer) {
        let start = consumer.store.state.acknowledged.stream
        discard(consumer)
        consumer.stream.removeUnneeded(from: start, ignoring: consumer)
        consumer.stream.markDirty()
    }

    func discard(_ consumer: Consumer) {
        consumerAdvisory(consumer, "DELETED", "delete")
        consumer.close(telling: "409 Consumer Deleted")
        consumer.stream.remove(consumer)
        consumer.stream.report { () throws(StoreError) in
            try self.stores.deleteConsumer(
                consumer.configuration, of: consumer.stream.configuration, consumer.store)
        }
    }

    private func consumerAdvisory(_ consumer: Consumer, _ subject: String, _ action: String) {
        advise(
            "CONSUMER.\(subject).\(consumer.stream.name).\(consumer.name)", type: "consumer_action",
            [
                .init("stream", .string(consumer.stream.name)), .init("consumer", .string(consumer.name)),
                .init("action", .string(action)),
            ])
    }

    func pauseConsumer(_ request: APIRequest, _ stream: String, _ name: String) {
        let tail: [JSONValue.Member] = [.init("paused", false), .init("pause_until", .string(GoTime.zero.text))]
        attempt(request, "consumer_pause", tail: tail) { () throws(JetStreamError) in
            var until: GoTime?
            if request.hasDocument {
                try read { () throws(RequestProblem) in
                    try RequestDecoder.decode(
                        request.body, as: "JSApiConsumerPauseRequest", isStrict: settings.isStrict
                    ) { decoder, name, value throws(RequestProblem) in
                        guard name == "pause_until" else { return false }
                        try decoder.time(&until, value)
                        return true
                    }
                }
            }
            let consumer = try consumer(name, of: stream)
            var configuration = consumer.configuration
            let old = configuration.pauseUntil
            configuration.pauseUntil = until == .zero ? nil : until
            configuration.setVersions()
            try set(configuration, on: consumer)
            if old != configuration.pauseUntil {
                consumer.notePause()
                consumer.pauseAdvisory()
            }
            let shown = configuration.pauseUntil ?? .zero
            var members: [JSONValue.Member] = [
                .init("paused", .bool(consumer.isPaused)), .init("pause_until", .string(shown.text)),
            ]
            if consumer.isPaused { members.append(.init("pause_remaining", .int(shown.nanoseconds - host.now))) }
            answer(request, "consumer_pause", members)
        }
    }

    func unpinConsumer(_ request: APIRequest, _ stream: String, _ name: String) {
        attempt(request, "consumer_unpin") { () throws(JetStreamError) in
            var group = ""
            if request.body.isEmpty { throw JetStreamError(.invalidJSON, "unexpected end of JSON input") }
            try read { () throws(RequestProblem) in
                try RequestDecoder.decode(request.body, as: "JSApiConsumerUnpinRequest", isStrict: false) {
                    decoder, name, value throws(RequestProblem) in
                    guard name == "group" else { return false }
                    decoder.string(&group, value)
                    return true
                }
            }
            if group.isEmpty { throw JetStreamError(.invalidJSON, "consumer group not specified") }
            if !ConsumerRules.isValidGroup(group) { throw JetStreamError(.consumerInvalidGroupName) }
            let consumer = try consumer(name, of: stream)
            if !consumer.configuration.priorityGroups.contains(group) {
                throw JetStreamError(.consumerInvalidPriorityGroup)
            }
            consumer.unpin(reason: "admin")
            answer(request, "consumer_unpin", [])
        }
    }

    /// Not counted as a request, like everything that goes to a consumer itself.
    func resetConsumer(_ request: APIRequest, _ stream: String, _ name: String) {
        guard !request.reply.isEmpty, let consumer = streams[stream]?.consumers[name] else { return }
        var members: [JSONValue.Member]
        do throws(JetStreamError) {
            if request.needsHigherLevel { throw JetStreamError(.requiredApiLevel) }
            var sequence: UInt64 = 0
            try read { () throws(RequestProblem) in
                try RequestDecoder.decode(request.body, as: "JSApiConsumerResetRequest", isStrict: false) {
                    decoder, name, value throws(RequestProblem) in
                    guard name == "seq" else { return false }
                    decoder.integer(&sequence, value, type: "uint64")
                    return true
                }
            }
            let start = try consumer.reset(to: sequence)
            members = consumer.infoMembers() + [.init("reset_seq", .int(Int64(clamping: start)))]
        } catch {
            members = [.init("error", error.json), .init("reset_seq", 0)]
        }
        host.send(to: request.reply, body: answerBody("consumer_reset", members))
    }
}
