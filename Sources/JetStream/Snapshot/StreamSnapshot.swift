import NATSWire

/// What a request for a snapshot asks for.
struct SnapshotRequest {
    var deliverSubject = ""
    var hasNoConsumers = false
    var chunkSize = 0
    var windowSize = 0

    init(_ bytes: [UInt8], isStrict: Bool) throws(RequestProblem) {
        var request = SnapshotRequest()
        try RequestDecoder.decode(bytes, as: "JSApiStreamSnapshotRequest", isStrict: isStrict) {
            decoder, name, value throws(RequestProblem) in
            switch name {
            case "deliver_subject": decoder.string(&request.deliverSubject, value)
            case "no_consumers": decoder.bool(&request.hasNoConsumers, value)
            case "chunk_size": decoder.integer(&request.chunkSize, value, type: "int")
            case "window_size": decoder.integer(&request.windowSize, value, type: "int")
            case "jsck":
                // Every record is checked when it is read.
                var isChecked = false
                decoder.bool(&isChecked, value)
            default: return false
            }
            return true
        }
        self = request
    }

    private init() {}
}

/// Sends a copy of a stream chunk by chunk, as fast as its receiver confirms them.
///
/// It holds what the stream holds when it begins, less what is removed before it was read.
final class StreamSnapshot: Receiver, Alarmed {
    private static let defaultChunk = 128 << 10
    private static let defaultWindow = 8 << 20
    /// How long a receiver may take to confirm anything, in nanoseconds.
    private static let patience: Int64 = 5_000_000_000
    /// How long a receiver may take to subscribe.
    private static let patienceForInterest: Int64 = 2_000_000_000

    let deliver: [UInt8]
    private let stream: Stream
    private let client: JSONValue
    private let chunkSize: Int
    /// How many chunks may be sent before one of those on their way is confirmed.
    private var slots: Int
    private let confirmations: [UInt8]
    private let started: Int64
    private let last: UInt64
    private var next: UInt64
    private var writer = S2Writer()
    private var isPacked = false
    private var chunks = 0
    private var deadline: Int64
    private var isAwaited: Bool
    private var isDone = false
    var alarm = Int64.max

    init(of stream: Stream, _ request: SnapshotRequest, client: JSONValue) {
        self.stream = stream
        self.client = client
        deliver = Array(request.deliverSubject.utf8)
        let chunk = request.chunkSize == 0 ? Self.defaultChunk : request.chunkSize
        let window = request.windowSize == 0 ? Self.defaultWindow : request.windowSize
        chunkSize = min(max(1_024, chunk), 1 << 20)
        slots = max(min(max(1_024, window), 32 << 20), chunkSize) / chunkSize
        confirmations = Array("$JS.SNAPSHOT.ACK.\(stream.name).\(NUID.next())".utf8)
        started = stream.now
        last = stream.lastSequence
        next = stream.store.state.firstSequence
        isAwaited = !stream.host.hasInterest(in: deliver)
        deadline = started + (isAwaited ? Self.patienceForInterest : Self.patience)
        describe(withConsumers: !request.hasNoConsumers)
    }

    private var account: AccountJetStream { stream.account }
    private var host: any JetStreamHost { stream.host }

    /// Packs what the stream is.
    private func describe(withConsumers: Bool) {
        writer.write(SnapshotEntry.magic)
        let consumers =
            withConsumers
            ? stream.consumers.values.filter { !$0.configuration.isDirect }.sorted { $0.name < $1.name } : []
        pack(SnapshotEntry.state, stream.stateJSON(consumers: consumers.count))
        for consumer in consumers {
            let description = SnapshotConsumer(configuration: consumer.configuration, state: consumer.store.state)
            pack(SnapshotEntry.consumers + consumer.name.utf8, description.json(upTo: last))
        }
    }

