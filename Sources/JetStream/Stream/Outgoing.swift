import NATSWire

/// Messages that wait until what they speak of is stored: acknowledgements and copies.
///
/// Their bytes lie one after another in one buffer, so that a message more costs no allocation.
struct Outgoing: ~Copyable {
    private struct Entry {
        var subject: Int
        var header: Int
        var body: Int
        var isAcknowledgement: Bool
    }

    private var bytes = LineBuffer(capacity: 0)
    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func add(subject: UnsafeRawBufferPointer, header: [UInt8] = [], body: UnsafeRawBufferPointer) {
        bytes.append(subject)
        header.withUnsafeBytes { bytes.append($0) }
        bytes.append(body)
        entries.append(
            Entry(subject: subject.count, header: header.count, body: body.count, isAcknowledgement: false))
    }

    /// The acknowledgement of a stored message: `prefix`, its sequence, more members where there are any, and a brace.
    mutating func acknowledge(
        to reply: UnsafeRawBufferPointer, prefix: [UInt8], sequence: UInt64, members: [UInt8] = []
    ) {
        bytes.append(reply)
        let start = bytes.count
        prefix.withUnsafeBytes { bytes.append($0) }
        bytes.appendDecimal(sequence)
        if !members.isEmpty { members.withUnsafeBytes { bytes.append($0) } }
        bytes.append(UInt8(ascii: "}"))
        entries.append(
            Entry(subject: reply.count, header: 0, body: bytes.count - start, isAcknowledgement: true))
    }

    /// Sends everything.
    ///
    /// - Parameter failure: what those get who wait for an acknowledgement that can't be given any more; everything else is
    ///   dropped then.
    mutating func flush(to host: any JetStreamHost, failure: [UInt8]? = nil) {
        let all = bytes.bytes
        var start = 0
        for entry in entries {
            let header = start + entry.subject
            let body = header + entry.header
            let end = body + entry.body
            let subject = UnsafeRawBufferPointer(rebasing: all[start..<header])
            start = end
            if let failure {
                if entry.isAcknowledgement { host.send(to: Array(subject), body: failure) }
                continue
            }
            host.send(
                to: subject, shownAs: subject, reply: UnsafeRawBufferPointer(start: nil, count: 0),
                header: UnsafeRawBufferPointer(rebasing: all[header..<body]),
                body: UnsafeRawBufferPointer(rebasing: all[body..<end]))
        }
        entries.removeAll(keepingCapacity: true)
        bytes.clear()
    }
}
