import GoFormats
import NATSClient
import NATSWire

/// `nats server cluster`: who leads JetStream in a cluster, and which servers belong to it.
enum ServerClusterCommand {
    static let cluster = Flag.text("cluster", "Prefer a leader in this cluster")
    static let host = Flag.text("host", "Prefer this server as the leader")
    static let peer = Argument.required("name", "Name or ID of the server to remove")

    static let spec = CommandSpec(
        name: "cluster",
        aliases: ["r", "raft"],
        help: "Manage JetStream clustering",
        subcommands: [
            .notBuilt("balance", "Spread connections over a cluster", instead: "let clients connect anew"),
            CommandSpec(
                name: "step-down",
                aliases: ["stepdown", "sd", "elect", "down", "d"],
                help: "Let another server lead JetStream",
                flags: [
                    cluster.spec, ServerFilterFlags.tags.spec, host.spec, ServerCommand.json.spec,
                    ServerCommand.force.spec,
                ],
                run: stepDown
            ),
            CommandSpec(
                name: "peer-remove",
                aliases: ["rm", "pr"],
                help: "Remove a server from a JetStream cluster",
                arguments: [peer.spec],
                flags: [ServerCommand.force.spec, ServerCommand.json.spec],
                run: removePeer
            ),
        ]
    )

    /// How often is looked for a new leader, and how long between two looks.
    private static let looks = 5
    private static let pause = Duration.milliseconds(500)

    /// The group that leads JetStream, as its leader describes it.
    private static func metaGroup(_ connection: NATSConnection, _ invocation: Invocation) async throws -> JSONDocument {
        let expected = try await invocation.serverCount(connection)
        let answers = try await invocation.serverAnswers(
            connection, "SERVER.PING.JSZ", JSONDocument(), AnswerLimit(expected))
        let groups = answers.compactMap { answer -> JSONDocument? in
            let meta: JSONDocument? = answer.data?["meta_cluster"]
            return meta?.text("leader") == answer.server.text("name") ? meta : nil
        }
        guard let group = groups.first else {
            throw CommandError(
                "did not receive a response from the meta leader, ensure the account used has system privileges and "
                    + "appropriate permissions")
        }
        guard groups.count == 1 else {
            throw CommandError("found \(groups.count) JetStream meta cluster leaders, unable to determine which to use")
        }
        return group
    }

    @Sendable
    private static func stepDown(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let connection = jetStream.connection
            let group = try await metaGroup(connection, invocation)
            let leader = group.text("leader")
            var placement = JSONDocument()
            placement["cluster"] = invocation[cluster]
            let tags = invocation[ServerFilterFlags.tags]
            placement["tags"] = tags.isEmpty ? nil : tags
            placement["preferred"] = invocation[host]
            var request = JSONDocument()
            request["placement"] = placement.members.isEmpty ? nil : placement
            let size = group.documents("replicas").count + 1
            invocation.console.log(
                "Requesting leader step down of \(GoText.quoted(leader)) in a \(size) peer RAFT group")
            _ = try await jetStream.request("META.LEADER.STEPDOWN", request)
            for _ in 0..<looks {
                try await Task.sleep(for: pause)
                guard let now = try? await metaGroup(connection, invocation).text("leader"), now != leader else {
                    continue
                }
                invocation.console.log("New leader elected \(GoText.quoted(now))")
                return
            }
            throw CommandError("stream did not elect a new leader in time")
        }
    }

    @Sendable
    private static func removePeer(_ invocation: Invocation) async throws {
        let name = invocation[peer]
        try await invocation.withJetStream { jetStream in
            let group = try await metaGroup(jetStream.connection, invocation)
            let found = group.documents("replicas").first { $0.text("name") == name || $0.text("peer") == name }
            guard let found else { throw CommandError("did not find a replica named \(name)") }
            let state = found.isTrue("offline") ? "offline" : "online"
            if !invocation[ServerCommand.force] {
                invocation.console.print(
                    """
                    Remove only servers that will not come back. For maintenance it is enough to stop a server. A server
                    that was removed comes back when the whole cluster is restarted. Streams with one replica on it lose
                    their data.

                    """)
            }
            let question = "Really remove \(state) peer \(found.text("name")) with id \(found.text("peer"))"
            guard try invocation.confirm(question, unless: ServerCommand.force) else {
                invocation.console.print("Removal canceled")
                return
            }
            var request = JSONDocument()
            request["peer"] = ""
            request["peer_id"] = found.text("peer")
            _ = try await jetStream.request("SERVER.REMOVE", request)
        }
    }
}
