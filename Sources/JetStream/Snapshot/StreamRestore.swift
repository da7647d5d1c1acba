import GoFormats
import NATSWire

/// Makes a stream of a snapshot whose chunks come in one after the other.
///
/// As with nats-server, what was read before something turned out to be wrong stays: the stream is there, and whoever restores
/// is told.
final class StreamRestore: Receiver, Alarmed {
    private enum Phase {
        case state
        /// So many consumers are still to come.
        case consumers(UInt64)
        case messages
        case done
        case failed(JetStreamError)
    }

    /// How long nothing may come, in nanoseconds.
    private static let patience: Int64 = 5_000_000_000

    private let account: AccountJetStream
    private let configuration: StreamConfiguration
    private let client: JSONValue
    /// Where the chunks are to be sent.
    let subject: [UInt8]
    private let started: Int64
    private var deadline: Int64
    private var total: Int64 = 0
    private var reader: SnapshotReader
    private var phase = Phase.state
    private var stream: Stream?
    private var consumers: [Consumer] = []
    /// The last sequence that the snapshot's stream gave.
    private var last: UInt64 = 0
    private var isClosed = false
    var alarm = Int64.max

    init(_ configuration: StreamConfiguration, client: JSONValue, account: AccountJetStream) {
        self.account = account
        self.configuration = configuration
        self.client = client
        subject = Array("$JS.SNAPSHOT.RESTORE.\(configuration.name).\(NUID.next())".utf8)
        started = account.host.now
        deadline = started + Self.patience
        let payload = account.settings.maxPayload
        let limit = Int(configuration.maxMessageSize)
        reader = SnapshotReader { sequence, header, body throws(SnapshotProblem) in
            if header > payload || body > payload - header {
                throw SnapshotProblem(message: "message sequence \(sequence) exceeds maximum payload size")
            }
            if limit >= 0, header > limit || body > limit - header {
                throw SnapshotProblem(message: "message sequence \(sequence) exceeds maximum message size")
            }
        }
    }

    private var host: any JetStreamHost { account.host }
    private var name: String { configuration.name }

    func begin() {
        account.advise(
            "STREAM.RESTORE_CREATE.\(name)", type: "restore_create",
            [.init("stream", .string(name)), .init("client", client)])
        account.subscribe(self, to: subject)
        setAlarm()
    }

    private func setAlarm() {
        account.alarms.set(self, at: deadline, now: host.now)
    }

    func alarmRang(now: Int64) {
        guard !isClosed else { return }
        guard deadline <= now else { return setAlarm() }
        host.log("restore for stream '\(account.name) > \(name)' is stalled")
        fail(SnapshotProblem(message: "restore for stream '\(account.name) > \(name)' is stalled"))
        close()
    }

    private func close() {
        isClosed = true
        account.unsubscribe(from: subject)
    }

    // MARK: Chunks

    func received(
        on pattern: [UInt8],
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        guard !isClosed else { return }
        let reply = Array(reply)
        if reply.isEmpty {
            fail(
                SnapshotProblem(
                    message: "restore for stream '\(account.name) > \(name)' requires reply subject for each chunk"))
            return finish(reply)
        }
        if body.isEmpty { return finish(reply) }
        total += Int64(body.count)
        deadline = host.now + Self.patience
        take(body)
        host.send(to: reply)
    }

    private func take(_ chunk: UnsafeRawBufferPointer) {
        switch phase {
        case .done, .failed: return
        default: break
        }
        do throws(SnapshotProblem) {
            try reader.read(chunk)
            while let entry = try reader.next() {
                do throws(JetStreamError) {
                    try take(entry)
                } catch {
                    return fail(error)
                }
                if case .done = phase { return }
            }
        } catch {
            fail(error)
        }
    }

    private func take(_ entry: SnapshotEntry) throws(JetStreamError) {
        switch phase {
        case .state: try makeStream(entry)
        case .consumers(let count):
            try restoreConsumer(entry)
            phase = count == 1 ? .messages : .consumers(count - 1)
        case .messages: try restoreMessage(entry)
        case .done, .failed: break
        }
    }

    private func makeStream(_ entry: SnapshotEntry) throws(JetStreamError) {
        guard entry.name == SnapshotEntry.state else { throw problem("expected state.json first") }
        let state: JSONValue
        do throws(JSONError) {
            state = try JSONValue(parsing: Array(entry.body))
        } catch {
            throw problem("error in state.json: \(error.description)")
        }
        let bytes = Int64(clamping: state["bytes"]?.count ?? 0)
        let first = max(1, state["first_seq"]?.count ?? 1)
        let stream = try account.addRestored(configuration, bytes: bytes, startingAt: first)
        self.stream = stream
        last = state["last_seq"]?.count ?? 0
        let count = state["consumer_count"]?.count ?? 0
        phase = count == 0 ? .messages : .consumers(count)
    }

