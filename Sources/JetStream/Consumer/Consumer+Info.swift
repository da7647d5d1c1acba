import NATSWire

extension Consumer {
    /// The members that tell all about the consumer.
    func infoMembers(withVersions: Bool = true) -> [JSONValue.Member] {
        if configuration.isPull { sweepWaiting(atEnd: false) } else { checkInterest() }
        let state = store.state
        var shown = withVersions ? configuration.withVersions : configuration
        if hidesName { shown.name = "" }
        func position(_ position: ConsumerState.Position, _ time: Int64?) -> JSONValue {
            var members: [JSONValue.Member] = [
                .init("consumer_seq", .int(Int64(clamping: position.consumer))),
                .init("stream_seq", .int(Int64(clamping: position.stream))),
            ]
            members.addTime("last_active", time.map { GoTime(nanoseconds: $0) })
            return .object(members)
        }
        var members: [JSONValue.Member] = [
            .init("stream_name", .string(stream.name)),
            .init("name", .string(name)),
            .init("created", .string(GoTime(nanoseconds: created).text)),
            .init("config", shown.json),
            .init("delivered", position(state.delivered, lastDelivery)),
            .init("ack_floor", position(state.acknowledged, lastAcknowledgement)),
            .init("num_ack_pending", .int(Int64(pendingCount))),
            .init("num_redelivered", .int(configuration.maxDeliver == 1 ? 0 : Int64(state.redelivered.count))),
            .init("num_waiting", .int(Int64(waiting.count))),
            .init("num_pending", .int(Int64(numPending))),
        ]
        members.addFlag("push_bound", !configuration.isPull && isActive)
        let now = now
        if isPaused, let until = configuration.pauseUntil {
            members.append(.init("paused", true))
            members.append(.init("pause_remaining", .int(until.nanoseconds - now)))
        }
        members.append(.init("ts", .string(GoTime(nanoseconds: now).text)))
        if let group = configuration.priorityGroups.first {
            var pinned: [JSONValue.Member] = [.init("group", .string(group))]
            pinned.addText("pinned_client_id", pin.id)
            pinned.append(.init("pinned_ts", .string(pin.since.text)))
            members.append(.init("priority_groups", .array([.object(pinned)])))
        }
        return members
    }
}
