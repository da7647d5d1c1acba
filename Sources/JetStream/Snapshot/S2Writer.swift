/// Compresses a stream of bytes as S2 does, which nats-server's snapshots are packed with.
///
/// Blocks have 64 KB, and repeats are found by a hash of four bytes; so any reader of S2 or of Snappy can read them.
struct S2Writer {
    private static let blockSize = 65_536
    /// A power of two.
    private static let tableSize = 1 << 14

    /// What is ready to be sent.
    var output: [UInt8] = []
    private var block: [UInt8] = []
    private var table = [UInt16](repeating: 0, count: S2Writer.tableSize)

    init() {
        output = [S2Frame.identifier, 6, 0, 0] + S2Frame.names[0]
    }

    mutating func write(_ bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.blockSize - block.count)
            block.append(contentsOf: piece)
            rest = rest.dropFirst(piece.count)
            if block.count == Self.blockSize { flush() }
        }
    }

    /// Makes a frame of what is left.
    mutating func flush() {
        guard !block.isEmpty else { return }
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: 8))
        let sum = block.withUnsafeBytes { CRC32C.masked($0) }
        compress()
        var kind = S2Frame.compressed
        if output.count - start - 8 >= block.count - block.count / 8 {
            kind = S2Frame.plain
            output.removeLast(output.count - start - 8)
            output += block
        }
        let length = UInt32(output.count - start - 4)
        output[start] = kind
        for index in 0..<3 { output[start + 1 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
        for index in 0..<4 { output[start + 4 + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index))) }
        block.removeAll(keepingCapacity: true)
    }

    private mutating func compress() {
        var length = block.count
        while length >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        output.append(UInt8(length))
        for index in table.indices { table[index] = 0 }
        block.withUnsafeBytes { block in
            var literal = 0
            var place = 1
            // Where nothing repeats, the search takes ever larger steps.
            var misses = 32
            while place + 8 < block.count {
                let word = block.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                let slot = Int((word &* 0x1E35_A7BD) >> 18)
                let candidate = Int(table[slot])
                table[slot] = UInt16(place)
                guard block.loadUnaligned(fromByteOffset: candidate, as: UInt32.self) == word else {
                    place += misses >> 5
                    misses += 1
                    continue
                }
                var end = place + 4
                while end < block.count, block[end] == block[end - place + candidate] { end += 1 }
                Self.literal(block[literal..<place], to: &output)
                Self.copy(from: place - candidate, count: end - place, to: &output)
                place = end
                literal = end
                misses = 32
            }
            Self.literal(block[literal...], to: &output)
        }
    }

    private static func literal(_ bytes: Slice<UnsafeRawBufferPointer>, to output: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let count = bytes.count - 1
        if count < 60 {
            output.append(UInt8(count << 2))
        } else if count < 256 {
            output += [60 << 2, UInt8(count)]
        } else {
            output += [61 << 2, UInt8(count & 0xFF), UInt8(count >> 8)]
        }
        output.append(contentsOf: bytes)
    }

    private static func copy(from distance: Int, count: Int, to output: inout [UInt8]) {
        var rest = count
        while rest > 0 {
            let length = min(64, rest)
            output += [UInt8(length - 1) << 2 | 2, UInt8(distance & 0xFF), UInt8(distance >> 8)]
            rest -= length
        }
    }
}