    private func pack(_ name: [UInt8], _ value: JSONValue) {
        let body = value.encoded()
        writer.write(SnapshotEntry.frame(name: name, time: started, sequence: 0, header: 0, body: body.count))
        writer.write(body)
    }

    func begin() {
        account.subscribe(self, to: confirmations + Array(".>".utf8))
        host.watchInterest(in: deliver)
        account.snapshots.append(self)
        if !isAwaited { send() }
        setAlarm()
    }

    private func setAlarm() {
        if !isDone { account.alarms.set(self, at: deadline, now: stream.now) }
    }

    // MARK: Chunks

    private func send() {
        while slots > 0, !isDone {
            do throws(StoreError) {
                try fill()
            } catch {
                return finish("500 \(error.words)", problem: error.words)
            }
            if isDone { return }
            guard writer.output.count >= chunkSize else {
                if !writer.output.isEmpty { host.send(to: deliver, body: writer.output) }
                return finish(chunks > 0 ? "204" : nil, problem: "")
            }
            chunks += 1
            slots -= 1
            let reply = confirmations + Array(".\(chunkSize).\(chunks)".utf8)
            host.send(to: deliver, reply: reply, body: Array(writer.output.prefix(chunkSize)))
            writer.output.removeFirst(chunkSize)
            deadline = stream.now + Self.patience
        }
    }

    /// Packs messages until there is enough for a chunk.
    private func fill() throws(StoreError) {
        guard !isPacked, writer.output.count < chunkSize else { return }
        guard !stream.isClosed else {
            let problem = "couldn't load next message after seq \(next): store is closed"
            return finish("500 \(problem)", problem: problem)
        }
        var isFull = false
        try stream.store.visit(from: next, matching: []) { view in
            guard view.sequence <= last else { return false }
            writer.write(
                SnapshotEntry.frame(
                    name: view.subject, time: view.timestamp, sequence: view.sequence, header: view.header.count,
                    body: view.body.count))
            writer.write(view.header)
            writer.write(view.body)
            next = view.sequence + 1
            isFull = writer.output.count >= chunkSize
            return !isFull
        }
        if isFull { return }
        writer.write(SnapshotEntry.frame(name: [], time: 0, sequence: 0, header: 0, body: 0))
        writer.flush()
        isPacked = true
    }

    /// A chunk was confirmed.
    func received(
        on pattern: [UInt8],
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        slots += 1
        send()
    }

    func interestChanged() {
        let isThere = host.hasInterest(in: deliver)
        if isAwaited && isThere {
            isAwaited = false
            deadline = stream.now + Self.patience
            send()
        } else if !isAwaited && !isThere {
            finish("408 No Interest", problem: "no interest")
        }
    }

    func alarmRang(now: Int64) {
        guard !isDone else { return }
        if isAwaited, deadline <= now {
            // Whoever asked may get it by a way on which interest does not show.
            isAwaited = false
            deadline = now + Self.patience
            send()
        } else if deadline <= now {
            finish("408 No Flow Response", problem: "no flow response")
        }
        setAlarm()
    }

    /// - Parameters:
    ///   - status: what the last message says, `nil` for nothing.
    ///   - problem: why it ended early, empty where it did not.
    private func finish(_ status: String?, problem: String) {
        isDone = true
        host.send(to: deliver, header: status.map { Array("NATS/1.0 \($0)\r\n\r\n".utf8) } ?? [])
        account.unsubscribe(from: confirmations + Array(".>".utf8))
        host.unwatchInterest(in: deliver)
        account.snapshots.removeAll { $0 === self }
        var members: [JSONValue.Member] = [
            .init("stream", .string(stream.name)), .init("start", .string(GoTime(nanoseconds: started).text)),
            .init("end", .string(GoTime(nanoseconds: stream.now).text)), .init("client", client),
        ]
        members.addText("domain", account.settings.domain)
        members.addText("error", problem)
        account.advise("STREAM.SNAPSHOT_COMPLETE.\(stream.name)", type: "snapshot_complete", members)
    }
}
