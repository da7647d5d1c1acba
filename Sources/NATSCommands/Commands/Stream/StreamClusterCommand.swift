import GoFormats
import NATSClient

/// `nats stream cluster` and `nats consumer cluster`: which server of a cluster leads, and which ones take part.
enum StreamClusterCommand {
    static let preferred = Flag.text("preferred", "The server that should lead")
    static let peer = Argument.required("peer", "The server to remove")
    static let stream = Argument.required("stream", "Stream name")
    static let consumer = Argument.required("consumer", "Consumer name")

    static let spec = CommandSpec(
        name: "cluster",
        aliases: ["c"],
        help: "Manages a clustered stream",
        subcommands: [
            CommandSpec(
                name: "step-down",
                aliases: ["stepdown", "sd", "elect", "down", "d"],
                help: "Let another server lead the stream",
                arguments: [stream.spec],
                flags: [preferred.spec, StreamCommand.force.spec],
                run: { invocation in try await stepDown("STREAM", invocation[stream], nil, invocation) }
            ),
            CommandSpec(
                name: "peer-remove",
                aliases: ["pr"],
                help: "Take the stream from a server",
                arguments: [stream.spec, peer.spec],
                flags: [StreamCommand.force.spec],
                run: removePeer
            ),
        ]
    )

    static let consumerSpec = CommandSpec(
        name: "cluster",
        aliases: ["c"],
        help: "Manages a clustered consumer",
        subcommands: [
            CommandSpec(
                name: "step-down",
                aliases: ["elect", "down", "d"],
                help: "Let another server lead the consumer",
                arguments: [stream.spec, consumer.spec],
                flags: [preferred.spec, StreamCommand.force.spec],
                run: { invocation in
                    try await stepDown("CONSUMER", invocation[stream], invocation[consumer], invocation)
                }
            )
        ]
    )

    /// How often is looked for a new leader, and how long between two looks.
    private static let looks = 10
    private static let pause = Duration.milliseconds(250)

    private static func stepDown(
        _ kind: String,
        _ streamName: String,
        _ consumerName: String?,
        _ invocation: Invocation
    ) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(streamName, jetStream)
            func cluster() async throws -> ClusterInfo? {
                guard let consumerName else { return try await stream.info().cluster }
                return try await invocation.pickConsumer(consumerName, stream).cluster
            }
            let what = consumerName == nil ? "stream" : "consumer"
            let name = consumerName.map { "\(streamName) > \($0)" } ?? streamName
            guard let old = try await cluster(), !old.replicas.isEmpty else {
                throw CommandError("\(what) \(GoText.quoted(name)) is not clustered")
            }
            invocation.console.log(
                "Requesting leader step down of \(GoText.quoted(old.leader)) in a \(old.replicas.count + 1) peer RAFT group"
            )
            var placement = JSONDocument()
            placement["preferred"] = invocation[preferred]
            var request = JSONDocument()
            request["placement"] = placement.members.isEmpty ? nil : placement
            let place = consumerName.map { "\(streamName).\($0)" } ?? streamName
            _ = try await jetStream.request("\(kind).LEADER.STEPDOWN.\(place)", request)
            for _ in 0..<looks {
                try await Task.sleep(for: pause)
                guard let new = try await cluster()?.leader, !new.isEmpty, new != old.leader else { continue }
                invocation.console.log("New leader elected \(GoText.quoted(new))")
                return
            }
            throw CommandError("\(what) did not elect a new leader in time")
        }
    }

    @Sendable
    private static func removePeer(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[stream], jetStream)
            guard let cluster = stream.lastInfo.cluster, !cluster.replicas.isEmpty else {
                throw CommandError("stream \(GoText.quoted(stream.name)) is not clustered")
            }
            let name = invocation[peer]
            guard cluster.leader == name || cluster.replicas.contains(where: { $0.name == name }) else {
                throw CommandError("unknown peer \(GoText.quoted(name)) of stream \(GoText.quoted(stream.name))")
            }
            let question = "Really remove peer \(name) from Stream \(stream.name)"
            guard try invocation.confirm(question, unless: StreamCommand.force) else { return }
            var request = JSONDocument()
            request["peer"] = name
            _ = try await jetStream.request("STREAM.PEER.REMOVE.\(stream.name)", request)
            invocation.console.log("Requested removal of peer \(GoText.quoted(name))")
        }
    }
}
