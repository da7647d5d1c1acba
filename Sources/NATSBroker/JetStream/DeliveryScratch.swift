import NATSSubjects
import NATSWire
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Finds who gets what streams send, and puts the lines for them together.
///
/// Most of it goes to subjects that never come again, such as inboxes, and the rest many times in a row to one subject. So
/// nothing is kept but the last one found, and what is found is found under the account's lock without making a ``Route``.
struct DeliveryScratch: ~Copyable {
    private var subject: [UInt8] = []
    private var generation: UInt64 = 0
    private var plain: [Subscription] = []
    /// Whether there is somebody besides ``plain``.
    private var hasMore = false
    /// `HMSG subject ` and what follows a subscription's number, one behind the other.
    private var line = LineBuffer(capacity: 4096)

    /// Puts a message together and hands it to everybody who is interested in `subject`.
    ///
    /// - Parameter shown: the subject that receivers see.
    mutating func send(
        _ subject: UnsafeRawBufferPointer,
        shownAs shown: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer,
        in account: Account,
        from client: Connection
    ) {
        find(subject, in: account)
        guard hasMore || !plain.isEmpty else { return }
        let headEnd = write(shown: shown, reply: reply, header: header, body: body)
        let bytes = line.bytes
        let message = OutgoingMessage(
            head: UnsafeRawBufferPointer(rebasing: bytes[(header.isEmpty ? 1 : 0)..<headEnd]),
            tail: UnsafeRawBufferPointer(rebasing: bytes[headEnd...]), reply: reply,
            headerSize: header.count, size: header.count &+ body.count)
        for subscription in plain { _ = client.offer(message, to: subscription) }
        if hasMore { client.deliverRest(message, on: subject, shownAs: shown) }
    }

    /// Finds who is interested in `subject`.
    private mutating func find(_ subject: UnsafeRawBufferPointer, in account: Account) {
        let generation = account.generation.load(ordering: .acquiring)
        if generation == self.generation, isLast(subject) { return }
        self.subject.removeAll(keepingCapacity: true)
        self.subject.append(contentsOf: subject)
        self.generation = generation
        plain.removeAll(keepingCapacity: true)
        hasMore = account.collectPlain(subject, &plain)
    }

    private func isLast(_ subject: UnsafeRawBufferPointer) -> Bool {
        guard subject.count == self.subject.count, let bytes = subject.baseAddress else { return false }
        return self.subject.withUnsafeBytes { last in
            last.baseAddress.map { memcmp($0, bytes, last.count) == 0 } ?? false
        }
    }

    /// Puts a message together.
    ///
    /// - Returns: where the subscription's number belongs.
    private mutating func write(
        shown: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) -> Int {
        line.clear()
        line.append("HMSG ")
        line.append(shown)
        line.append(0x20)
        let headEnd = line.count
        if !reply.isEmpty {
            line.append(reply)
            line.append(0x20)
        }
        if !header.isEmpty {
            line.appendDecimal(UInt64(header.count))
            line.append(0x20)
        }
        line.appendDecimal(UInt64(header.count &+ body.count))
        line.append("\r\n")
        line.append(header)
        line.append(body)
        line.append("\r\n")
        return headEnd
    }
}
