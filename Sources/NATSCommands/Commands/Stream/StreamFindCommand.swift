import NATSClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats stream find`: lists the streams that meet conditions.
enum StreamFindCommand {
    static let cluster = Flag.text("cluster", "Streams in a cluster")
    static let empty = Flag.toggle("empty", "Streams without messages")
    static let idle = Flag.duration("idle", "Streams without new messages for a time", placeholder: "DURATION")
    static let created = Flag.duration("created", "Streams older than a time", placeholder: "DURATION")
    static let consumers = Flag.integer("consumers", "Streams with fewer consumers", default: -1)
    static let subject = Flag.text("subject", "Streams that store a subject's messages")
    static let replicas = Flag.unsigned("replicas", "Streams with so many replicas or fewer", placeholder: "REPLICAS")
    static let sourced = Flag.toggle("sourced", "Streams that collect messages of others")
    static let mirrored = Flag.toggle("mirrored", "Streams that are copies")
    static let leader = Flag.text("leader", "Streams led by a server", placeholder: "SERVER")
    static let server = Flag.text("server-name", "Streams on servers that match a regular expression")
    static let expression = Flag.text("expression", "Expression that streams must meet (natscli only)")
    static let level = Flag.integer("api-level", "Streams that need at least this API level", default: 0)
    static let invert = Flag.toggle("invert", "Those that do not meet the conditions", isNegatable: true)

    static let spec = CommandSpec(
        name: "find",
        aliases: ["query"],
        help: "Find streams that meet conditions",
        flags: [
            server.spec, cluster.spec, empty.spec, idle.spec, created.spec, consumers.spec, subject.spec, replicas.spec,
            sourced.spec, mirrored.spec, leader.spec, StreamListCommand.names.spec, invert.spec, expression.spec,
            level.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard invocation[expression] == nil else {
            throw CommandError("--expression is not built into this tool: use the other flags, or use natscli itself")
        }
        let streams = try await invocation.withJetStream { try await $0.streams(subject: invocation[subject]) }
        let conditions = try conditions(invocation)
        let isInverted = invocation[invert]
        let found = streams.filter { stream in conditions.allSatisfy { $0(stream) != isInverted } }
        if invocation[StreamListCommand.names] {
            invocation.console.print(found.map(\.configuration.name).sorted().joined(separator: "\n"))
        } else {
            invocation.print(StreamListCommand.table(found, title: "Streams"))
        }
    }

    private static func conditions(_ invocation: Invocation) throws -> [(StreamInfo) -> Bool] {
        var conditions: [(StreamInfo) -> Bool] = []
        func isOlder(_ date: Date?, than age: Duration) -> Bool {
            Date.now.timeIntervalSince(date ?? .distantPast) > Double(age.nanoseconds) / 1e9
        }
        if let name = invocation[cluster] { conditions.append { $0.cluster?.name == name } }
        if let pattern = invocation[server] {
            let regex = try CheckPattern.regex(pattern)
            conditions.append { stream in
                let names = (stream.cluster?.replicas.map(\.name) ?? []) + [stream.cluster?.leader ?? ""]
                return names.contains { $0.contains(regex) }
            }
        }
        let wanted = invocation[level]
        if wanted > 0 {
            conditions.append { Int($0.configuration.metadata["_nats.req.level"] ?? "") ?? 0 >= wanted }
        }
        if invocation[empty] { conditions.append { $0.state.messages == 0 } }
        if let age = invocation[idle] { conditions.append { isOlder($0.state.lastTime, than: age) } }
        if let age = invocation[created] { conditions.append { isOlder($0.created, than: age) } }
        let limit = invocation[consumers]
        if limit >= 0 { conditions.append { $0.state.consumers < limit } }
        if let count = invocation[replicas] { conditions.append { $0.configuration.replicas <= count } }
        if invocation[sourced] { conditions.append { !$0.configuration.sources.isEmpty } }
        if invocation[mirrored] { conditions.append { $0.configuration.mirror != nil } }
        if let server = invocation[leader] { conditions.append { $0.cluster?.leader == server } }
        return conditions
    }
}
