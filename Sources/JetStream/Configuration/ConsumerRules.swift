import GoFormats
import NATSSubjects

/// What a consumer's configuration must be like, in the order in which nats-server checks it, and what it is completed with.
struct ConsumerRules {
    let settings: JetStreamSettings
    let limits: AccountLimits
    let stream: StreamConfiguration

    private static let defaultAckWait: Int64 = 30_000_000_000
    private static let defaultMaxAckPending = 1_000
    private static let defaultMaxWaiting = 512
    private static let defaultPinnedTTL: Int64 = 120_000_000_000
    /// What streams that take from each other count on.
    private static let sourceHeartbeat: Int64 = 1_000_000_000

    func complete(_ configuration: inout ConsumerConfiguration, isPedantic: Bool) throws(JetStreamError) {
        func refuse(_ reason: String) throws(JetStreamError) {
            if isPedantic { throw JetStreamError(.pedantic, reason) }
        }
        if configuration.maxDeliver == 0 || configuration.maxDeliver < -1 {
            if configuration.maxDeliver < -1 { try refuse("max_deliver must be set to -1") }
            configuration.maxDeliver = -1
        }
        func raise(_ value: inout some SignedInteger, _ name: String) throws(JetStreamError) {
            guard value < 0 else { return }
            try refuse("\(name) must not be negative")
            value = 0
        }
        try raise(&configuration.maxWaiting, "max_waiting")
        if configuration.maxAckPending < -1 {
            try refuse("max_ack_pending must be set to -1")
            configuration.maxAckPending = -1
        }
        try raise(&configuration.maxRequestBatch, "max_batch")
        try raise(&configuration.maxRequestExpires, "max_expires")
        try raise(&configuration.maxRequestBytes, "max_bytes")
        try raise(&configuration.heartbeat, "idle_heartbeat")
        try raise(&configuration.inactiveThreshold, "inactive_threshold")
        try raise(&configuration.pinnedTTL, "priority_timeout")
        if configuration.isPull && configuration.maxWaiting == 0 { configuration.maxWaiting = Self.defaultMaxWaiting }
        if configuration.ackWait == 0, configuration.ackPolicy == .explicit || configuration.ackPolicy == .all {
            configuration.ackWait = Self.defaultAckWait
        }
        if let first = configuration.backOff.first {
            if configuration.ackWait != first { try refuse("first backoff value has to equal batch AckWait") }
            configuration.ackWait = first
        }
        if configuration.maxAckPending == 0 {
            if stream.consumerLimits.maxAckPending > 0 {
                try refuse("max_ack_pending must be set if it's configured in stream limits")
            }
            configuration.maxAckPending = stream.consumerLimits.maxAckPending
        }
        if configuration.inactiveThreshold == 0 {
            if stream.consumerLimits.inactiveThreshold > 0 {
                try refuse("inactive_threshold must be set if it's configured in stream limits")
            }
            configuration.inactiveThreshold = stream.consumerLimits.inactiveThreshold
        }
        if configuration.maxAckPending == 0 && configuration.ackPolicy != .none {
            configuration.maxAckPending = [settings.maxAckPending, limits.maxAckPending].filter { $0 > 0 }
                .reduce(Self.defaultMaxAckPending, min)
        }
        if configuration.isPull && configuration.maxRequestBatch == 0 && settings.maxRequestBatch > 0 {
            try refuse("max_request_batch must be set if it's JetStream limits are set")
            configuration.maxRequestBatch = settings.maxRequestBatch
        }
        if configuration.priorityPolicy == .pinnedClient && configuration.pinnedTTL == 0 {
            configuration.pinnedTTL = Self.defaultPinnedTTL
        }
        if configuration.ackPolicy == .flowControl && !isPedantic {
            configuration.hasFlowControl = true
            configuration.heartbeat = Self.sourceHeartbeat
        }
    }

    func check(_ configuration: ConsumerConfiguration) throws(JetStreamError) {
        if !configuration.name.isEmpty && !StreamRules.isValidName(configuration.name) {
            throw invalid("consumer name can not contain '.', '*', '>', '\\', '/'")
        }
        if !configuration.durable.isEmpty && !StreamRules.isValidName(configuration.durable) {
            throw invalid("consumer durable name can not contain '.', '*', '>', '\\', '/'")
        }
        if configuration.replicas > max(0, stream.replicas) { throw JetStreamError(.consumerReplicasExceedsStream) }
        if configuration.replicas < 0 { throw JetStreamError(.replicasCountCannotBeNegative) }
        if configuration.backOff.contains(where: { $0 < 0 }) { throw JetStreamError(.consumerBackOffNegative) }
        if configuration.ackWait < 0 { throw JetStreamError(.consumerAckWaitNegative) }
        if configuration.ackPolicy == .flowControl { try checkFlowControlled(configuration) }
        if !configuration.backOff.isEmpty, configuration.maxDeliver != -1,
            configuration.backOff.count > configuration.maxDeliver
        {
            throw JetStreamError(.consumerMaxDeliverBackoff)
        }
        if configuration.description.utf8.count > StreamRules.maxDescriptionLength {
            throw JetStreamError(.consumerDescriptionTooLong, String(StreamRules.maxDescriptionLength))
        }
        if configuration.isPull { try checkPull(configuration) } else { try checkPush(configuration) }
        try checkLimits(configuration)
        try checkFilters(configuration)
        try checkStart(configuration)
        try checkRest(configuration)
    }

