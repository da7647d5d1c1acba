import NATSWire

/// One entry of a snapshot: the stream's state, a consumer, a message, or the end.
///
/// A snapshot is `NATSARC1` and then entry by entry: the name's length, a time, a sequence, the lengths of header and body, each
/// as a number of as many bytes as it needs; name, header and body. An entry that is nothing but zeros ends it. The format is
/// that of nats-server from 2.15 on (`server/archive`), packed with S2.
struct SnapshotEntry {
    static let magic = Array("NATSARC1".utf8)
    /// The name of the first entry.
    static let state = Array("state.json".utf8)
    /// How the names of consumers' entries begin; a message's name is its subject.
    static let consumers = Array("consumers/".utf8)

    var name: [UInt8] = []
    var time: Int64 = 0
    var sequence: UInt64 = 0
    var header: ArraySlice<UInt8> = []
    var body: ArraySlice<UInt8> = []

    /// Whether nothing comes after this one.
    var isEnd: Bool { sequence == 0 && time == 0 && header.isEmpty && body.isEmpty }

    /// The entry in front of header and body.
    static func frame(name: some Collection<UInt8>, time: Int64, sequence: UInt64, header: Int, body: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.number(name.count)
        // The sign goes to the lowest bit, so that small numbers stay short.
        writer.number(UInt64(bitPattern: (time << 1) ^ (time >> 63)))
        writer.number(sequence)
        writer.number(header)
        writer.number(body)
        return writer.bytes + name
    }
}

/// Reads the entries of a snapshot as its bytes come in.
struct SnapshotReader {
    private static let longestName = 1 << 20
    /// What describes a stream or a consumer is never as long as this.
    private static let longestDescription = 1 << 28

    private var packed = S2Reader()
    private var bytes: [UInt8] = []
    private var position = 0
    private var hasBegun = false
    /// Refuses a message by its sequence and its lengths before its bytes came.
    private let check: (UInt64, Int, Int) throws(SnapshotProblem) -> Void

    init(check: @escaping (UInt64, Int, Int) throws(SnapshotProblem) -> Void) {
        self.check = check
    }

    mutating func read(_ chunk: UnsafeRawBufferPointer) throws(SnapshotProblem) {
        if position > 0 {
            bytes.removeFirst(position)
            position = 0
        }
        try packed.read(chunk, into: &bytes)
    }

    /// The next entry, `nil` while it has not come whole.
    mutating func next() throws(SnapshotProblem) -> SnapshotEntry? {
        if !hasBegun {
            guard bytes.count >= SnapshotEntry.magic.count else { return nil }
            guard bytes.starts(with: SnapshotEntry.magic) else {
                throw SnapshotProblem(
                    message:
                        "not a snapshot of a server of version 2.15 or later; restore it with the server that made it, "
                        + "and make a new one with a later version")
            }
            hasBegun = true
            position = SnapshotEntry.magic.count
        }
        var place = position
        guard let length = try number(&place), let time = try number(&place), let sequence = try number(&place),
            let header = try number(&place), let body = try number(&place)
        else { return nil }
        guard length <= Self.longestName, header <= UInt64(Int.max), body <= UInt64(Int.max) - header else {
            throw .archive
        }
        if sequence > 0 {
            try check(sequence, Int(header), Int(body))
        } else if header + body > Self.longestDescription {
            throw .archive
        }
        let name = place + Int(length)
        let end = name + Int(header) + Int(body)
        guard bytes.count >= end else { return nil }
        position = end
        return SnapshotEntry(
            name: Array(bytes[place..<name]), time: Int64(bitPattern: time >> 1) ^ -Int64(bitPattern: time & 1),
            sequence: sequence, header: bytes[name..<name + Int(header)], body: bytes[name + Int(header)..<end])
    }

    private func number(_ place: inout Int) throws(SnapshotProblem) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            place += 1
            if shift == 63 && byte > 1 { throw .archive }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .archive
    }

    /// Nothing more comes.
    ///
    /// - Throws: what is wrong with a snapshot that ends here, without its last entry.
    func finish() throws(SnapshotProblem) -> Never {
        try packed.finish()
        throw position == bytes.count || !hasBegun ? .end : .archive
    }
}
