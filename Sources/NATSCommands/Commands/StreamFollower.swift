import GoFormats
import NATSClient
import NATSWire
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Prints what `nats subscribe` takes from a stream: what it holds, from where the flags say, and what comes.
struct StreamFollower: Sendable {
    private let invocation: Invocation
    private let jetStream: JetStream
    private let view: MessageView
    private let received = ReceivedCount()

    /// How long to wait before the stream is asked again whether something came.
    private static let pollPause = Duration.milliseconds(100)
    private static let batchSize = 100

    init(_ invocation: Invocation, _ connection: NATSConnection) throws {
        self.invocation = invocation
        jetStream = try invocation.jetStream(over: connection)
        view = MessageView(invocation)
    }

    /// Whether the flags want a stream's messages.
    static func isWanted(_ invocation: Invocation) -> Bool {
        let toggles = [
            SubscribeCommand.all, SubscribeCommand.new, SubscribeCommand.last, SubscribeCommand.lastPerSubject,
            SubscribeCommand.direct,
        ]
        let texts = [SubscribeCommand.durable, SubscribeCommand.since, SubscribeCommand.stream]
        let start: Int = invocation[SubscribeCommand.startSequence] ?? 0
        return start > 0 || toggles.contains { invocation[$0] } || texts.contains { invocation[$0] != nil }
    }

