import GoFormats
import NATSClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats server check consumer`: whether a consumer keeps up.
enum ConsumerCheck {
    static let consumer = Flag.text("consumer", "The consumer to check")
    static let outstanding = Flag.integer(
        "outstanding-ack-critical", "Critical if so many messages are unacknowledged", default: -1)
    static let waiting = Flag.integer("waiting-critical", "Critical if so many pulls wait", default: -1)
    static let unprocessed = Flag.integer(
        "unprocessed-critical", "Critical if so many messages were not delivered yet", default: -1)
    static let lastDelivery = Flag.duration(
        "last-delivery-critical", "Critical if nothing was delivered for so long", default: "0s")
    static let lastAck = Flag.duration(
        "last-ack-critical", "Critical if nothing was acknowledged for so long", default: "0s")
    static let redelivery = Flag.integer(
        "redelivery-critical", "Critical if so many messages were delivered again", default: -1)
    static let pinned = Flag.toggle("pinned", "Every group must have its client")

    static let spec = CommandSpec(
        name: "consumer",
        help: "Checks the health of a consumer",
        longHelp: """
            A consumer's metadata may hold thresholds too, such as io.nats.monitor.waiting-critical: 20.
            """,
        flags: [
            StreamCheck.stream.spec, consumer.spec, outstanding.spec, waiting.spec, unprocessed.spec,
            lastDelivery.spec, lastAck.spec, redelivery.spec, pinned.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard let stream = invocation[StreamCheck.stream] else { throw UsageError.missingRequiredFlag(name: "stream") }
        guard let name = invocation[consumer] else { throw UsageError.missingRequiredFlag(name: "consumer") }
        try await ServerCheckCommand.run(invocation, name: "\(stream)_\(name)", suite: "consumer") {
            result, connection in
            let info: ConsumerInfo
            do {
                info = try await invocation.jetStream(over: connection).stream(stream).consumerInfo(name)
            } catch {
                result.critical("could not load info: \(error)")
                return
            }
            try checkCounts(info, &result, invocation)
            try checkTimes(info, &result, invocation)
            checkPins(info, &result, invocation)
        }
    }

    private static func threshold(_ flag: Flag<Int>, _ info: ConsumerInfo, _ invocation: Invocation) throws -> Int {
        guard let text = info.configuration.metadata["io.nats.monitor.\(flag.spec.name)"] else {
            return max(0, invocation[flag])
        }
        guard let number = GoNumber.unsigned(text) else {
            throw CommandError("could not configure based on metadata: \(flag.spec.name) is no number: \(text)")
        }
        return number
    }

    private static func checkCounts(_ info: ConsumerInfo, _ result: inout CheckResult, _ invocation: Invocation) throws
    {
        let counts: [(name: String, value: Int, flag: Flag<Int>, text: String, help: String)] = [
            (
                "ack_pending", info.ackPending, outstanding, "Ack Pending",
                "The number of messages waiting to be Acknowledged"
            ),
            ("pull_waiting", info.waiting, waiting, "Waiting Pulls", "The number of waiting Pull requests"),
            (
                "pending", info.pending, unprocessed, "Unprocessed Messages",
                "The number of messages that have not yet been consumed"
            ),
            (
                "redelivered", info.redelivered, redelivery, "Redelivered",
                "The number of messages currently being redelivered"
            ),
        ]
        for count in counts {
            let limit = try threshold(count.flag, info, invocation)
            result.measure(count.name, Double(count.value), critical: Double(limit), count.help)
            guard limit > 0 else { continue }
            let text = "\(count.text): \(count.value)"
            count.value >= limit ? result.critical(text) : result.ok(text)
        }
    }

    private static func checkTimes(_ info: ConsumerInfo, _ result: inout CheckResult, _ invocation: Invocation) throws {
        let times: [(Date?, Flag<Duration>, what: String, plural: String, name: String, help: String)] = [
            (
                info.delivered.lastActive, lastDelivery, "delivery", "deliveries", "last_delivery",
                "Seconds since the last message was delivered"
            ),
            (
                info.ackFloor.lastActive, lastAck, "ack", "acks", "last_ack",
                "Seconds since the last message was acknowledged"
            ),
        ]
        for (date, flag, what, plural, name, help) in times {
            var limit = invocation[flag]
            if let text = info.configuration.metadata["io.nats.monitor.\(flag.spec.name)"] {
                limit = try invocation.duration(text, flag: flag.spec.name)
            }
            let age = date.map { Date.now.timeIntervalSince($0) }
            if let age { result.measure(name, age, critical: limit.inSeconds, unit: "s", help) }
            guard limit > .zero else { continue }
            guard let date, let age else {
                result.critical("No \(plural)")
                continue
            }
            if age >= limit.inSeconds {
                result.critical("Last \(what) \(GoDuration.described(.nanoseconds(Int64(age * 1e9)))) ago")
            } else {
                let time = Timestamp.text(date).split(separator: "T").joined(separator: " ").dropLast()
                result.ok("Last \(what) \(time) +0000 UTC")
            }
        }
    }

    private static func checkPins(_ info: ConsumerInfo, _ result: inout CheckResult, _ invocation: Invocation) {
        let configuration = info.configuration
        let groups = configuration.priorityGroups.count
        let pinnedCount = info.priorityGroups.count { !($0.pinnedClient ?? "").isEmpty }
        if configuration.priorityPolicy == .pinnedClient {
            result.measure("pinned_groups", Double(pinnedCount), "The number of consumers groups with pinned clients")
            result.measure("groups", Double(groups), "The total number of consumers groups")
        }
        guard invocation[pinned] || configuration.metadata["io.nats.monitor.pinned"] == "true" else { return }
        if info.priorityGroups.isEmpty || groups == 0 || configuration.priorityPolicy != .pinnedClient {
            result.critical("Not pinned client priority mode")
        } else if pinnedCount != groups {
            result.critical("\(pinnedCount) / \(groups) pinned clients")
        } else {
            result.ok("\(pinnedCount) pinned clients")
        }
    }
}
