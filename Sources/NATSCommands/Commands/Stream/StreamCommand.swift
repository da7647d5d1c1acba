import NATSClient

/// `nats stream`: manages streams.
enum StreamCommand {
    static let name = Argument.optional("stream", "Stream name")
    static let force = Flag.toggle("force", short: "f", "Act without asking")
    static let noSelect = Flag.toggle("no-select", "Do not offer a list of streams")
    static let all = Flag.toggle("all", short: "a", "Show all streams, those behind buckets too")

    static let spec = CommandSpec(
        name: "stream",
        aliases: ["str", "st", "ms", "s"],
        help: "JetStream stream management",
        flags: [all.spec],
        subcommands: [
            StreamAddCommand.spec, StreamListCommand.spec, StreamReportCommand.spec, StreamFindCommand.spec,
            infoSpec, stateSpec, StreamSubjectsCommand.spec, StreamEditCommand.spec, StreamRemoveCommand.spec,
            StreamRemoveCommand.purgeSpec, StreamEditCommand.copySpec, StreamRemoveCommand.messageSpec,
            StreamViewCommand.spec, StreamGetCommand.spec, StreamBackupCommand.spec, StreamRestoreCommand.spec,
            StreamRemoveCommand.sealSpec, StreamClusterCommand.spec, StreamGapsCommand.spec,
            .notBuilt("graph", "Draw a stream's activity", instead: "use nats stream report"),
        ]
    )

    private static let stateOnly = Flag.toggle("state", "Show the state only")

    private static let infoSpec = CommandSpec(
        name: "info",
        aliases: ["nfo", "i"],
        help: "Stream information",
        arguments: [name.spec],
        flags: [StreamFlags.json.spec, stateOnly.spec, noSelect.spec],
        run: { invocation in try await show(invocation, stateOnly: invocation[stateOnly]) }
    )

    private static let stateSpec = CommandSpec(
        name: "state",
        help: "Stream state",
        arguments: [name.spec],
        flags: [StreamFlags.json.spec, noSelect.spec],
        run: { invocation in try await show(invocation, stateOnly: true) }
    )

    private static func show(_ invocation: Invocation, stateOnly: Bool) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[name], jetStream)
            // natscli's state in JSON is the whole document.
            invocation.print(stream.lastInfo, stateOnly: stateOnly && !invocation[StreamFlags.json])
            invocation.console.print()
        }
    }

    /// Whether a stream stands behind a bucket or belongs to another protocol: lists leave it out.
    static func isInternal(_ name: String) -> Bool {
        ["KV_", "OBJ_", "MQTT_", "$MQTT_"].contains { name.hasPrefix($0) }
    }
}
