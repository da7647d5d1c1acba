import GoFormats

/// Where a consumer begins, and what else it says.
extension ConsumerRules {
    func checkStart(_ configuration: ConsumerConfiguration) throws(JetStreamError) {
        let policy =
            switch configuration.deliverPolicy {
            case .all: "all"
            case .last: "last"
            case .new: "new"
            case .byStartSequence: "by start sequence"
            case .byStartTime: "by start time"
            case .lastPerSubject: "last per subject"
            }
        func refuse(_ reason: String) -> JetStreamError {
            JetStreamError(
                .consumerInvalidPolicy, "consumer delivery policy is deliver \(policy), but optional \(reason)")
        }
        switch configuration.deliverPolicy {
        case .byStartSequence:
            if configuration.startSequence == 0 { throw refuse("start sequence is not set") }
            if configuration.startTime != nil { throw refuse("start time is also set") }
        case .byStartTime:
            if configuration.startTime == nil { throw refuse("start time is not set") }
            if configuration.startSequence != 0 { throw refuse("start start sequence is also set") }
        case .all, .last, .new, .lastPerSubject:
            if configuration.startSequence > 0 { throw refuse("start sequence is also set") }
            if configuration.startTime != nil { throw refuse("start time is also set") }
            if configuration.deliverPolicy == .lastPerSubject && configuration.allFilters.isEmpty {
                throw refuse("filter subject is not set")
            }
        }
    }

    func checkRest(_ configuration: ConsumerConfiguration) throws(JetStreamError) {
        if !configuration.sampleFrequency.isEmpty {
            let digits = configuration.samplePercentText
            guard let percent = Int(digits) else {
                throw JetStreamError(
                    .consumerInvalidSampling, "strconv.Atoi: parsing \(GoText.quoted(digits)): invalid syntax")
            }
            if percent < 0 { throw JetStreamError(.consumerInvalidSampling, "<nil>") }
        }
        if configuration.hasFlowControl && configuration.heartbeat == 0 {
            throw JetStreamError(.consumerWithFlowControlNeedsHeartbeats)
        }
        if !configuration.durable.isEmpty, !configuration.name.isEmpty, configuration.name != configuration.durable {
            throw JetStreamError(.consumerCreateDurableAndNameMismatch)
        }
        let length = (configuration.metadata ?? [:]).reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if length > StreamRules.maxMetadataLength {
            throw JetStreamError(.consumerMetadataLength, "\(StreamRules.maxMetadataLength / 1_024)KB")
        }
        try checkPriority(configuration)
    }

    private func checkPriority(_ configuration: ConsumerConfiguration) throws(JetStreamError) {
        if configuration.priorityPolicy == .none {
            if !configuration.priorityGroups.isEmpty { throw JetStreamError(.consumerPriorityGroupWithPolicyNone) }
            if configuration.pinnedTTL > 0 { throw JetStreamError(.consumerPinnedTTLWithoutPriorityPolicyNone) }
            return
        }
        if !configuration.isPull { throw JetStreamError(.consumerPushWithPriorityGroup) }
        if configuration.priorityGroups.isEmpty { throw JetStreamError(.consumerPriorityPolicyWithoutGroup) }
        for group in configuration.priorityGroups {
            if group.isEmpty { throw JetStreamError(.consumerEmptyGroupName) }
            if !Self.isValidGroup(group) { throw JetStreamError(.consumerInvalidGroupName) }
        }
    }

    static func isValidGroup(_ name: String) -> Bool {
        (1...16).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "/_=-".utf8.contains(byte)
                }
            }
    }

    /// What an update of a consumer may not change.
    func checkUpdate(_ old: ConsumerConfiguration, to new: ConsumerConfiguration) throws(JetStreamError) {
        func refuse(_ reason: String) -> JetStreamError { JetStreamError(.consumerCreate, reason) }
        if old == new { return }
        if old.deliverPolicy != new.deliverPolicy { throw refuse("deliver policy can not be updated") }
        if old.isInMemory != new.isInMemory { throw refuse("storage type can not be updated") }
        if old.isDirect != new.isDirect { throw refuse("direct can not be updated") }
        if old.isSourcing != new.isSourcing { throw refuse("sourcing can not be updated") }
        if old.startSequence != new.startSequence { throw refuse("start sequence can not be updated") }
        if old.startTime != new.startTime { throw refuse("start time can not be updated") }
        if old.ackPolicy != new.ackPolicy { throw refuse("ack policy can not be updated") }
        if old.replayPolicy != new.replayPolicy { throw refuse("replay policy can not be updated") }
        if old.heartbeat != new.heartbeat { throw refuse("heart beats can not be updated") }
        if old.hasFlowControl != new.hasFlowControl { throw refuse("flow control can not be updated") }
        if old.isPull && !new.isPull { throw refuse("can not update pull consumer to push based") }
        if !old.isPull && new.isPull { throw refuse("can not update push consumer to pull based") }
        if old.maxWaiting != new.maxWaiting { throw refuse("max waiting can not be updated") }
        if !new.backOff.isEmpty, new.maxDeliver != -1, new.backOff.count > new.maxDeliver {
            throw JetStreamError(.consumerMaxDeliverBackoff)
        }
    }
}

extension ConsumerConfiguration {
    fileprivate var samplePercentText: String {
        sampleFrequency.hasSuffix("%") ? String(sampleFrequency.dropLast()) : sampleFrequency
    }

    /// Of how many in a hundred acknowledgements a metric is sent.
    var samplePercent: Int { Int(samplePercentText) ?? 0 }
}
