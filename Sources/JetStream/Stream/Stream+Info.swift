import NATSWire

extension Stream {
    /// The state as answers show it.
    ///
    /// - Parameters:
    ///   - withDeleted: lists the sequences that are gone.
    ///   - subjects: members that name subjects and their counts, already cut to one page.
    ///   - count: how many consumers are shown, `nil` for those that there are.
    func stateJSON(
        withDeleted: Bool = false,
        subjects: [JSONValue.Member] = [],
        consumers count: Int? = nil
    ) -> JSONValue {
        let state = store.state
        let isPristine = state.messages == 0 && lastSequence == 0 && state.firstSequence <= 1
        let first =
            state.messages > 0 ? state.firstSequence : isPristine ? 0 : max(state.firstSequence, lastSequence + 1)
        func time(_ nanoseconds: Int64) -> JSONValue {
            .string((nanoseconds == 0 ? .zero : GoTime(nanoseconds: nanoseconds)).text)
        }
        var members: [JSONValue.Member] = [
            .init("messages", .int(Int64(clamping: state.messages))),
            .init("bytes", .int(Int64(clamping: state.bytes))),
            .init("first_seq", .int(Int64(clamping: first))),
            .init("first_ts", time(state.messages > 0 ? state.firstTimestamp : 0)),
            .init("last_seq", .int(Int64(clamping: lastSequence))),
            .init("last_ts", time(lastTime)),
        ]
        members.addNumber("num_subjects", state.subjects)
        if !subjects.isEmpty { members.append(.init("subjects", .object(subjects))) }
        if state.messages > 0 {
            let span = lastSequence - state.firstSequence + 1
            members.addNumber("num_deleted", span - state.messages)
            if withDeleted && span > state.messages {
                var gone = store.deleted.flatMap { range in range.map { JSONValue.int(Int64(clamping: $0)) } }
                if state.lastSequence < lastSequence {
                    gone += (state.lastSequence + 1...lastSequence).map { .int(Int64(clamping: $0)) }
                }
                members.append(.init("deleted", .array(gone)))
            }
        }
        let count = count ?? consumers.values.count { !$0.configuration.isDirect }
        members.append(.init("consumer_count", .int(Int64(count))))
        return .object(members)
    }

    /// The members that tell all about the stream.
    ///
    /// - Parameter withVersions: false for lists, which show the metadata as it is kept.
    func infoMembers(
        withVersions: Bool = true,
        withDomain: Bool = true,
        withLeader: Bool = false,
        withDeleted: Bool = false,
        subjects: [JSONValue.Member] = []
    ) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("config", (withVersions ? configuration.withVersions : configuration).json),
            .init("created", .string(GoTime(nanoseconds: created).text)),
            .init("state", stateJSON(withDeleted: withDeleted, subjects: subjects)),
        ]
        if withDomain { members.addText("domain", account.settings.domain) }
        if withLeader {
            members.append(.init("cluster", .object([.init("leader", .string(host.serverName))])))
        }
        if let mirror { members.append(.init("mirror", mirror.json)) }
        if !sources.isEmpty { members.append(.init("sources", .array(sources.map(\.json)))) }
        members.append(.init("ts", .string(GoTime(nanoseconds: now).text)))
        return members
    }
}
