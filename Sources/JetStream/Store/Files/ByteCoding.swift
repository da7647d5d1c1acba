/// Collects numbers and bytes of a file that is written in one go.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    /// Seven bits a byte, lowest first; the top bit says that more follow.
    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func number(_ value: Int) { number(UInt64(value)) }

    mutating func fixed(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func data(_ data: UnsafeRawBufferPointer) {
        number(data.count)
        bytes.append(contentsOf: data)
    }

    /// These bytes with their length and a checksum in front, for a file to which one frame after the other is appended.
    func frame(key: UInt64) -> [UInt8] {
        var frame = ByteWriter()
        frame.fixed(UInt64(bytes.count))
        frame.fixed(bytes.withUnsafeBytes { XXHash64.hash($0, seed: key) })
        return frame.bytes + bytes
    }

    /// Ends with a checksum over everything before.
    mutating func seal(key: UInt64) {
        fixed(bytes.withUnsafeBytes { XXHash64.hash($0, seed: key) })
    }
}

/// Reads what ``ByteWriter`` wrote. Reading past the end gives zeros and sets ``isBroken``.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private(set) var isBroken = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// What comes before the checksum at the end, if that is right.
    init?(_ bytes: UnsafeRawBufferPointer, sealedWith key: UInt64) {
        guard bytes.count >= 8 else { return nil }
        let content = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)])
        let sum = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: content.count, as: UInt64.self))
        guard XXHash64.hash(content, seed: key) == sum else { return nil }
        self.init(content)
    }

    /// Lends frame by frame until the bytes end or a frame is broken.
    ///
    /// - Returns: how many bytes are good.
    static func forEachFrame(
        _ bytes: UnsafeRawBufferPointer, key: UInt64, _ body: (inout ByteReader) -> Void
    ) -> Int {
        var offset = 0
        while offset + 16 <= bytes.count {
            var head = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 16]))
            let length = head.fixed()
            let sum = head.fixed()
            guard length > 0, length <= UInt64(bytes.count - offset - 16) else { break }
            let content = UnsafeRawBufferPointer(rebasing: bytes[(offset + 16)..<(offset + 16 + Int(length))])
            guard XXHash64.hash(content, seed: key) == sum else { break }
            var reader = ByteReader(content)
            body(&reader)
            offset += 16 + Int(length)
        }
        return offset
    }

    var isAtEnd: Bool { offset >= bytes.count }

    mutating func number() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        isBroken = true
        return 0
    }

    mutating func count() -> Int {
        let value = number()
        if value > UInt64(Int.max) { isBroken = true }
        return Int(truncatingIfNeeded: value & UInt64(Int.max))
    }

    mutating func fixed() -> UInt64 {
        guard offset + 8 <= bytes.count else {
            isBroken = true
            return 0
        }
        defer { offset += 8 }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    mutating func data() -> UnsafeRawBufferPointer {
        let length = count()
        guard !isBroken, length <= bytes.count - offset else {
            isBroken = true
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        defer { offset += length }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
    }
}
