import GoFormats
import NATSClient
import NATSWire

/// `nats consumer add` and `nats consumer edit`: create consumers and change them.
enum ConsumerAddCommand {
    static let output = Flag.text("output", "Write the configuration to a file, create nothing", placeholder: "FILE")
    static let defaults = Flag.toggle("defaults", "Take the defaults for all that is not given")
    static let dryRun = Flag.toggle("dry-run", "Show the differences only")

    static let spec = CommandSpec(
        name: "add",
        aliases: ["create", "new"],
        help: "Create a new consumer",
        arguments: [ConsumerCommand.stream.spec, ConsumerCommand.consumer.spec],
        flags: [output.spec] + ConsumerFlags.forAdding + [defaults.spec, ConsumerCommand.json.spec],
        run: add
    )

    static let editSpec = CommandSpec(
        name: "edit",
        aliases: ["update"],
        help: "Edit an existing consumer",
        arguments: [ConsumerCommand.stream.spec, ConsumerCommand.consumer.spec],
        flags: [ConsumerCommand.force.spec, StreamEditCommand.interactive.spec, dryRun.spec] + ConsumerFlags.forEditing
            + [ConsumerCommand.json.spec],
        run: edit
    )

    @Sendable
    private static func add(_ invocation: Invocation) async throws {
        let configuration = try configuration(invocation)
        if let path = invocation[output] {
            try FileSystem.replace(path, with: configuration.json.encoded(pretty: true) + [0x0A])
            return
        }
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[ConsumerCommand.stream], jetStream)
            let created: ConsumerInfo
            do {
                created = try await stream.send(configuration, action: "create")
            } catch {
                throw CommandError("Consumer creation failed: \(error)")
            }
            invocation.print(created)
        }
    }

    @Sendable
    private static func edit(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[ConsumerCommand.stream], jetStream)
            let info = try await invocation.pickConsumer(invocation[ConsumerCommand.consumer], stream)
            var old = info.configuration
            old.metadata = old.metadata.withoutReserved
            var new = try invocation[ConsumerFlags.config].map { try ConsumerConfiguration(file: $0) } ?? old
            if invocation[StreamEditCommand.interactive] {
                let text = try Editor.edit(
                    old.json.encoded(pretty: true), name: "\(info.name).json", environment: invocation.environment)
                guard let edited = ConsumerConfiguration(json: try ConfigurationText.value(text)) else {
                    throw CommandError("could not edit Consumer \(stream.name) > \(info.name): it is no JSON object")
                }
                new = edited
            }
            new.name = info.name
            try invocation.apply(to: &new)
            let differences = ConfigurationDifference.lines(old.document, new.document)
            guard !differences.isEmpty else {
                if !invocation[dryRun] { invocation.console.print("No difference in configuration") }
                return
            }
            invocation.console.print("Differences (-old +new):\n" + differences.joined(separator: "\n"))
            guard !invocation[dryRun] else { throw ExitStatus(code: 1) }
            let question = "Really edit Consumer \(stream.name) > \(info.name)"
            guard try invocation.confirm(question, unless: ConsumerCommand.force) else { return }
            do {
                invocation.print(try await stream.send(new, action: "update"))
            } catch {
                throw CommandError("could not edit Consumer \(stream.name) > \(info.name): \(error)")
            }
        }
    }

    private static func configuration(_ invocation: Invocation) throws -> ConsumerConfiguration {
        if let path = invocation[ConsumerFlags.config] {
            var configuration = try ConsumerConfiguration(file: path)
            if let name = invocation[ConsumerCommand.consumer] {
                configuration.name = name
                if configuration.durable != nil { configuration.durable = name }
            }
            configuration.metadata = configuration.metadata.withoutReserved
            try invocation.apply(to: &configuration)
            return configuration
        }
        let questions = Questions(
            acceptsDefaults: invocation[defaults], what: "Consumer", console: invocation.console)
        var configuration = ConsumerConfiguration()
        configuration.name = invocation[ConsumerCommand.consumer]
        if !invocation[ConsumerFlags.ephemeral] {
            let name =
                try configuration.name
                ?? questions.required("Consumer name", instead: "the argument <consumer>, or --ephemeral")
            configuration.name = name
            configuration.durable = name
        }
        if let name = configuration.name, name.contains(where: { ".*>".contains($0) }) {
            throw CommandError("durable name can not contain '.', '*', '>'")
        }
        try ask(questions, invocation, &configuration)
        try invocation.apply(to: &configuration)
        if configuration.deliverPolicy == .lastPerSubject, configuration.filterSubjects.isEmpty {
            configuration.filterSubjects = [">"]
        }
        if configuration.isPull, invocation[ConsumerFlags.rateLimit] ?? 0 > 0 {
            throw CommandError("rate limits are only possible on Push consumers")
        }
        if configuration.isPull, configuration.idleHeartbeat > .zero {
            throw CommandError("pull subscribers does not support idle heartbeats")
        }
        return configuration
    }

    /// Asks for what natscli asks for, in its order.
    private static func ask(
        _ questions: Questions,
        _ invocation: Invocation,
        _ consumer: inout ConsumerConfiguration
    ) throws {
        if !invocation[ConsumerFlags.pull], invocation[ConsumerFlags.target] == nil {
            let target = try questions.text(
                "Delivery target (empty for Pull Consumers)", default: "", flag: "--target or --pull")
            if !target.isEmpty { consumer.deliverSubject = target }
        }
        let isPush = consumer.deliverSubject != nil || invocation[ConsumerFlags.target] != nil
        if invocation[ConsumerFlags.deliver] == nil {
            let answer = try questions.text(
                "Start policy (all, new, last, subject, 1h, msg sequence)", default: "all", flag: "--deliver")
            consumer.deliverPolicy = try ConsumerFlags.deliverPolicy(answer)
        }
        if invocation[ConsumerFlags.ack] == nil {
            let choices = isPush ? ["none", "explicit", "all"] : ["explicit", "all", "none"]
            let answer = try questions.choice("Acknowledgment policy", choices, flag: "--ack")
            consumer.ackPolicy = AckPolicy(rawValue: answer) ?? .explicit
        }
        if invocation[ConsumerFlags.replay] == nil {
            let answer = try questions.choice("Replay policy", ["instant", "original"], flag: "--replay")
            consumer.replayPolicy = ReplayPolicy(rawValue: answer) ?? .instant
        }
        if invocation[ConsumerFlags.filter].isEmpty {
            let answer = try questions.text(
                "Filter Stream by subjects (blank for all)", default: "", flag: "--filter")
            consumer.filterSubjects = answer.split { $0 == "," || $0.isWhitespace }.map(String.init)
        }
        let acknowledges = invocation[ConsumerFlags.ack].map { $0 != "none" } ?? (consumer.ackPolicy != .none)
        if invocation[ConsumerFlags.maximumDeliveries] == 0, acknowledges {
            consumer.maximumDeliveries = try questions.number(
                "Maximum Allowed Deliveries", default: -1, flag: "--max-deliver")
        }
        if !invocation.isGiven(ConsumerFlags.maximumPending), acknowledges {
            let answer = try questions.number("Maximum Acknowledgments Pending", default: 0, flag: "--max-pending")
            if answer != 0 { consumer.maximumAckPending = answer }
        }
        if !invocation.isGiven(ConsumerFlags.headersOnly) {
            let answer = try questions.yesOrNo(
                "Deliver headers only without bodies", default: false, flag: "--[no-]headers-only")
            if answer { consumer.headersOnly = true }
        }
    }
}

extension ConsumerConfiguration {
    /// Reads a configuration from a JSON file.
    ///
    /// - Throws: ``CommandError`` that names the file.
    init(file path: String) throws {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: try FileSystem.read(path))
        } catch {
            throw CommandError("invalid input: \(path): \(error)")
        }
        // What `consumer info --json` prints holds the configuration under a key of its own.
        guard let configuration = ConsumerConfiguration(json: value["config"] ?? value) else {
            throw CommandError("invalid input: \(path) holds no consumer configuration")
        }
        self = configuration
    }
}
