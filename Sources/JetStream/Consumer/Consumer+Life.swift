import DequeModule
import NATSWire

/// Beginning, times and end of a consumer.
extension Consumer {
    /// Chooses where a consumer begins.
    ///
    /// - Parameter isNew: false where it was made before, and nothing is known of what it did.
    func chooseStart(isNew: Bool = true) throws(StoreError) {
        let store = stream.store
        let first = max(1, store.state.firstSequence)
        let last = stream.lastSequence
        next = first
        switch configuration.deliverPolicy {
        case .all: break
        case .new: next = isNew ? last + 1 : try store.sequence(at: created)
        case .byStartSequence: next = configuration.startSequence
        case .byStartTime:
            if let time = configuration.startTime {
                next = time == .zero ? first : try store.sequence(at: time.nanoseconds)
            }
        case .last:
            next = last
            if isFiltered {
                next = 0
                for filter in filters {
                    next = max(next, try store.subjects(matching: filter).map(\.state.last).max() ?? 0)
                }
            }
        case .lastPerSubject: try chooseLastPerSubject()
        }
        if configuration.deliverPolicy != .byStartSequence && next > last { next = last + 1 }
        next = max(next, first)
        self.store.record(.reset(.init(consumer: 0, stream: next - 1)))
        if configuration.replayPolicy == .original { pace.replayThrough = last }
    }

    private func chooseLastPerSubject() throws(StoreError) {
        guard stream.configuration.maxMessagesPerSubject != 1 else { return }
        let wanted = filters.isEmpty ? [SubjectFilter.everything] : filters
        var sequences: Set<UInt64> = []
        for filter in wanted {
            for (_, state) in try stream.store.subjects(matching: filter) { sequences.insert(state.last) }
        }
        lastPerSubject = sequences.sorted(by: >)
        resume = stream.lastSequence
        next = lastPerSubject.last ?? stream.lastSequence
    }

    /// Sets what follows from the configuration and the state, and begins.
    func begin() {
        nextDelivery = ledger.state.delivered.consumer + 1
        if configuration.rateLimit > 0 {
            pace.rate = Double(configuration.rateLimit / 8)
            let size = Int(stream.configuration.maxMessageSize)
            pace.burst = Double(size > 0 ? size : account.settings.maxPayload)
        }
        recount()
        watchAll()
        lastRequest = now
        if !configuration.isPull {
            host.watchInterest(in: deliverSubject)
            heartbeatAt = configuration.heartbeat > 0 ? now + configuration.heartbeat : .max
            checkInterest()
        }
        markReady()
        setAlarm()
    }

    /// Looks whether anybody is there to push to.
    func checkInterest() {
        guard !configuration.isPull, !isClosed else { return }
        let isThere = host.hasInterest(in: deliverSubject)
        if isThere {
            idleAt = .max
            if !isActive { markReady() }
        } else if isActive || idleAt == .max {
            idleAt = idleThreshold > 0 ? now + idleThreshold : .max
        }
        isActive = isThere
        setAlarm()
    }

    /// Does what is due.
    func checkTimes(now: Int64) {
        expirePending(now: now)
        pace.wake(now: now)
        if configuration.isPull {
            // As in nats-server, a deadline of any request ends those that wait only for what is there and got some of it, even where
            // acknowledgements are missing.
            let isDue = waiting.queue.contains { $0.expires <= now || $0.heartbeatAt <= now }
            sweepWaiting(atEnd: isDue && !isReady)
            if pin.until <= now && !pin.id.isEmpty { unpin(reason: "timeout") }
        } else if configuration.heartbeat > 0, heartbeatAt <= now {
            if isActive { sendHeartbeat(to: deliverSubject) }
            heartbeatAt = now + configuration.heartbeat
        }
        if let until = configuration.pauseUntil, pauseAlarm <= now {
            pauseAlarm = .max
            if until.nanoseconds <= now { pauseAdvisory() }
        }
        if idleDeadline(now: now) <= now {
            account.deleteConsumer(self)
            return
        }
        setAlarm()
    }

