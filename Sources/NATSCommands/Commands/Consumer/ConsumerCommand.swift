import NATSClient
import NATSWire

/// `nats consumer`: manages consumers.
enum ConsumerCommand {
    static let stream = Argument.optional("stream", "Stream name")
    static let consumer = Argument.optional("consumer", "Consumer name")
    static let force = Flag.toggle("force", short: "f", "Act without asking")
    static let noSelect = Flag.toggle("no-select", "Do not offer a list of consumers")
    static let json = Flag.toggle("json", short: "j", "Print a JSON document")
    static let names = Flag.toggle("names", short: "n", "Print names only")
    static let raw = Flag.toggle("raw", short: "r", "Print plain numbers")
    static let leaders = Flag.toggle("leaders", short: "l", "Show details about the leaders")

    static let spec = CommandSpec(
        name: "consumer",
        aliases: ["con", "obs", "c"],
        help: "JetStream consumer management",
        flags: [StreamCommand.all.spec],
        subcommands: [
            ConsumerAddCommand.spec, ConsumerAddCommand.editSpec, listSpec, infoSpec, stateSpec, removeSpec,
            ConsumerNextCommand.spec, ConsumerSubscribeCommand.spec, ConsumerPauseCommand.spec,
            ConsumerPauseCommand.resumeSpec, resetSpec, reportSpec, ConsumerFindCommand.spec, ConsumerCopyCommand.spec,
            ConsumerCopyCommand.unpinSpec, StreamClusterCommand.consumerSpec,
            .notBuilt("graph", "Draw a consumer's activity", instead: "use nats consumer report"),
        ]
    )

    private static let infoSpec = CommandSpec(
        name: "info",
        aliases: ["nfo"],
        help: "Consumer information",
        arguments: [stream.spec, consumer.spec],
        flags: [json.spec, noSelect.spec],
        run: { invocation in try await show(invocation, stateOnly: false) }
    )

    private static let stateSpec = CommandSpec(
        name: "state",
        help: "Consumer state",
        arguments: [stream.spec, consumer.spec],
        flags: [json.spec, noSelect.spec],
        run: { invocation in try await show(invocation, stateOnly: true) }
    )

    private static let listSpec = CommandSpec(
        name: "ls",
        aliases: ["list"],
        help: "List known consumers",
        arguments: [stream.spec],
        flags: [json.spec, names.spec, noSelect.spec],
        run: list
    )

    private static let removeSpec = CommandSpec(
        name: "rm",
        aliases: ["delete", "del"],
        help: "Remove a consumer",
        arguments: [stream.spec, consumer.spec],
        flags: [force.spec],
        run: remove
    )

    private static let sequence = Flag.unsigned("sequence", "Sequence to begin with again")

    private static let resetSpec = CommandSpec(
        name: "reset",
        help: "Reset a consumer to an earlier state",
        arguments: [stream.spec, consumer.spec],
        flags: [sequence.spec, force.spec],
        run: reset
    )

    private static let reportSpec = CommandSpec(
        name: "report",
        help: "Report on consumers in numbers",
        arguments: [stream.spec],
        flags: [raw.spec, leaders.spec],
        run: report
    )

    private static func show(_ invocation: Invocation, stateOnly: Bool) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[stream], jetStream)
            invocation.print(try await invocation.pickConsumer(invocation[consumer], stream), stateOnly: stateOnly)
        }
    }

    @Sendable
    private static func list(_ invocation: Invocation) async throws {
        let consumers = try await invocation.withJetStream { jetStream in
            try await invocation.pickStream(invocation[stream], jetStream).consumers()
        }.sorted { $0.name < $1.name }
        if invocation[json] {
            invocation.print(json: .array(consumers.map { .string($0.name) }))
        } else if invocation[names] {
            for consumer in consumers {
                invocation.console.print(consumer.name)
            }
        } else if consumers.isEmpty {
            invocation.console.print("No Consumers defined")
        } else {
            var table = Table(
                "Consumers",
                header: ["Name", "Description", "Created", "Ack Pending", "Unprocessed", "Last Delivery"])
            for consumer in consumers {
                table.add([
                    consumer.name, consumer.configuration.summary, Humanized.time(consumer.created),
                    String(consumer.ackPending), String(consumer.pending),
                    Humanized.age(of: consumer.delivered.lastActive, at: consumer.timestamp),
                ])
            }
            invocation.print(table)
        }
    }

    @Sendable
    private static func remove(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            if invocation[force], invocation[stream] == nil || invocation[consumer] == nil {
                throw CommandError("--force requires a stream and consumer name")
            }
            let stream = try await invocation.pickStream(invocation[stream], jetStream)
            let name = try await invocation.pickConsumer(invocation[consumer], stream).name
            guard try invocation.confirm("Really delete Consumer \(stream.name) > \(name)", unless: force) else {
                return
            }
            try await stream.deleteConsumer(name)
        }
    }

    @Sendable
    private static func reset(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[stream], jetStream)
            let name = try await invocation.pickConsumer(invocation[consumer], stream).name
            guard try invocation.confirm("Really reset the consumer", unless: force) else { return }
            do throws(JetStreamError) {
                try await stream.resetConsumer(name, to: invocation[sequence])
            } catch {
                guard error.connectionError?.code == .noResponders else { throw error }
                throw CommandError("this server cannot reset consumers: nats-server can from 2.14 on")
            }
            invocation.print(try await invocation.pickConsumer(name, stream), stateOnly: true)
        }
    }

    @Sendable
    private static func report(_ invocation: Invocation) async throws {
        let (info, consumers) = try await invocation.withJetStream { jetStream in
            let found = try await invocation.pickStream(invocation[stream], jetStream)
            return (found.lastInfo, try await found.consumers())
        }
        let isRaw = invocation[raw]
        func count(_ number: Int) -> String { isRaw ? String(number) : Humanized.count(number) }
        var table = Table(
            "Consumer report for \(info.configuration.name) with \(Humanized.count(info.state.consumers)) consumers",
            header: [
                "Consumer", "Mode", "Ack Policy", "Ack Wait", "Ack Pending", "Redelivered", "Unprocessed", "Ack Floor",
                "API Level", "Cluster",
            ])
        for consumer in consumers.sorted(by: { $0.name < $1.name }) {
            let configuration = consumer.configuration
            var unprocessed = count(consumer.pending)
            if !isRaw, consumer.pending > 0 {
                let percent = min(100, consumer.pending * 100 / max(1, info.state.messages))
                unprocessed += " / \(percent)%"
            }
            table.add([
                consumer.name, configuration.isPull ? "Pull" : "Push", ConsumerReport.name(configuration.ackPolicy),
                CommandDuration.humanized(configuration.document["ack_wait", default: Duration.zero]),
                count(consumer.ackPending), count(consumer.redelivered), unprocessed, count(consumer.ackFloor.stream),
                configuration.metadata["_nats.req.level"] ?? "0", consumer.cluster?.servers ?? "",
            ])
        }
        invocation.print(table)
    }
}

extension Invocation {
    /// Prints a consumer as a report, or as the document that `--json` asks for.
    func print(_ info: ConsumerInfo, stateOnly: Bool = false) {
        if self[ConsumerCommand.json] {
            print(json: .object(info.document.members.filter { $0.key != "type" }))
        } else {
            console.print(bytes: Array(ConsumerReport.text(info, stateOnly: stateOnly).utf8))
        }
    }
}
