import NATSClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `nats consumer info` and `nats consumer state` show.
enum ConsumerReport {
    static func text(_ info: ConsumerInfo, stateOnly: Bool) -> String {
        let kind = stateOnly ? "State" : "Information"
        var report = Report(
            "\(kind) for Consumer \(info.stream) > \(info.name) created \(Humanized.time(info.created))")
        if !stateOnly {
            addConfiguration(info, to: &report)
        }
        report.add(info.cluster, groupLabel: "Raft Group")
        addState(info, to: &report)
        return report.text
    }

    static func name(_ policy: AckPolicy) -> String {
        switch policy {
        case .explicit: "Explicit"
        case .none: "None"
        case .all: "All"
        }
    }

    private static func addConfiguration(_ info: ConsumerInfo, to report: inout Report) {
        let consumer = info.configuration
        report.section("Configuration")
        report.add("Name", ifAny: consumer.name)
        if consumer.durable != consumer.name { report.add("Durable Name", ifAny: consumer.durable) }
        report.add("Description", ifAny: consumer.summary)
        if let subject = consumer.deliverSubject {
            report.add("Delivery Subject", subject)
        } else {
            report.add("Pull Mode", true)
        }
        let filters = consumer.filterSubjects
        report.add(filters.count > 1 ? "Filter Subjects" : "Filter Subject", ifAny: filters.joined(separator: ", "))
        report.add("Deliver Policy", name(consumer.deliverPolicy))
        if consumer.deliverSubject != nil { report.add("Deliver Queue Group", ifAny: consumer.deliverGroup) }
        report.add("Ack Policy", name(consumer.ackPolicy))
        if consumer.ackPolicy != .none { report.add("Ack Wait", consumer.ackWait) }
        report.add("Replay Policy", consumer.replayPolicy == .instant ? "Instant" : "Original")
        if consumer.maximumDeliveries != -1 { report.add("Maximum Deliveries", consumer.maximumDeliveries) }
        report.add("Sampling Rate", ifAny: consumer.sampleFrequency)
        if consumer.rateLimit > 0 { report.add("Rate Limit", "\(Humanized.bytes(consumer.rateLimit / 8)) / second") }
        addLimits(consumer, to: &report)
        addPause(info, to: &report)
        if consumer.priorityPolicy != .none {
            report.add("Priority Policy", consumer.priorityPolicy.rawValue)
            report.add("Priority Groups", consumer.priorityGroups.joined(separator: ", "))
            if consumer.priorityPolicy == .pinnedClient { report.add("Pinned TTL", consumer.priorityTimeout) }
        }
        let metadata = consumer.metadata.withoutReserved
        if !metadata.isEmpty {
            report.section("Metadata")
            report.add(metadata)
        }
    }

    private static func addLimits(_ consumer: ConsumerConfiguration, to report: inout Report) {
        let acks: Int = consumer.document["max_ack_pending", default: 0]
        if acks > 0 { report.add("Max Ack Pending", acks) }
        let waiting: Int = consumer.document["max_waiting", default: 0]
        if waiting > 0 { report.add("Max Waiting Pulls", waiting) }
        if consumer.idleHeartbeat > .zero { report.add("Idle Heartbeat", consumer.idleHeartbeat) }
        if consumer.deliverSubject != nil { report.add("Flow Control", consumer.usesFlowControl) }
        if consumer.headersOnly { report.add("Headers Only", true) }
        if consumer.inactiveThreshold > .zero, consumer.isPull {
            report.add("Inactive Threshold", consumer.inactiveThreshold)
        }
        if consumer.maximumRequestExpiry > .zero { report.add("Max Pull Expire", consumer.maximumRequestExpiry) }
        if consumer.maximumRequestBatch > 0 { report.add("Max Pull Batch", consumer.maximumRequestBatch) }
        if consumer.maximumRequestBytes > 0 { report.add("Max Pull MaxBytes", consumer.maximumRequestBytes) }
        if !consumer.backOff.isEmpty {
            report.add("Backoff", consumer.backOff.map(CommandDuration.humanized).joined(separator: ", "))
        }
        if consumer.replicas > 0 { report.add("Replicas", consumer.replicas) }
        if consumer.usesMemory { report.add("Memory Storage", true) }
    }

    private static func addPause(_ info: ConsumerInfo, to report: inout Report) {
        guard let until = info.configuration.pauseUntil else { return }
        let rest = info.isPaused ? "\(remaining(info)) remaining" : "passed"
        report.add("Paused Until Deadline", "\(Humanized.time(until)) (\(rest))")
    }

    private static func addState(_ info: ConsumerInfo, to report: inout Report) {
        let consumer = info.configuration
        report.section("State")
        report.addHost(consumer.metadata)
        report.add("Last Delivered Message", place(info.delivered, "Last delivery", info))
        if consumer.ackPolicy != .none {
            report.add("Acknowledgment Floor", place(info.ackFloor, "Last Ack", info))
            let maximum: Int = consumer.document["max_ack_pending", default: 0]
            let pending = Humanized.count(info.ackPending)
            report.add(
                "Outstanding Acks", maximum > 0 ? "\(pending) out of maximum \(Humanized.count(maximum))" : pending)
            report.add("Redelivered Messages", info.redelivered)
        }
        report.add("Unprocessed Messages", info.pending)
        if consumer.isPull {
            let maximum: Int = consumer.document["max_waiting", default: 0]
            let waiting = Humanized.count(info.waiting)
            report.add(
                "Waiting Pulls",
                maximum > 0 ? "\(waiting) of maximum \(Humanized.count(maximum))" : "\(waiting) of unlimited")
        } else if info.isPushBound {
            report.add("Active Interest", consumer.deliverGroup.map { "Active using Queue Group \($0)" } ?? "Active")
        } else {
            report.add("Active Interest", "No interest")
        }
        if info.isPaused, let now = info.timestamp {
            let end = now.addingTimeInterval(Double(info.pauseRemaining.nanoseconds) / 1e9)
            report.add("Paused Until", "\(Humanized.time(end)) (\(remaining(info)) remaining)")
        }
        if consumer.priorityPolicy == .pinnedClient {
            report.add(
                "Priority Groups",
                each: info.priorityGroups.map { "\($0.name): \($0.pinnedClient.map { "pinned \($0)" } ?? "No client")" }
            )
        }
    }

    /// The rest of a pause, rounded to seconds, as Go prints it.
    private static func remaining(_ info: ConsumerInfo) -> String {
        ConsumerPauseCommand.rounded(info.pauseRemaining)
    }

    private static func place(_ pair: ConsumerInfo.SequencePair, _ label: String, _ info: ConsumerInfo) -> String {
        let place =
            "Consumer sequence: \(Humanized.count(pair.consumer)) Stream sequence: \(Humanized.count(pair.stream))"
        guard let last = pair.lastActive else { return place }
        return "\(place) \(label): \(Humanized.age(of: last, at: info.timestamp)) ago"
    }

    private static func name(_ policy: DeliverPolicy) -> String {
        switch policy {
        case .all: "All"
        case .last: "Last"
        case .lastPerSubject: "Last Per Subject"
        case .new: "New"
        case .startSequence(let sequence): "From Sequence \(sequence)"
        case .startTime(let time):
            "Since \(Timestamp.text(time).split(separator: "T").joined(separator: " ").dropLast()) +0000 UTC"
        }
    }
}
