import NATSClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The flags that say how a consumer is to be.
enum ConsumerFlags {
    static let config = Flag.text(
        "config", "JSON file with the configuration", placeholder: "FILE", kind: .existingFile)
    static let ack = Flag.text(
        "ack", "Acknowledgment policy (none, all, explicit)", kind: .choice(["none", "all", "explicit"]))
    static let rateLimit = Flag.unsigned("bps", "Bits a second that are sent at most")
    static let backOff = Flag.text(
        "backoff", "Redeliver after growing waits (none, linear)", placeholder: "MODE",
        kind: .choice(["linear", "none"]))
    static let backOffSteps = Flag.integer("backoff-steps", "How many waits there are", default: 10)
    static let backOffMinimum = Flag.duration("backoff-min", "The shortest wait", default: "1m")
    static let backOffMaximum = Flag.duration("backoff-max", "The longest wait", default: "20m")
    static let deliver = Flag.text(
        "deliver", "Where to begin (all, new, last, subject, 1h, msg sequence)", placeholder: "POLICY")
    static let deliverGroup = Flag.text("deliver-group", "Queue group that shares the messages", placeholder: "GROUP")
    static let description = Flag.text("description", "What the consumer is for")
    static let ephemeral = Flag.toggle("ephemeral", "Create a consumer that goes when it is not used")
    static let filter = Flag.texts("filter", "Only these subjects", placeholder: "SUBJECTS")
    static let flowControl = Flag.toggle("flow-control", "Let a push consumer wait for its client")
    static let heartbeat = Flag.text("heartbeat", "How often an idle push consumer gives a sign of life (-1 for never)")
    static let headersOnly = Flag.toggle("headers-only", "Leave bodies out", isNegatable: true)
    static let maximumDeliveries = Flag.integer("max-deliver", "How often a message is delivered", default: 0)
    static let maximumPending = Flag.integer("max-pending", "Messages that may be unacknowledged", default: -1)
    static let maximumOutstanding = Flag.integer(
        "max-outstanding", "Same as --max-pending", default: -1, isHidden: true)
    static let maximumWaiting = Flag.unsigned("max-waiting", "Pulls that may wait", placeholder: "PULLS")
    static let maximumBatch = Flag.unsigned("max-pull-batch", "Messages of one pull", placeholder: "BATCH_SIZE")
    static let maximumExpiry = Flag.duration("max-pull-expire", "How long one pull may wait", placeholder: "EXPIRES")
    static let maximumBytes = Flag.unsigned("max-pull-bytes", "Bytes of one pull", placeholder: "BYTES")
    static let pull = Flag.toggle("pull", "Hand messages out on request")
    static let replay = Flag.text(
        "replay", "Replay policy (instant, original)", placeholder: "POLICY", kind: .choice(["instant", "original"]))
    static let sample = Flag.integer(
        "sample", "Of how many in a hundred acknowledgements the server tells", default: -1)
    static let target = Flag.text("target", "Subject that messages are sent to", placeholder: "SUBJECT")
    static let ackWait = Flag.duration("wait", "How long to wait for an acknowledgement")
    static let inactive = Flag.duration(
        "inactive-threshold", "How long the consumer may be unused", placeholder: "THRESHOLD")
    static let memory = Flag.toggle("memory", "Keep the state in memory")
    static let replicas = Flag.integer("replicas", "On how many servers of a cluster the state is kept", default: 0)
    static let metadata = Flag.texts("metadata", "Adds metadata", placeholder: "META")
    static let pause = Flag.text("pause", "Pause for a duration, or until a time")
    static let pinnedGroups = Flag.texts("pinned-groups", "Groups of which one client gets all", placeholder: "GROUPS")
    static let pinnedTTL = Flag.duration("pinned-ttl", "How long that client may be silent", placeholder: "TTL")
    static let overflowGroups = Flag.texts("overflow-groups", "Groups that help out", placeholder: "GROUPS")
    static let prioritizedGroups = Flag.texts("prioritized-groups", "Groups by priority", placeholder: "GROUPS")

    private static let common: [FlagSpec] = [
        config.spec, backOff.spec, backOffSteps.spec, backOffMinimum.spec, backOffMaximum.spec, description.spec,
        filter.spec, headersOnly.spec, maximumDeliveries.spec, maximumPending.spec,
        maximumOutstanding.spec, maximumBatch.spec,
        maximumExpiry.spec, maximumBytes.spec, sample.spec, target.spec, ackWait.spec, inactive.spec, replicas.spec,
        metadata.spec,
    ]

    static let forEditing = common
    static let forAdding =
        [
            ack.spec, rateLimit.spec, deliver.spec, deliverGroup.spec, ephemeral.spec, flowControl.spec,
            heartbeat.spec, maximumWaiting.spec, pull.spec, replay.spec, memory.spec, pause.spec, pinnedGroups.spec,
            pinnedTTL.spec, overflowGroups.spec, prioritizedGroups.spec,
        ] + common

    /// Reads `all`, `new`, `last`, `subject`, a sequence, or an age such as `1h`.
    static func deliverPolicy(_ text: String) throws -> DeliverPolicy {
        switch text {
        case "all", "1": return .all
        case "new": return .new
        case "last": return .last
        case "subject", "last_per_subject": return .lastPerSubject
        default:
            if let sequence = Int(text) { return .startSequence(sequence) }
            guard let age = try? CommandDuration.parse(text) else {
                throw CommandError(
                    "invalid value \(text) for --deliver: use all, new, last, subject, a sequence, or an age such as 1h"
                )
            }
            return .startTime(Date.now.addingTimeInterval(-Double(age.nanoseconds) / 1e9))
        }
    }
}

