import NATSClient
import NIOCore

/// What a command line says about a benchmark, checked.
struct BenchSettings: Sendable {
    let kind: BenchKind
    let invocation: Invocation
    /// How many messages there are in all.
    let messages: Int
    /// How large each is.
    let size: Int
    /// How large the stream or bucket may get.
    let maximumBytes: Int
    let clients: Int
    let payload: ByteBuffer
    let headers: Headers

    init(_ kind: BenchKind, _ invocation: Invocation) throws {
        self.kind = kind
        self.invocation = invocation
        messages = try Self.messages(invocation)
        size = try Self.size(invocation[BenchFlags.size], of: "message size")
        maximumBytes = try Self.size(invocation[BenchFlags.maximumBytes], of: "max stream/bucket size")
        let wanted = invocation[BenchFlags.clients]
        guard wanted > 0 else { throw CommandError("number of clients should be greater than 0") }
        clients = kind.isSending ? min(wanted, messages) : wanted
        if let path = invocation[BenchFlags.payload] {
            payload = ByteBuffer(bytes: try FileSystem.read(path))
        } else {
            payload = ByteBuffer(repeating: 0, count: size)
        }
        headers = try HeaderArguments.headers(invocation[BenchFlags.header], template: MessageTemplate(count: 0))
    }

    private static func messages(_ invocation: Invocation) throws(CommandError) -> Int {
        var count = invocation[BenchFlags.messages]
        let duration = invocation[BenchFlags.duration]
        if duration != .zero {
            let throughput = invocation[BenchFlags.throughput]
            guard duration > .zero else { throw CommandError("--duration cannot be negative") }
            guard throughput > 0 else { throw CommandError("--duration requires --throughput to be set") }
            count = Int((Double(throughput) * duration.inSeconds).rounded())
        }
        guard count > 0 else { throw CommandError("number of messages should be greater than 0") }
        return count
    }

    private static func size(_ text: String, of what: String) throws(CommandError) -> Int {
        guard let size = try? ByteSize.parse(text, flag: ""), size > 0 else {
            throw CommandError("can not parse or invalid the value specified for the \(what): \(text)")
        }
        return size
    }

    /// How many messages each client has.
    var shares: [Int] {
        (0..<clients).map { messages / clients + ($0 < messages % clients ? 1 : 0) }
    }

    // MARK: Subjects

    /// What gets all that is published.
    var subscribedSubject: String {
        invocation[BenchFlags.subject] + (invocation[BenchFlags.multiSubject] ? ".*" : "")
    }

    /// The subject of the message with the given number.
    func subject(of number: Int) -> String {
        let subject = invocation[BenchFlags.subject]
        guard invocation[BenchFlags.multiSubject] else { return subject }
        let limit = invocation[BenchFlags.multiSubjectMaximum]
        guard limit > 0 else { return "\(subject).\(number)" }
        let token = String(invocation[BenchFlags.multiSubjectRandom] ? Int.random(in: 0..<limit) : number % limit)
        return "\(subject)." + String(repeating: "0", count: max(0, String(limit).count - token.count)) + token
    }

    // MARK: Banner

    /// What is about to be measured, and how.
    var banner: String {
        var values = kindValues
        values["msgs"] = Humanized.count(messages)
        values["msg-size"] = Humanized.bytes(size)
        values["clients"] = Humanized.count(clients)
        if kind.isSending, invocation[BenchFlags.throughput] > 0 {
            values["throughput"] = Humanized.count(invocation[BenchFlags.throughput])
            let duration = invocation[BenchFlags.duration]
            if duration > .zero { values["duration"] = CommandDuration.humanized(duration) }
        }
        let list = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        return "Starting \(kind.label) benchmark [\(list)]"
    }

    private var kindValues: [String: String] {
        var values = ["sleep": CommandDuration.humanized(invocation[BenchFlags.sleep])]
        func isOn(_ flag: Flag<Bool>) -> String { invocation[flag] ? "true" : "false" }
        let filters = invocation[BenchFlags.filter].joined(separator: ",")
        switch kind {
        case .subscribe:
            values = ["subject": subscribedSubject, "multi-subject": isOn(BenchFlags.multiSubject)]
        case .request, .serve:
            values["subject"] = invocation[BenchFlags.subject]
        case .publish, .streamPublishSync, .streamPublishAsync, .streamPublishAtomic:
            values["subject"] = subscribedSubject
            values["multi-subject"] = isOn(BenchFlags.multiSubject)
            values["multi-subject-max"] = Humanized.count(invocation[BenchFlags.multiSubjectMaximum])
            values["multi-subject-randomize"] = isOn(BenchFlags.multiSubjectRandom)
            guard kind != .publish else { break }
            values["batch"] = kind == .streamPublishSync ? "0" : Humanized.count(invocation[BenchFlags.batch])
            values["stream"] = invocation[BenchFlags.stream]
            values["purge"] = isOn(BenchFlags.purge)
            if invocation[BenchFlags.create] {
                values["storage"] = invocation[BenchFlags.storage]
                values["max-bytes"] = Humanized.count(maximumBytes)
                values["replicas"] = Humanized.count(invocation[BenchFlags.replicas])
                values["deduplication"] = isOn(BenchFlags.deduplicate)
                values["dedup-window"] = CommandDuration.humanized(invocation[BenchFlags.window])
            }
        case .ordered, .consume, .fetch:
            values["stream"] = invocation[BenchFlags.stream]
            values["purge"] = isOn(BenchFlags.purge)
            if !filters.isEmpty { values["filter"] = filters }
            guard kind != .ordered else { break }
            values["consumer"] = invocation[BenchFlags.consumer]
            values["acks"] = invocation[BenchFlags.acks]
            values["double-acked"] = isOn(BenchFlags.doubleAck)
            values["batch"] = Humanized.count(invocation[BenchFlags.batch])
        case .getSync:
            values["stream"] = invocation[BenchFlags.stream]
        case .getBatch:
            values["stream"] = invocation[BenchFlags.stream]
            values["batch"] = Humanized.count(invocation[BenchFlags.batch])
            values["filter"] = invocation[BenchFlags.singleFilter]
        case .put:
            values["bucket"] = invocation[BenchFlags.bucket]
            values["purge"] = isOn(BenchFlags.purge)
        case .get:
            values["bucket"] = invocation[BenchFlags.bucket]
            values["randomize"] = Humanized.count(invocation[BenchFlags.randomize])
        }
        return values
    }
}
