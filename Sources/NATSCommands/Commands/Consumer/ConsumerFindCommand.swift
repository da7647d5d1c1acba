import NATSClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats consumer find`: lists the consumers of a stream that meet conditions.
enum ConsumerFindCommand {
    static let pull = Flag.toggle("pull", "Pull consumers")
    static let push = Flag.toggle("push", "Push consumers")
    static let bound = Flag.toggle("bound", "Consumers that somebody uses")
    static let waiting = Flag.integer("waiting", "Consumers with fewer waiting pulls", default: 0)
    static let ackPending = Flag.integer("ack-pending", "Consumers with fewer unacknowledged messages", default: 0)
    static let pending = Flag.integer("pending", "Consumers with fewer messages to deliver", default: 0)
    static let idle = Flag.duration("idle", "Consumers that delivered nothing for a time", placeholder: "DURATION")
    static let created = Flag.duration("created", "Consumers older than a time", placeholder: "DURATION")
    static let replicas = Flag.unsigned("replicas", "Consumers with so many replicas or fewer", placeholder: "REPLICAS")
    static let leader = Flag.text("leader", "Consumers led by a server", placeholder: "SERVER")
    static let pinned = Flag.toggle("pinned", "Consumers all of whose groups have their client")
    static let invert = Flag.toggle("invert", "Those that do not meet the conditions", isNegatable: true)
    static let expression = Flag.text("expression", "Expression that consumers must meet (natscli only)")
    static let level = Flag.integer("api-level", "Consumers that need at least this API level", default: 0)

    static let spec = CommandSpec(
        name: "find",
        aliases: ["query"],
        help: "Find consumers that meet conditions",
        arguments: [ConsumerCommand.stream.spec],
        flags: [
            pull.spec, push.spec, bound.spec, waiting.spec, ackPending.spec, pending.spec, idle.spec, created.spec,
            replicas.spec, leader.spec, pinned.spec, invert.spec, expression.spec, level.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard invocation[expression] == nil else {
            throw CommandError("--expression is not built into this tool: use the other flags, or use natscli itself")
        }
        let consumers = try await invocation.withJetStream { jetStream in
            try await invocation.pickStream(invocation[ConsumerCommand.stream], jetStream).consumers()
        }
        let conditions = conditions(invocation)
        let isInverted = invocation[invert]
        for consumer in consumers.sorted(by: { $0.name < $1.name })
        where conditions.allSatisfy({ $0(consumer) != isInverted }) {
            invocation.console.print(consumer.name)
        }
    }

    private static func conditions(_ invocation: Invocation) -> [(ConsumerInfo) -> Bool] {
        var conditions: [(ConsumerInfo) -> Bool] = []
        func isOlder(_ date: Date?, than age: Duration) -> Bool {
            Date.now.timeIntervalSince(date ?? .distantPast) > age.inSeconds
        }
        if invocation[pull] { conditions.append { $0.configuration.isPull } }
        if invocation[push] { conditions.append { !$0.configuration.isPull } }
        if invocation[bound] { conditions.append { $0.isPushBound || $0.configuration.isPull && $0.waiting > 0 } }
        for (flag, value) in [
            (waiting, \ConsumerInfo.waiting), (ackPending, \.ackPending), (pending, \.pending),
        ] {
            let limit = invocation[flag]
            if limit > 0 { conditions.append { $0[keyPath: value] < limit } }
        }
        if let age = invocation[idle] { conditions.append { isOlder($0.delivered.lastActive, than: age) } }
        if let age = invocation[created] { conditions.append { isOlder($0.created, than: age) } }
        if let count = invocation[replicas] { conditions.append { $0.configuration.replicas <= count } }
        if let server = invocation[leader] { conditions.append { $0.cluster?.leader == server } }
        if invocation[pinned] {
            conditions.append { consumer in
                let groups = consumer.configuration.priorityGroups
                return consumer.configuration.priorityPolicy == .pinnedClient && !groups.isEmpty
                    && consumer.priorityGroups.count { !($0.pinnedClient ?? "").isEmpty } == groups.count
            }
        }
        let wanted = invocation[level]
        if wanted > 0 {
            conditions.append { Int($0.configuration.metadata["_nats.req.level"] ?? "") ?? 0 >= wanted }
        }
        return conditions
    }
}
