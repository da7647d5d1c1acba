/// Hashing and comparing of short byte runs, eight bytes at a time.
@usableFromInline package enum ByteHash {
    /// Chosen anew for each process, so that nobody can prepare subjects that all fall into one slot.
    @usableFromInline static let seed: UInt64 = .random(in: .min ... .max)

    @inlinable package static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = seed ^ UInt64(truncatingIfNeeded: bytes.count) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset + 8 <= bytes.count {
            state = mix(state, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        if offset < bytes.count {
            var tail: UInt64 = 0
            while offset < bytes.count {
                tail = tail << 8 | UInt64(bytes[offset])
                offset += 1
            }
            state = mix(state, tail)
        }
        return state ^ state >> 32
    }

    @inlinable package static func equal(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard one.count == other.count else { return false }
        var offset = 0
        while offset &+ 8 <= one.count {
            let left = one.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if left != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset &+= 8
        }
        while offset < one.count {
            if one[offset] != other[offset] { return false }
            offset &+= 1
        }
        return true
    }

    @inlinable
    static func mix(_ state: UInt64, _ value: UInt64) -> UInt64 {
        let product = (state ^ value).multipliedFullWidth(by: 0x9FB2_1C65_1E98_DF25)
        return product.high ^ product.low
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes begin with those of `prefix`.
    @inlinable
    package func begins(with prefix: StaticString) -> Bool {
        let length = prefix.utf8CodeUnitCount
        guard count >= length else { return false }
        let start = UnsafeRawBufferPointer(rebasing: self[..<length])
        return ByteHash.equal(start, UnsafeRawBufferPointer(start: prefix.utf8Start, count: length))
    }
}