    /// When a consumer that nobody uses goes, `.max` for never.
    private func idleDeadline(now: Int64) -> Int64 {
        guard idleThreshold > 0 else { return .max }
        guard configuration.isPull else { return idleAt }
        var deadline = lastRequest + idleThreshold
        if deadline <= now && !waiting.isEmpty { deadline = now + idleThreshold }
        // While something is unacknowledged, it may still come back.
        if deadline <= now, configuration.ackWait > 0 {
            let latest = ledger.state.pending.values.map(\.timestamp).max() ?? .min / 2
            deadline = max(deadline, latest + configuration.ackWait + idleThreshold)
        }
        return deadline
    }

    func setAlarm() {
        guard !isClosed else { return }
        tidyTimers()
        var time = min(ackTimers.first?.deadline ?? .max, pace.waitUntil, pauseAlarm)
        if configuration.isPull {
            for request in waiting.queue { time = min(time, request.expires, request.heartbeatAt) }
            time = min(time, pin.until)
        } else if configuration.heartbeat > 0 {
            time = min(time, heartbeatAt)
        }
        time = min(time, idleDeadline(now: now))
        if time < .max { account.alarms.set(self, at: time, now: now) }
    }

    /// Notes a pause that was set or lifted.
    func notePause() {
        guard let until = configuration.pauseUntil, until != .zero, until.nanoseconds > now else {
            pauseAlarm = .max
            markReady()
            return
        }
        pauseAlarm = until.nanoseconds
        setAlarm()
    }

    func pauseAdvisory() {
        let until = configuration.pauseUntil ?? .zero
        account.advise(
            "CONSUMER.PAUSE.\(stream.name).\(name)", type: "consumer_pause",
            [
                .init("stream", .string(stream.name)), .init("consumer", .string(name)),
                .init("paused", .bool(until != .zero && until.nanoseconds > now)),
                .init("pause_until", .string(until.text)),
            ])
    }

    /// Begins anew at `sequence`, or after what was acknowledged where it is 0.
    ///
    /// - Returns: where it begins.
    func reset(to sequence: UInt64) throws(JetStreamError) -> UInt64 {
        let start = sequence == 0 ? ledger.state.acknowledged.stream + 1 : sequence
        if sequence > 0 { try checkReset(sequence) }
        next = start
        nextDelivery = 1
        lastDelivery = nil
        lastAcknowledgement = nil
        store.record(.reset(.init(consumer: 0, stream: start - 1)))
        redeliveries.removeAll()
        exhausted = []
        lastPerSubject = []
        watchAll()
        recount()
        if configuration.ackPolicy != .none { stream.removeUnneeded(from: 0, ignoring: nil) }
        markReady()
        return start
    }

    private func checkReset(_ sequence: UInt64) throws(JetStreamError) {
        switch configuration.deliverPolicy {
        case .all: break
        case .byStartSequence:
            if sequence < configuration.startSequence { throw JetStreamError(.consumerInvalidReset, "below start seq") }
        case .byStartTime:
            let least: UInt64
            do throws(StoreError) {
                least = try stream.store.sequence(at: configuration.startTime?.nanoseconds ?? 0)
            } catch {
                throw JetStreamError(.consumerInvalidReset, error.words)
            }
            if sequence < least { throw JetStreamError(.consumerInvalidReset, "below start time") }
        case .last, .new, .lastPerSubject: throw JetStreamError(.consumerInvalidReset, "not allowed")
        }
    }

    /// Ends it. Those who wait are told.
    func close(telling status: String?) {
        isClosed = true
        if let status {
            for request in waiting.queue { self.status(request.reply, status) }
        }
        waiting.removeAll()
        if !configuration.isPull { host.unwatchInterest(in: deliverSubject) }
    }
}
