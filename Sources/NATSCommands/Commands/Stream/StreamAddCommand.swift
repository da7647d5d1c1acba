import NATSClient
import NATSWire

/// `nats stream add`: creates a stream.
enum StreamAddCommand {
    static let name = Argument.optional("stream", "Stream name")
    static let defaults = Flag.toggle("defaults", "Take the defaults for all that is not given")
    static let output = Flag.text("output", "Write the configuration to a file, create nothing", placeholder: "FILE")

    static let spec = CommandSpec(
        name: "add",
        aliases: ["create", "new"],
        help: "Create a new stream",
        arguments: [name.spec],
        flags: [output.spec] + StreamFlags.forAdding + [defaults.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let configuration = try configuration(invocation)
        if let path = invocation[output] {
            try FileSystem.replace(path, with: configuration.json.encoded(pretty: true) + [0x0A])
            return
        }
        try await invocation.withJetStream { jetStream in
            let created: StreamHandle
            do {
                created = try await jetStream.createStream(configuration)
            } catch {
                throw CommandError("could not create Stream: \(error)")
            }
            invocation.console.print("Stream \(created.name) was created\n")
            invocation.print(created.lastInfo)
        }
    }

    private static func configuration(_ invocation: Invocation) throws -> StreamConfiguration {
        if let path = invocation[StreamFlags.config] {
            var configuration = try StreamConfiguration(file: path)
            if let name = invocation[name] { configuration.name = name }
            configuration.metadata = configuration.metadata.withoutReserved
            try invocation.apply(to: &configuration)
            return configuration
        }
        let questions = Questions(acceptsDefaults: invocation[defaults], what: "Stream", console: invocation.console)
        var configuration = StreamConfiguration(
            name: try invocation[name] ?? questions.required("Stream Name", instead: "the argument <stream>"))
        let hasOrigin = invocation[StreamFlags.mirror] != nil || !invocation[StreamFlags.source].isEmpty
        if invocation.streamSubjects.isEmpty, !hasOrigin {
            configuration.subjects = try questions.required("Subjects", instead: "--subjects")
                .split { $0 == "," || $0.isWhitespace }.map(String.init)
        }
        if invocation[StreamFlags.mirror] != nil, !invocation.streamSubjects.isEmpty {
            throw CommandError("mirrors cannot listen for messages on subjects")
        }
        configuration.retention = .limits
        configuration.maximumConsumers = -1
        configuration.maximumMessages = -1
        configuration.maximumBytes = -1
        configuration.discard = .old
        configuration.maximumAge = .zero
        configuration.maximumMessagesPerSubject = -1
        configuration.maximumMessageSize = -1
        configuration.storage = .file
        configuration.replicas = 1
        configuration.allowsDirectGet = true
        try ask(questions, invocation, &configuration)
        try invocation.apply(to: &configuration)
        if invocation[StreamFlags.duplicateWindow] == nil, configuration.mirror == nil {
            let age = configuration.maximumAge
            configuration.duplicateWindow = age > .zero && age < .seconds(120) ? age : .seconds(120)
        }
        return configuration
    }

    /// Asks for what natscli asks for, in its order.
    private static func ask(
        _ questions: Questions,
        _ invocation: Invocation,
        _ stream: inout StreamConfiguration
    ) throws {
        if invocation[StreamFlags.storage] == nil {
            stream.storage =
                try questions.choice("Storage", ["file", "memory"], flag: "--storage") == "file" ? .file : .memory
        }
        if invocation[StreamFlags.replicas] == 0 {
            stream.replicas = try questions.number("Replication", default: 1, flag: "--replicas")
        }
        if invocation[StreamFlags.retention] == nil {
            let answer = try questions.choice(
                "Retention Policy", ["limits", "interest", "work"], flag: "--retention")
            stream.retention = answer == "limits" ? .limits : answer == "interest" ? .interest : .workQueue
        }
        if invocation[StreamFlags.discard] == nil {
            stream.discard =
                try questions.choice("Discard Policy", ["old", "new"], flag: "--discard") == "old" ? .old : .new
        }
        if invocation[StreamFlags.maximumMessages] == 0 {
            stream.maximumMessages = try questions.number("Stream Messages Limit", default: -1, flag: "--max-msgs")
        }
        if invocation[StreamFlags.maximumPerSubject] == 0, !invocation.streamSubjects.isEmpty {
            stream.maximumMessagesPerSubject = try questions.number(
                "Per Subject Messages Limit", default: -1, flag: "--max-msgs-per-subject")
        }
        if invocation[StreamFlags.maximumBytes] == nil {
            let answer = try questions.text("Total Stream Size", default: "-1", flag: "--max-bytes")
            stream.maximumBytes = try ByteSize.parse(answer, flag: "--max-bytes")
        }
        if invocation[StreamFlags.maximumAge] == nil {
            let answer = try questions.text("Message TTL", default: "-1", flag: "--max-age")
            stream.maximumAge = try invocation.duration(answer, flag: "--max-age")
        }
        if invocation[StreamFlags.maximumMessageSize] == nil {
            let answer = try questions.text("Max Message Size", default: "-1", flag: "--max-msg-size")
            stream.maximumMessageSize = try ByteSize.parse(answer, flag: "--max-msg-size")
        }
        if !invocation.isGiven(StreamFlags.allowRollup) {
            stream.allowsRollup = try questions.yesOrNo(
                "Allow message Roll-ups", default: false, flag: "--[no-]allow-rollup")
        }
        if !invocation.isGiven(StreamFlags.denyDelete) {
            stream.deniesDelete = try !questions.yesOrNo(
                "Allow message deletion", default: true, flag: "--[no-]deny-delete")
        }
        if !invocation.isGiven(StreamFlags.denyPurge) {
            stream.deniesPurge = try !questions.yesOrNo(
                "Allow purging subjects or the entire stream", default: true, flag: "--[no-]deny-purge")
        }
    }
}

extension StreamConfiguration {
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
        // What `stream info --json` prints holds the configuration under a key of its own.
        guard let configuration = StreamConfiguration(json: value["config"] ?? value), !configuration.name.isEmpty
        else {
            throw CommandError("invalid input: \(path) holds no stream configuration with a name")
        }
        self = configuration
    }
}

extension Invocation {
    /// Prints a stream as a report, or as the document that `--json` asks for.
    func print(_ info: StreamInfo, stateOnly: Bool = false) {
        if self[StreamFlags.json] {
            print(json: stateOnly ? info.state.json : info.withoutAnswerType)
        } else {
            console.print(bytes: Array(StreamReport.text(info, stateOnly: stateOnly).utf8))
        }
    }
}

extension StreamInfo {
    /// The document without what belongs to the answer that brought it.
    var withoutAnswerType: JSONValue {
        .object(document.members.filter { !["type", "total", "offset", "limit", "did_create"].contains($0.key) })
    }
}