    func invalid(_ reason: String) -> JetStreamError { JetStreamError(.streamInvalidConfig, reason) }

    private func checkFlowControlled(_ configuration: ConsumerConfiguration) throws(JetStreamError) {
        if configuration.isPull { throw JetStreamError(.consumerAckFCRequiresPush) }
        if !configuration.hasFlowControl { throw JetStreamError(.consumerAckFCRequiresFC) }
        if configuration.heartbeat != Self.sourceHeartbeat {
            throw invalid("flow control ack policy heartbeat needs to be 1s")
        }
        if configuration.maxAckPending <= 0 { throw JetStreamError(.consumerAckFCRequiresMaxAckPending) }
        if configuration.ackWait != 0 || !configuration.backOff.isEmpty {
            throw JetStreamError(.consumerAckFCRequiresNoAckWait)
        }
        if configuration.maxDeliver > 0 { throw JetStreamError(.consumerAckFCRequiresNoMaxDeliver) }
    }

    private func checkPush(_ configuration: ConsumerConfiguration) throws(JetStreamError) {
        let subject = configuration.deliverSubject.utf8
        if Subject.hasWildcard(subject) { throw JetStreamError(.consumerDeliverToWildcards) }
        if !Subject.isValidPattern(subject) { throw JetStreamError(.consumerInvalidDeliverSubject) }
        if stream.subjects.contains(where: { Subject.isCovered(subject, by: $0.utf8) }) {
            throw JetStreamError(.consumerDeliverCycle)
        }
        if configuration.maxWaiting != 0 { throw JetStreamError(.consumerPushMaxWaiting) }
        if configuration.maxAckPending > 0 && configuration.ackPolicy == .none {
            throw JetStreamError(.consumerMaxPendingAckPolicyRequired)
        }
        if configuration.heartbeat > 0 && configuration.heartbeat < StreamRules.shortest {
            throw JetStreamError(.consumerSmallHeartbeat)
        }
    }

    private func checkPull(_ configuration: ConsumerConfiguration) throws(JetStreamError) {
        if configuration.ackPolicy == .none && stream.retention == .workqueue {
            throw JetStreamError(.consumerPullRequiresAck)
        }
        if configuration.rateLimit > 0 { throw JetStreamError(.consumerPullWithRateLimit) }
        if configuration.heartbeat > 0 { throw JetStreamError(.consumerHBRequiresPush) }
        if configuration.hasFlowControl { throw JetStreamError(.consumerFCRequiresPush) }
        if configuration.maxRequestExpires != 0 && configuration.maxRequestExpires < 1_000_000 {
            throw JetStreamError(.consumerMaxRequestExpiresTooSmall)
        }
        if settings.maxRequestBatch > 0 && configuration.maxRequestBatch > settings.maxRequestBatch {
            throw JetStreamError(.consumerMaxRequestBatchExceeded, String(settings.maxRequestBatch))
        }
    }

    private func checkLimits(_ configuration: ConsumerConfiguration) throws(JetStreamError) {
        for limit in [settings.maxAckPending, limits.maxAckPending, stream.consumerLimits.maxAckPending]
        where limit > 0 && configuration.maxAckPending > limit {
            throw JetStreamError(.consumerMaxPendingAckExcess, String(limit))
        }
        let threshold = stream.consumerLimits.inactiveThreshold
        if threshold > 0 && configuration.inactiveThreshold > threshold {
            throw JetStreamError(.consumerInactiveThresholdExcess, GoDuration.described(.nanoseconds(threshold)))
        }
        if configuration.isDirect {
            if configuration.isPull { throw JetStreamError(.consumerDirectRequiresPush) }
            if configuration.isDurable { throw JetStreamError(.consumerDirectRequiresEphemeral) }
        }
    }

    private func checkFilters(_ configuration: ConsumerConfiguration) throws(JetStreamError) {
        if !configuration.filter.isEmpty && !configuration.filters.isEmpty {
            throw JetStreamError(.consumerDuplicateFilterSubjects)
        }
        if configuration.filters.contains("") { throw JetStreamError(.consumerEmptyFilter) }
        let filters = configuration.allFilters
        for (index, filter) in filters.enumerated() {
            if !Subject.isValidPattern(filter.utf8) { throw invalid("invalid subject") }
            for (other, second) in filters.enumerated()
            where other != index && Subject.isCovered(filter.utf8, by: second.utf8) {
                throw JetStreamError(.consumerOverlappingSubjectFilters)
            }
        }
    }
}