    private func restoreConsumer(_ entry: SnapshotEntry) throws(JetStreamError) {
        guard let stream else { return }
        guard entry.name.starts(with: SnapshotEntry.consumers) else {
            throw problem("expected consumer, found \(GoText.quoted(entry.name))")
        }
        let name = String(decoding: entry.name.dropFirst(SnapshotEntry.consumers.count), as: UTF8.self)
        let description: SnapshotConsumer
        do throws(SnapshotProblem) {
            description = try SnapshotConsumer(name: name, entry.body)
        } catch {
            throw problem(error.message)
        }
        do throws(JetStreamError) {
            consumers.append(try account.addRestored(description, name: name, to: stream))
        } catch {
            throw problem("failed to add consumer \(GoText.quoted(name)): \(error.description) (\(error.kind.number))")
        }
    }

    private func restoreMessage(_ entry: SnapshotEntry) throws(JetStreamError) {
        guard let stream else { return }
        if entry.sequence == 0 {
            guard entry.isEnd else { throw problem("expected message sequence") }
            phase = .done
            return complete()
        }
        guard entry.sequence > stream.lastSequence else {
            throw problem("message sequence \(entry.sequence) out of order")
        }
        let size = stream.storedSize(
            subject: entry.name.count, header: entry.header.count, body: entry.body.count)
        if account.shortage(of: configuration.storage, adding: size) != nil {
            throw account.resourcesExceeded(configuration.storage)
        }
        let header = Array(entry.header)
        var seconds: Int64 = 0
        let value = header.withUnsafeBytes { MessageHeaders($0).timeToLive.text }
        if !value.isEmpty {
            guard let found = value.utf8.withContiguousStorageIfAvailable({ TimeToLive.seconds(.init($0)) }) ?? nil
            else { throw problem("failed to parse message TTL: invalid TTL \(GoText.quoted(value))") }
            seconds = found
        }
        do throws(StoreError) {
            if seconds > 0, entry.time + seconds * 1_000_000_000 < host.now {
                try stream.skip(to: entry.sequence, time: entry.time)
            } else {
                try stream.restore(entry, header: header, timeToLive: seconds)
            }
        } catch {
            throw problem("failed to store message sequence \(entry.sequence): \(error.words)")
        }
    }

    private func problem(_ message: String) -> JetStreamError { JetStreamError(.streamRestore, message) }

    // MARK: The end

    private func fail(_ problem: SnapshotProblem) {
        if case .failed = phase { return }
        fail(JetStreamError(.streamRestore, problem.message))
    }

    private func fail(_ error: JetStreamError) {
        phase = .failed(error)
        complete()
    }

    /// Puts what was restored to work.
    private func complete() {
        guard let stream else { return }
        stream.report { () throws(StoreError) in
            if case .done = self.phase, self.last > stream.lastSequence {
                try stream.skip(to: self.last, time: stream.lastTime)
            }
        }
        stream.isForgetful = true
        account.activate(stream)
        for consumer in consumers where !consumer.isClosed { consumer.begin() }
        stream.expire(now: host.now)
        stream.markDirty()
    }

    private func finish(_ reply: [UInt8]) {
        switch phase {
        case .done, .failed: break
        default:
            do throws(SnapshotProblem) {
                try reader.finish()
            } catch {
                fail(error)
            }
        }
        if case .done = phase, let stream {
            do throws(StoreError) {
                try stream.store.flush(sync: account.syncsAlways)
            } catch {
                phase = .failed(problem(error.words))
            }
        }
        close()
        account.advise(
            "STREAM.RESTORE_COMPLETE.\(name)", type: "restore_complete",
            [
                .init("stream", .string(name)), .init("start", .string(GoTime(nanoseconds: started).text)),
                .init("end", .string(GoTime(nanoseconds: host.now).text)), .init("bytes", .int(total)),
                .init("client", client),
            ])
        var members: [JSONValue.Member] = []
        if case .failed(let error) = phase {
            host.log("Restore failed for stream '\(account.name) > \(name)': \(error.description)")
            members = [.init("error", error.json)]
        } else if let stream {
            members = stream.infoMembers(withDomain: false)
        }
        if !reply.isEmpty { host.send(to: reply, body: account.answerBody("stream_create", members)) }
    }
}
