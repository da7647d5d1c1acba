import NATSSubjects
import NATSWire
import Synchronization

/// Finds who gets what streams send, and puts the lines for them together.
///
/// Most of it goes to subjects that never come again, such as inboxes, and the rest many times in a row to one subject. So
/// nothing is kept but the last one found, and what is found is found under the account's lock without making a ``Route``.
struct DeliveryScratch {
    private var subject: [UInt8] = []
    private var generation: UInt64 = 0
    private var plain: [Subscription] = []
    /// Whether there is somebody besides ``plain``.
    private var hasMore = false
    /// `HMSG subject ` and what follows a subscription's number, one behind the other.
    private var bytes: [UInt8] = []
    private var headEnd = 0

    var hasTargets: Bool { hasMore || !plain.isEmpty }

    /// Finds who is interested in `subject`.
    mutating func find(_ subject: UnsafeRawBufferPointer, in account: Account) {
        let generation = account.generation.load(ordering: .acquiring)
        if generation == self.generation, subject.elementsEqual(self.subject) { return }
        self.subject.removeAll(keepingCapacity: true)
        self.subject.append(contentsOf: subject)
        self.generation = generation
        plain.removeAll(keepingCapacity: true)
        hasMore = account.collectPlain(subject, &plain)
    }

    /// Puts a message together.
    mutating func write(
        shown: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        if bytes.capacity > 1 << 20 { bytes = [] }
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: Self.command)
        bytes.append(contentsOf: shown)
        bytes.append(0x20)
        headEnd = bytes.count
        if !reply.isEmpty {
            bytes.append(contentsOf: reply)
            bytes.append(0x20)
        }
        if !header.isEmpty {
            bytes.appendDecimal(header.count)
            bytes.append(0x20)
        }
        bytes.appendDecimal(header.count + body.count)
        bytes.append(0x0D)
        bytes.append(0x0A)
        bytes.append(contentsOf: header)
        bytes.append(contentsOf: body)
        bytes.append(0x0D)
        bytes.append(0x0A)
    }

    private static let command = Array("HMSG ".utf8)

    /// Hands the message that was put together to everybody who was found.
    func send(
        _ subject: UnsafeRawBufferPointer,
        _ shown: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        headerSize: Int,
        size: Int,
        _ client: Connection
    ) {
        bytes.withUnsafeBytes { bytes in
            let head = UnsafeRawBufferPointer(rebasing: bytes[(headerSize > 0 ? 0 : 1)..<headEnd])
            let message = OutgoingMessage(
                head: head, tail: UnsafeRawBufferPointer(rebasing: bytes[headEnd...]), reply: reply,
                headerSize: headerSize, size: size)
            for subscription in plain { _ = client.offer(message, to: subscription) }
            if hasMore { client.deliverRest(message, on: subject, shownAs: shown) }
        }
    }
}

extension [UInt8] {
    /// Appends a number that is not negative, in decimal.
    fileprivate mutating func appendDecimal(_ value: Int) {
        var place = 1
        while place <= value / 10 { place *= 10 }
        var rest = value
        while place > 0 {
            append(UInt8(truncatingIfNeeded: 0x30 + rest / place))
            rest %= place
            place /= 10
        }
    }
}
