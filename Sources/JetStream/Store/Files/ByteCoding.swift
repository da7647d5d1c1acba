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

    /// Begins a frame: bytes with their length and a checksum in front, for a file that holds one frame after the other.
    ///
    /// - Returns: its place, for ``endFrame(_:key:)``.
    mutating func beginFrame() -> Int {
        bytes.append(contentsOf: repeatElement(0, count: ByteReader.frameHeadSize))
        return bytes.count - ByteReader.frameHeadSize
    }

    /// Says of the frame at `place` that everything after its beginning is in it.
    mutating func endFrame(_ place: Int, key: UInt64) {
        let start = place + ByteReader.frameHeadSize
        let sum = bytes.withUnsafeBytes { XXHash64.hash(UnsafeRawBufferPointer(rebasing: $0[start...]), seed: key) }
        let length = UInt64(bytes.count - start)
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: length.littleEndian, toByteOffset: place, as: UInt64.self)
            $0.storeBytes(of: sum.littleEndian, toByteOffset: place + 8, as: UInt64.self)
        }
    }

    /// Writes a frame twice, so that one that is broken costs nothing.
    mutating func frameTwice(key: UInt64, _ content: (inout ByteWriter) -> Void) {
        let place = beginFrame()
        content(&self)
        endFrame(place, key: key)
        bytes += Array(bytes[place...])
    }

    /// These bytes as one frame.
    func frame(key: UInt64) -> [UInt8] {
        var frame = ByteWriter()
        let place = frame.beginFrame()
        frame.bytes += bytes
        frame.endFrame(place, key: key)
        return frame.bytes
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

    /// What comes before a frame's content: its length and its checksum.
    static let frameHeadSize = 16

    /// Lends frame by frame until the bytes end or a frame is broken.
    ///
    /// - Parameter firstBroken: the place of the first frame that is broken. Where it is asked for, those behind it are lent, too.
    /// - Returns: where the last good frame ends.
    static func forEachFrame(
        _ bytes: UnsafeRawBufferPointer, key: UInt64, firstBroken: UnsafeMutablePointer<Int?>? = nil,
        _ body: (inout ByteReader) -> Void
    ) -> Int {
        var offset = 0
        var end = 0
        // What is no frame may look like the beginning of one again and again.
        var effort = bytes.count * 16
        while offset + frameHeadSize <= bytes.count {
            if let content = frame(bytes, at: offset, key: key, &effort) {
                var reader = ByteReader(content)
                body(&reader)
                offset += frameHeadSize + content.count
                end = offset
                continue
            }
            guard let firstBroken, effort > 0 else { break }
            if firstBroken.pointee == nil { firstBroken.pointee = offset }
            offset += 1
        }
        if let firstBroken, firstBroken.pointee == nil, end < bytes.count { firstBroken.pointee = end }
        return end
    }

    /// What is in the frame at `offset`, `nil` where there is none that is whole.
    private static func frame(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, key: UInt64, _ effort: inout Int
    ) -> UnsafeRawBufferPointer? {
        let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        let sum = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
        let start = offset + frameHeadSize
        guard length > 0, length <= UInt64(bytes.count - start) else { return nil }
        let content = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(length)])
        if XXHash64.hash(content, seed: key) == sum { return content }
        effort -= content.count
        return nil
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