    /// Prints messages until there are enough, or until none came for as long as `--wait` says.
    func run() async throws {
        try check()
        if let folder = invocation[SubscribeCommand.dump], folder != "-" {
            try FileSystem.makeDirectory(folder)
        }
        let stream = try await stream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await follow(stream) }
            if let wait = invocation[SubscribeCommand.wait], wait > .zero {
                group.addTask { try await received.silence(of: wait) }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func follow(_ stream: StreamHandle) async throws {
        let retention = stream.lastInfo.configuration.retention
        if invocation[SubscribeCommand.direct] || invocation[SubscribeCommand.durable] == nil && retention != .limits {
            try await followDirectly(stream)
        } else if let name = invocation[SubscribeCommand.durable] {
            try await followConsumer(name, stream)
        } else {
            try await followInOrder(stream)
        }
    }

    private var subject: String { invocation[SubscribeCommand.subjects].first ?? ">" }

    private func check() throws(CommandError) {
        let subjects = invocation[SubscribeCommand.subjects]
        if !subjects.isEmpty, invocation[SubscribeCommand.durable] != nil {
            throw CommandError("cannot specify both subjects and a durable consumer")
        }
        if subjects.count > 1 { throw CommandError("streams subscribe support only 1 subject") }
        if invocation[SubscribeCommand.inbox] {
            throw CommandError("generating inboxes is not compatible with JetStream subscriptions")
        }
        if invocation[SubscribeCommand.queue] != nil {
            throw CommandError("queue group subscriptions are not supported with JetStream")
        }
        if invocation[SubscribeCommand.matchReplies] {
            throw CommandError("cannot enable --match-replies for JetStream streams")
        }
        if invocation[SubscribeCommand.direct], invocation[SubscribeCommand.durable] != nil {
            throw CommandError("cannot use direct get when a durable name is supplied")
        }
    }

    private func stream() async throws -> StreamHandle {
        if let name = invocation[SubscribeCommand.stream] { return try await jetStream.stream(name) }
        guard let subject = invocation[SubscribeCommand.subjects].first else {
            throw CommandError("subject is required; give one, or --stream")
        }
        var request = JSONDocument()
        request["subject"] = subject
        let names: [String] = try await jetStream.list("STREAM.NAMES", "streams", request)
        guard let name = names.first else { throw CommandError("no stream found with subject: \(subject)") }
        return try await jetStream.stream(name)
    }

    // MARK: Where to begin

    /// Where the flags say to begin, and how that is told.
    private func beginning() throws -> (policy: DeliverPolicy, words: String) {
        if let sequence = invocation[SubscribeCommand.startSequence], sequence > 0 {
            return (.startSequence(sequence), "starting at sequence \(sequence)")
        }
        if invocation[SubscribeCommand.last] { return (.last, "from last received message") }
        if invocation[SubscribeCommand.all] { return (.all, "from first received message") }
        if invocation[SubscribeCommand.new] { return (.new, "for new messages") }
        if let text = invocation[SubscribeCommand.since] {
            let age = try invocation.duration(text, flag: "--since")
            return (.startTime(Date.now.addingTimeInterval(-age.inSeconds)), "since \(CommandDuration.humanized(age))")
        }
        if invocation[SubscribeCommand.lastPerSubject] { return (.lastPerSubject, "for last message per subject") }
        return (.all, "")
    }

    private func announce(_ text: String) {
        let ignored = SubscribeCommand.ignoredSubjects(invocation)
        let suffix = ignored.isEmpty ? "" : "\nIgnored subjects: \(ignored.joined(separator: ", "))"
        if !view.isBare { invocation.console.log("\(text) \(suffix)") }
    }

    // MARK: Following

    private func followInOrder(_ stream: StreamHandle) async throws {
        let (policy, words) = try beginning()
        if !words.isEmpty { announce("Subscribing to subject \(subject) \(words)") }
        if invocation[SubscribeCommand.endsAtEnd], stream.lastInfo.state.messages == 0 { return }
        var options = OrderedOptions(filterSubjects: [subject], from: policy)
        options.headersOnly = invocation[SubscribeCommand.headersOnly] || invocation[SubscribeCommand.subjectsOnly]
        for try await message in stream.orderedMessages(options) {
            guard try await take(message, acknowledges: false) else { return }
        }
    }

    private func followConsumer(_ name: String, _ stream: StreamHandle) async throws {
        let existing = try await consumer(name, stream)
        if let existing {
            let kind = existing.configuration.isPull ? "pull" : "push"
            announce(
                "Subscribing to JetStream Stream \(GoText.quoted(stream.name)) using existing \(kind) consumer "
                    + GoText.quoted(name))
        }
        let info = if let existing { existing } else { try await createConsumer(name, stream) }
        guard info.configuration.filterSubjects.count <= 1 else {
            throw CommandError("cannot subscribe to multi filter consumers")
        }
        let acknowledges = info.configuration.ackPolicy != .none
        if info.configuration.isPull {
            for try await message in try await stream.consumer(name).messages() {
                guard try await take(message, acknowledges: acknowledges) else { return }
            }
        } else {
            for try await message in try await stream.pushConsumer(name).messages() {
                guard try await take(message, acknowledges: acknowledges) else { return }
            }
        }
    }

    /// The consumer, `nil` if there is none.
    private func consumer(_ name: String, _ stream: StreamHandle) async throws -> ConsumerInfo? {
        do {
            return try await stream.consumerInfo(name)
        } catch {
            guard error.serverCode == .consumerNotFound else { throw error }
            return nil
        }
    }

    private func createConsumer(_ name: String, _ stream: StreamHandle) async throws -> ConsumerInfo {
        let (policy, words) = try beginning()
        if !words.isEmpty { announce("Subscribing to subject \(subject) \(words)") }
        var consumer = ConsumerConfiguration()
        consumer.name = name
        consumer.ackPolicy = .none
        consumer.deliverPolicy = policy
        consumer.filterSubjects = [subject]
        do {
            return try await stream.send(consumer, action: nil)
        } catch {
            throw CommandError("failed to create durable consumer \(GoText.quoted(name)): \(error)")
        }
    }

    /// Asks for messages by their numbers, which disturbs no consumer.
    private func followDirectly(_ stream: StreamHandle) async throws {
        guard stream.lastInfo.configuration.allowsDirectGet else {
            throw CommandError(
                "cannot enable direct gets: allow_direct is not set to true for stream \(stream.name)")
        }
        let state = stream.lastInfo.state
        let (policy, words) = try beginning()
        announce("Subscribing to JetStream Stream (direct) holding messages with subject \(subject) \(words)")
        var sequence = Self.firstSequence(policy, state)
        while try await takeBatch(of: stream, from: &sequence) {
            try await Task.sleep(for: Self.pollPause)
        }
    }

    private static func firstSequence(_ policy: DeliverPolicy, _ state: StreamState) -> Int {
        switch policy {
        case .startSequence(let number): number
        case .last: state.lastSequence
        case .new: state.lastSequence + 1
        default: max(1, state.firstSequence)
        }
    }

    /// Takes what there is from a sequence on, and sets it to the next one.
    ///
    /// - Returns: whether more is wanted.
    private func takeBatch(of stream: StreamHandle, from sequence: inout Int) async throws -> Bool {
        let batch = try await DirectBatch.messages(
            of: stream, from: sequence, count: Self.batchSize, subject: subject,
            timeout: invocation[GlobalFlags.timeout])
        if batch.isEmpty { return !invocation[SubscribeCommand.endsAtEnd] }
        for found in batch {
            sequence = found.sequence + 1
            let time = found.message.headers["Nats-Time-Stamp"].flatMap(Timestamp.parse)
            let heading =
                "Received JetStream message (direct): stream: \(stream.name) seq \(found.sequence) / subject: "
                + "\(found.message.headers["Nats-Subject"] ?? "") / time: \(Humanized.time(time))"
            guard try await take(found, heading) else { return false }
        }
        return true
    }

    // MARK: Messages

    /// - Returns: whether more are wanted.
    private func take(_ message: JetStreamMessage, acknowledges: Bool) async throws -> Bool {
        let metadata = message.metadata
        if !isIgnored(message.subject) {
            let number = received.add()
            let heading =
                "Received JetStream message: stream: \(metadata.stream) seq: \(Humanized.count(metadata.streamSequence)) / "
                + "pending: \(Humanized.count(metadata.pending)) / subject: \(message.subject) / "
                + "time: \(Humanized.time(metadata.time))"
            try await view.show(
                message.message, number: number, heading: heading, file: metadata.streamSequence, answer: nil)
            if acknowledges { try await message.ack() }
        }
        let isLast = invocation[SubscribeCommand.endsAtEnd] && metadata.pending == 0
        return !isLast && !isFull
    }

    private func take(_ found: DirectBatch.Message, _ heading: String) async throws -> Bool {
        let own = found.message.headers["Nats-Subject"] ?? ""
        guard !isIgnored(own) else { return true }
        let number = received.add()
        var shown = NATSMessage(subject: own, payload: found.message.payload)
        for (name, value) in found.message.headers where !Self.placeHeaders.contains(name) {
            shown.headers.add(name, value)
        }
        try await view.show(shown, number: number, heading: heading, file: found.sequence, answer: nil)
        return !isFull
    }

    /// What the server adds to a message that it was asked for.
    private static let placeHeaders: Set = [
        "Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp", "Nats-Num-Pending", "Nats-Last-Sequence",
        "Nats-UpTo-Sequence",
    ]

    private var isFull: Bool {
        let limit = invocation[SubscribeCommand.count] ?? 0
        return limit > 0 && received.count >= limit
    }

    private func isIgnored(_ subject: String) -> Bool {
        SubscribeCommand.ignoredSubjects(invocation).contains { SubjectOverlap.exists(subject, $0) }
    }
}

/// How many messages came, and when the last one did.
private final class ReceivedCount: Sendable {
    private let state = Mutex((count: 0, last: ContinuousClock.now))

    var count: Int { state.withLock { $0.count } }

    /// Another one came.
    ///
    /// - Returns: how many there are with it.
    func add() -> Int {
        state.withLock { state in
            state = (state.count + 1, .now)
            return state.count
        }
    }

    /// Returns once nothing came for so long.
    func silence(of duration: Duration) async throws {
        while true {
            let end = state.withLock { $0.last } + duration
            guard end > .now else { return }
            try await Task.sleep(until: end, clock: .continuous)
        }
    }
}
