package import NATSWire

/// Who gets which messages of a stream, and how.
///
/// Times are in nanoseconds. Source: the consumer configuration in nats-server's API, version 2.15.1.
package struct ConsumerConfiguration: Sendable, Hashable {
    package var durable = ""
    package var name = ""
    package var description = ""
    package var deliverPolicy = DeliverPolicy.all
    package var startSequence: UInt64 = 0
    package var startTime: GoTime?
    package var ackPolicy = AckPolicy.none
    package var ackWait: Int64 = 0
    package var maxDeliver = 0
    package var backOff: [Int64] = []
    package var filter = ""
    package var filters: [String] = []
    package var replayPolicy = ReplayPolicy.instant
    /// Bits a second.
    package var rateLimit: UInt64 = 0
    package var sampleFrequency = ""
    package var maxWaiting = 0
    package var maxAckPending = 0
    package var hasFlowControl = false
    package var isHeadersOnly = false
    package var maxRequestBatch = 0
    package var maxRequestExpires: Int64 = 0
    package var maxRequestBytes = 0
    package var deliverSubject = ""
    package var deliverGroup = ""
    package var heartbeat: Int64 = 0
    package var inactiveThreshold: Int64 = 0
    package var replicas = 0
    package var isInMemory = false
    package var isDirect = false
    package var isSourcing = false
    package var metadata: [String: String]?
    package var pauseUntil: GoTime?
    package var priorityGroups: [String] = []
    package var priorityPolicy = PriorityPolicy.none
    package var pinnedTTL: Int64 = 0

    package init() {}

    package var isPull: Bool { deliverSubject.isEmpty }
    package var isDurable: Bool { !durable.isEmpty }
    /// The subjects that it is after, none for all.
    package var allFilters: [String] { filter.isEmpty ? filters : [filter] }

    /// The document as nats-server prints it.
    package var json: JSONValue {
        var members: [JSONValue.Member] = []
        members.addText("durable_name", durable)
        members.addText("name", name)
        members.addText("description", description)
        members.append(.init("deliver_policy", .string(deliverPolicy.rawValue)))
        members.addNumber("opt_start_seq", startSequence)
        members.addTime("opt_start_time", startTime)
        members.append(.init("ack_policy", .string(ackPolicy.rawValue)))
        members.addNumber("ack_wait", ackWait)
        members.addNumber("max_deliver", maxDeliver)
        if !backOff.isEmpty { members.append(.init("backoff", .array(backOff.map { .int($0) }))) }
        members.addText("filter_subject", filter)
        members.addTexts("filter_subjects", filters)
        members.append(.init("replay_policy", .string(replayPolicy.rawValue)))
        members.addNumber("rate_limit_bps", rateLimit)
        members.addText("sample_freq", sampleFrequency)
        members.addNumber("max_waiting", maxWaiting)
        members.addNumber("max_ack_pending", maxAckPending)
        members.addFlag("flow_control", hasFlowControl)
        members.addFlag("headers_only", isHeadersOnly)
        members.addNumber("max_batch", maxRequestBatch)
        members.addNumber("max_expires", maxRequestExpires)
        members.addNumber("max_bytes", maxRequestBytes)
        members.addText("deliver_subject", deliverSubject)
        members.addText("deliver_group", deliverGroup)
        members.addNumber("idle_heartbeat", heartbeat)
        members.addNumber("inactive_threshold", inactiveThreshold)
        members.append(.init("num_replicas", .int(Int64(replicas))))
        members.addFlag("mem_storage", isInMemory)
        members.addFlag("direct", isDirect)
        members.addFlag("sourcing", isSourcing)
        members.addMetadata(metadata)
        members.addTime("pause_until", pauseUntil)
        members.addTexts("priority_groups", priorityGroups)
        if priorityPolicy != .none { members.append(.init("priority_policy", .string(priorityPolicy.rawValue))) }
        members.addNumber("priority_timeout", pinnedTTL)
        return .object(members)
    }
}
