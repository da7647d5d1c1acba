/// Tells contents from other contents, fast. Nothing that anybody might want to forge.
enum FastHash {
    /// FNV-1a, eight bytes at a time, over the bytes and their number.
    static func of(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { of($0) }
    }

    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(bytes.count)
        var index = 0
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            hash = (hash ^ word) &* 0x100_0000_01b3
            // Multiplying carries nothing down.
            hash ^= hash >> 32
            index += 8
        }
        for byte in bytes[index...] {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return hash ^ hash >> 29
    }
}
