import NATSClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `nats stream info` and `nats stream state` show.
enum StreamReport {
    static func text(_ info: StreamInfo, stateOnly: Bool) -> String {
        let kind = stateOnly ? "State" : "Information"
        var report = Report("\(kind) for Stream \(info.configuration.name) created \(Humanized.time(info.created))")
        if !stateOnly {
            addConfiguration(info.configuration, to: &report)
        }
        if let cluster = info.cluster, !cluster.name.isEmpty {
            report.add(cluster, groupLabel: "Cluster Group")
            report.line()
        }
        if let mirror = info.mirror {
            report.section("Mirror Information")
            addOrigin(mirror, to: &report)
        }
        if !info.sources.isEmpty {
            report.section("Source Information")
            for source in info.sources {
                addOrigin(source, to: &report)
                report.line()
            }
        }
        addState(info, to: &report)
        return report.text
    }

    private static func addConfiguration(_ stream: StreamConfiguration, to report: inout Report) {
        report.add("Description", ifAny: stream.summary)
        report.add("Subjects", ifAny: stream.subjects.joined(separator: ", "))
        report.add("Replicas", stream.replicas)
        if stream.isSealed { report.add("Sealed", true) }
        report.add("Storage", stream.storage == .file ? "File" : "Memory")
        if stream.compression != .none { report.add("Compression", "S2 Compression") }
        if stream.firstSequence > 0 { report.add("First Sequence", stream.firstSequence) }
        report.add("Placement Cluster", ifAny: stream.placement?.cluster)
        report.add("Placement Tags", ifAny: stream.placement?.tags.joined(separator: ", "))
        addOptions(stream, to: &report)
        addLimits(stream, to: &report)
        let metadata = stream.metadata.withoutReserved
        if !metadata.isEmpty {
            report.section("Metadata")
            report.add(metadata)
        }
        if stream.mirror != nil || !stream.sources.isEmpty {
            report.section("Replication")
        }
        report.add("Mirror", ifAny: stream.mirror.map(described))
        report.add("Sources", each: stream.sources.sorted { $0.name < $1.name }.map(described))
        report.line()
    }

    private static func addOptions(_ stream: StreamConfiguration, to report: inout Report) {
        report.section("Options")
        if let transform = stream.subjectTransform, !transform.destination.isEmpty {
            report.add(
                "Subject Transform", "\(transform.source.isEmpty ? ">" : transform.source) to \(transform.destination)")
        }
        if let republication = stream.republication {
            report.add(
                republication.headersOnly ? "Republishing Headers" : "Republishing",
                "\(republication.source) to \(republication.destination)")
        }
        report.add("Retention", retention(stream.retention))
        report.add("Acknowledgments", !stream.doesNotAcknowledge)
        report.add(
            "Discard Policy", stream.discardsNewPerSubject ? "New Per Subject" : stream.discard == .old ? "Old" : "New")
        report.add("Duplicate Window", stream.duplicateWindow)
        if stream.allowsDirectGet { report.add("Direct Get", true) }
        if stream.allowsMirrorDirectGet { report.add("Mirror Direct Get", true) }
        report.add("Allows Atomic Batch Publish", stream.allowsAtomicPublish)
        report.add("Allows Fast Batch Publish", stream.document["allow_batched", default: false])
        report.add("Allows Counters", stream.allowsCounters)
        report.add("Allows Msg Delete", !stream.deniesDelete)
        report.add("Allows Per-Message TTL", stream.allowsMessageTTL)
        report.add("Allows Purge", !stream.deniesPurge)
        report.add("Allows Schedules", stream.allowsSchedules)
        if stream.allowsMessageTTL, stream.deleteMarkerTTL > .zero {
            report.add("Subject Delete Markers TTL", stream.deleteMarkerTTL)
        }
        report.add("Allows Rollups", stream.allowsRollup)
    }

    private static func addLimits(_ stream: StreamConfiguration, to report: inout Report) {
        report.section("Limits")
        report.add("Maximum Messages", limit: stream.maximumMessages)
        let perSubject = stream.maximumMessagesPerSubject
        report.add("Maximum Per Subject", limit: perSubject > 0 ? perSubject : -1)
        report.add("Maximum Bytes", limit: stream.maximumBytes, Humanized.bytes)
        report.add(
            "Maximum Age", stream.maximumAge > .zero ? CommandDuration.humanized(stream.maximumAge) : "unlimited")
        report.add("Maximum Message Size", limit: stream.maximumMessageSize, Humanized.bytes)
        report.add("Maximum Consumers", limit: stream.maximumConsumers)
        if let limits = stream.consumerLimits {
            if limits.inactiveThreshold > .zero {
                report.add("Consumer Inactive Threshold", limits.inactiveThreshold)
            }
            if limits.maximumAckPending > 0 { report.add("Consumer Max Ack Pending", limits.maximumAckPending) }
        }
    }

    private static func addOrigin(_ origin: StreamSourceInfo, to report: inout Report) {
        report.add("Stream Name", origin.name)
        if let filter = origin.filterSubject, !filter.isEmpty {
            report.add("Subject Filter", filter)
        } else {
            let plural = origin.subjectTransforms.count > 1 ? "s" : ""
            report.add(
                "Subject Filter\(plural) and Transform\(plural)",
                each: origin.subjectTransforms.map { transform in
                    transform.destination.isEmpty
                        ? "\(transform.source) untransformed" : "\(transform.source) to \(transform.destination)"
                })
        }
        report.add("Lag", origin.lag)
        report.add("Last Seen", origin.lastSeen)
        if let external = origin.external {
            report.add("Ext. API Prefix", external.apiPrefix)
            report.add("Ext. Delivery Prefix", ifAny: external.deliverPrefix)
        }
    }

    private static func addState(_ info: StreamInfo, to report: inout Report) {
        let state = info.state
        report.section("State")
        report.addHost(info.configuration.metadata)
        report.add("Messages", state.messages)
        report.add("Bytes", Humanized.bytes(state.bytes))
        report.add("First Sequence", sequence(state.firstSequence, at: state.firstTime))
        report.add("Last Sequence", sequence(state.lastSequence, at: state.lastTime))
        if state.deletedCount > 0 { report.add("Deleted Messages", state.deletedCount) }
        report.add("Active Consumers", state.consumers)
        if state.subjectCount > 0 { report.add("Number of Subjects", state.subjectCount) }
    }

    private static func sequence(_ sequence: Int, at time: Date?) -> String {
        let number = Humanized.count(sequence)
        guard let time, time.timeIntervalSince1970 != 0 else { return number }
        return "\(number) @ \(Humanized.time(time))"
    }

    static func retention(_ policy: RetentionPolicy) -> String {
        switch policy {
        case .limits: "Limits"
        case .interest: "Interest"
        case .workQueue: "WorkQueue"
        }
    }

    private static func described(_ source: StreamSource) -> String {
        var parts = [source.name]
        if let sequence = source.startSequence, sequence > 0 {
            parts.append("Start Seq: \(Humanized.count(sequence))")
        }
        if let time = source.startTime { parts.append("Start Time: \(Humanized.time(time))") }
        if let external = source.external {
            if !external.apiPrefix.isEmpty { parts.append("API Prefix: \(external.apiPrefix)") }
            if !external.deliverPrefix.isEmpty { parts.append("Delivery Prefix: \(external.deliverPrefix)") }
        }
        return parts.joined(separator: ", ")
    }
}

extension StreamSourceInfo {
    /// How long ago the origin was heard of.
    var lastSeen: String {
        guard let active, active > .zero else { return "never" }
        return CommandDuration.humanized(active)
    }
}
