import NATSWire
import Synchronization

/// Messages that event loops have read for the streams of one account, until the account's worker takes them.
///
/// Their bytes lie one after another in one buffer, in the order of their arrival, so that a message more costs no allocation.
/// Event loops fill one batch while the worker is busy with another one.
final class MessageIntake: Sendable {
    /// What a message is for: a stream or a pattern, by its number in the account, or one of the values named here.
    struct Purpose: Sendable, Hashable {
        let rawValue: Int32

        static let acknowledgement = Purpose(rawValue: -1)
        static let flowControl = Purpose(rawValue: -2)
        static let request = Purpose(rawValue: -3)

        var isStream: Bool { rawValue >= 0 }

        static func stream(_ number: Int) -> Purpose { Purpose(rawValue: Int32(number)) }

        /// For a pattern that JetStream itself subscribed to, by its number in the account.
        static func pattern(_ number: Int) -> Purpose { Purpose(rawValue: -4 - Int32(number)) }

        /// The number of the pattern that the message is for; nil where it is for something else.
        var patternNumber: Int? { rawValue <= -4 ? Int(-4 - rawValue) : nil }
    }

    /// Where messages of one subscription go.
    struct Target: Sendable {
        let worker: StreamWorker
        let purpose: Purpose
    }

    /// One message: how many bytes of the batch each of its parts takes.
    struct Entry {
        var purpose: Purpose
        var subject: Int32
        var reply: Int32
        var header: Int32
        var body: Int32
    }

    /// Who sent a request.
    struct Asker: Sendable {
        let client: Connection
        /// As audit advisories show the client; nil where nobody listens to them.
        let description: JSONValue?
    }

    struct Batch {
        var bytes: [UInt8] = []
        var entries: [Entry] = []
        /// One for each entry that is a request, or an acknowledgement that is to be confirmed.
        var askers: [Asker] = []
        /// Whether somebody is on the way to take it.
        var isAnnounced = false

        /// Keeps the room for the next messages, unless one of these was very large.
        mutating func clear() {
            if bytes.capacity > 4 << 20 { bytes = [] }
            bytes.removeAll(keepingCapacity: true)
            entries.removeAll(keepingCapacity: true)
            askers.removeAll(keepingCapacity: true)
        }
    }

    /// What became of a message that was handed over.
    struct Outcome {
        /// The worker is to be told.
        var mustWake: Bool
        /// So much waits that whoever sent the message should slow down.
        var isFull: Bool
    }

    private let maxMessages: Int
    private let maxBytes: Int
    private let waiting = Mutex<Batch>(Batch())

    /// - Parameters:
    ///   - maxMessages: how many messages may wait before publishers slow down.
    ///   - maxBytes: how many bytes may.
    init(maxMessages: Int, maxBytes: Int) {
        self.maxMessages = maxMessages
        self.maxBytes = maxBytes
    }

    /// Takes a copy of a message. Safe from every thread.
    func take(_ message: OutgoingMessage, for purpose: Purpose, from asker: Asker?) -> Outcome {
        let start = message.headerSize > 0 ? 5 : 4
        let subject = UnsafeRawBufferPointer(rebasing: message.head[start..<message.head.count &- 1])
        let end = message.tail.count &- 2
        let payload = UnsafeRawBufferPointer(rebasing: message.tail[end &- message.size..<end])
        let entry = Entry(
            purpose: purpose, subject: Int32(truncatingIfNeeded: subject.count),
            reply: Int32(truncatingIfNeeded: message.reply.count),
            header: Int32(truncatingIfNeeded: message.headerSize),
            body: Int32(truncatingIfNeeded: message.size &- message.headerSize))
        return waiting.withLock { batch in
            batch.bytes.append(contentsOf: subject)
            batch.bytes.append(contentsOf: message.reply)
            batch.bytes.append(contentsOf: payload)
            batch.entries.append(entry)
            if let asker { batch.askers.append(asker) }
            let mustWake = !batch.isAnnounced
            batch.isAnnounced = true
            return Outcome(
                mustWake: mustWake, isFull: batch.entries.count > maxMessages || batch.bytes.count > maxBytes)
        }
    }

    /// Gives what waits for `batch`, which must be empty.
    ///
    /// - Returns: false where nothing waits.
    func exchange(_ batch: inout Batch) -> Bool {
        waiting.withLock { waiting in
            waiting.isAnnounced = false
            guard !waiting.entries.isEmpty else { return false }
            swap(&waiting, &batch)
            return true
        }
    }
}
