/// The 64-bit hash XXH64 of a run of bytes: eight bytes at a time, and four lanes of them where there are 32 or more.
///
/// Source: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md.
enum XXHash64 {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        guard let base = bytes.baseAddress else {
            return finish(seed &+ prime5, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        var place = base
        var left = bytes.count
        var state: UInt64
        if left >= 32 {
            var lane1 = seed &+ prime1 &+ prime2
            var lane2 = seed &+ prime2
            var lane3 = seed
            var lane4 = seed &- prime1
            repeat {
                lane1 = round(lane1, word(place))
                lane2 = round(lane2, word(place + 8))
                lane3 = round(lane3, word(place + 16))
                lane4 = round(lane4, word(place + 24))
                place += 32
                left &-= 32
            } while left >= 32
            state = rotate(lane1, 1) &+ rotate(lane2, 7) &+ rotate(lane3, 12) &+ rotate(lane4, 18)
            state = merge(state, lane1)
            state = merge(state, lane2)
            state = merge(state, lane3)
            state = merge(state, lane4)
        } else {
            state = seed &+ prime5
        }
        state = state &+ UInt64(truncatingIfNeeded: bytes.count)
        return finish(state, UnsafeRawBufferPointer(start: place, count: left))
    }

    /// Takes in what is left, less than 32 bytes, and mixes every bit with every other.
    private static func finish(_ state: UInt64, _ tail: UnsafeRawBufferPointer) -> UInt64 {
        var state = state
        var offset = 0
        while offset &+ 8 <= tail.count {
            state ^= round(0, UInt64(littleEndian: tail.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            state = rotate(state, 27) &* prime1 &+ prime4
            offset &+= 8
        }
        if offset &+ 4 <= tail.count {
            let half = UInt32(littleEndian: tail.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            state ^= UInt64(half) &* prime1
            state = rotate(state, 23) &* prime2 &+ prime3
            offset &+= 4
        }
        while offset < tail.count {
            state ^= UInt64(tail[offset]) &* prime5
            state = rotate(state, 11) &* prime1
            offset &+= 1
        }
        state = (state ^ state >> 33) &* prime2
        state = (state ^ state >> 29) &* prime3
        return state ^ state >> 32
    }

    private static func word(_ place: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotate(lane &+ word &* prime2, 31) &* prime1
    }

    private static func merge(_ state: UInt64, _ lane: UInt64) -> UInt64 {
        (state ^ round(0, lane)) &* prime1 &+ prime4
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value &<< count | value &>> (64 &- count)
    }
}
