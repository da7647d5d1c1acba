/// What a block's file begins with: twice the same 48 bytes, so that one broken byte does not make a block unreadable.
struct BlockHeader: Equatable {
    static let size = 96
    private static let magic: UInt64 = 0x314B_4C42_5044_4E4C

    var number: UInt64
    var base: UInt64
    /// Random, so that nobody can put bytes into a message that look like a record of this block.
    var salt: UInt64
    /// The size of the file after records were moved together, 0 before.
    var packedSize: UInt64

    init(number: UInt64, base: UInt64, salt: UInt64, packedSize: UInt64 = 0) {
        self.number = number
        self.base = base
        self.salt = salt
        self.packedSize = packedSize
    }

    /// Reads the first copy that is intact.
    init?(_ bytes: UnsafeRawBufferPointer, nameKey: UInt64) {
        for start in [0, Self.size / 2] where bytes.count >= start + Self.size / 2 {
            let copy = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Self.size / 2])
            guard var reader = ByteReader(copy, sealedWith: nameKey), reader.fixed() == Self.magic else { continue }
            self.init(
                number: reader.fixed(),
                base: reader.fixed(),
                salt: reader.fixed(),
                packedSize: reader.fixed()
            )
            return
        }
        return nil
    }

    func bytes(nameKey: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        for value in [Self.magic, number, base, salt, packedSize] { writer.fixed(value) }
        writer.seal(key: nameKey)
        return writer.bytes + writer.bytes
    }

    /// Seed of the checksums of the block's records.
    func key(name: [UInt8]) -> UInt64 {
        name.withUnsafeBytes { XXHash64.hash($0, seed: salt) }
    }
}
