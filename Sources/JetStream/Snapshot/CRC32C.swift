/// The checksum of S2's frames: CRC-32 with Castagnoli's polynomial, and the mask that Snappy's framing format lays over it.
enum CRC32C {
    /// Four tables, so that four bytes are taken at a time.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 1_024)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
            tables[index] = value
        }
        for index in 256..<1_024 {
            let previous = tables[index - 256]
            tables[index] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()

    static func masked(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let sum = tables.withUnsafeBufferPointer { tables in
            var value = UInt32.max
            var index = 0
            while index + 4 <= bytes.count {
                value ^= UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
                value =
                    tables[768 + Int(value & 0xFF)] ^ tables[512 + Int(value >> 8 & 0xFF)]
                    ^ tables[256 + Int(value >> 16 & 0xFF)] ^ tables[Int(value >> 24)]
                index += 4
            }
            while index < bytes.count {
                value = (value >> 8) ^ tables[Int((value ^ UInt32(bytes[index])) & 0xFF)]
                index += 1
            }
            return ~value
        }
        return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    }
}

/// Why a snapshot can't be read, in the words that nats-server has for it.
struct SnapshotProblem: Error, Hashable {
    var message: String

    /// The bytes are not what S2 writes, or end too early.
    static let corrupt = Self(message: "s2: corrupt input")
    static let checksum = Self(message: "s2: corrupt input, crc mismatch")
    /// The snapshot ended where there should be more.
    static let end = Self(message: "EOF")
    static let archive = Self(message: "archive: invalid archive stream")
}

/// The kinds of frames, and what both sides of a stream of them agree on.
///
/// The format is that of Snappy's frames, https://github.com/google/snappy/blob/main/framing_format.txt, with another name at
/// the start and blocks of up to 4 MB.
enum S2Frame {
    static let compressed: UInt8 = 0x00
    static let plain: UInt8 = 0x01
    static let identifier: UInt8 = 0xFF
    /// From here on frames that nobody knows are passed over.
    static let skippable: UInt8 = 0x80
    static let largestBlock = 4 << 20
    static let names = [Array("S2sTwO".utf8), Array("sNaPpY".utf8)]
}