extension Invocation {
    /// Changes a consumer's configuration to what was given on the command line. What was not given stays.
    func apply(to consumer: inout ConsumerConfiguration) throws {
        if let text = self[ConsumerFlags.description] { consumer.summary = text }
        if let ack = self[ConsumerFlags.ack].flatMap(AckPolicy.init(rawValue:)) { consumer.ackPolicy = ack }
        if let limit = self[ConsumerFlags.rateLimit], limit > 0 { consumer.rateLimit = limit }
        if let text = self[ConsumerFlags.deliver] { consumer.deliverPolicy = try ConsumerFlags.deliverPolicy(text) }
        if let replay = self[ConsumerFlags.replay].flatMap(ReplayPolicy.init(rawValue:)) {
            consumer.replayPolicy = replay
        }
        let filters = self[ConsumerFlags.filter].flatMap { $0.split { $0 == "," || $0.isWhitespace }.map(String.init) }
        if !filters.isEmpty { consumer.filterSubjects = filters }
        if isGiven(ConsumerFlags.headersOnly) { consumer.headersOnly = self[ConsumerFlags.headersOnly] }
        if let sample = Optional(self[ConsumerFlags.sample]), sample > 0 {
            guard sample <= 100 else { throw CommandError("sample percent is not between 0 and 100") }
            consumer.sampleFrequency = String(sample)
        }
        if self[ConsumerFlags.replicas] > 0 { consumer.replicas = self[ConsumerFlags.replicas] }
        if self[ConsumerFlags.memory] { consumer.usesMemory = true }
        if isGiven(ConsumerFlags.metadata) {
            consumer.metadata = try Dictionary(pairs: self[ConsumerFlags.metadata], flag: "--metadata")
        }
        if let text = self[ConsumerFlags.pause] { consumer.pauseUntil = try ConsumerPauseCommand.time(text) }
        applyLimits(to: &consumer)
        try applyPush(to: &consumer)
        try applyBackOff(to: &consumer)
        try applyGroups(to: &consumer)
    }

    private func applyLimits(to consumer: inout ConsumerConfiguration) {
        if self[ConsumerFlags.maximumDeliveries] != 0, consumer.ackPolicy != .none {
            consumer.maximumDeliveries = self[ConsumerFlags.maximumDeliveries]
        }
        if isGiven(ConsumerFlags.maximumPending) { consumer.maximumAckPending = self[ConsumerFlags.maximumPending] }
        if isGiven(ConsumerFlags.maximumOutstanding) {
            consumer.maximumAckPending = self[ConsumerFlags.maximumOutstanding]
        }
        if let count = self[ConsumerFlags.maximumWaiting] { consumer.maximumWaiting = count }
        if let count = self[ConsumerFlags.maximumBatch] { consumer.maximumRequestBatch = count }
        if let time = self[ConsumerFlags.maximumExpiry] { consumer.maximumRequestExpiry = time }
        if let count = self[ConsumerFlags.maximumBytes] { consumer.maximumRequestBytes = count }
        if let wait = self[ConsumerFlags.ackWait], wait > .zero { consumer.ackWait = wait }
        if let threshold = self[ConsumerFlags.inactive] { consumer.inactiveThreshold = threshold }
    }

    private func applyPush(to consumer: inout ConsumerConfiguration) throws {
        if let target = self[ConsumerFlags.target] { consumer.deliverSubject = target }
        if let group = self[ConsumerFlags.deliverGroup] { consumer.deliverGroup = group }
        if self[ConsumerFlags.flowControl] { consumer.usesFlowControl = true }
        if let text = self[ConsumerFlags.heartbeat] {
            consumer.idleHeartbeat = try duration(text, flag: "--heartbeat")
        }
    }

    private func applyBackOff(to consumer: inout ConsumerConfiguration) throws {
        guard let mode = self[ConsumerFlags.backOff] else { return }
        guard mode == "linear" else {
            consumer.backOff = []
            return
        }
        let (steps, shortest) = (self[ConsumerFlags.backOffSteps], self[ConsumerFlags.backOffMinimum])
        let longest = self[ConsumerFlags.backOffMaximum]
        guard steps > 0, shortest < longest else {
            throw CommandError("--backoff needs at least one step, and --backoff-min below --backoff-max")
        }
        let step = (longest - shortest) / max(1, steps - 1)
        consumer.backOff = (0..<steps).map { shortest + step * $0 }
        if consumer.maximumDeliveries <= steps { consumer.maximumDeliveries = steps + 1 }
    }

    private func applyGroups(to consumer: inout ConsumerConfiguration) throws {
        let groups: [(PriorityPolicy, [String])] = [
            (.pinnedClient, self[ConsumerFlags.pinnedGroups]), (.overflow, self[ConsumerFlags.overflowGroups]),
            (.prioritized, self[ConsumerFlags.prioritizedGroups]),
        ].filter { !$0.1.isEmpty }
        guard groups.count <= 1 else {
            throw CommandError("only one of --pinned-groups, --overflow-groups and --prioritized-groups can be given")
        }
        guard let (policy, names) = groups.first else { return }
        consumer.priorityPolicy = policy
        consumer.priorityGroups = names
        if let lifetime = self[ConsumerFlags.pinnedTTL] { consumer.priorityTimeout = lifetime }
    }
}
