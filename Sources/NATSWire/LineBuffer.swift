/// Lines that are put together anew for each message, in memory that stays.
///
/// Appending to an array looks each time whether somebody else holds it, which costs more than the few bytes of a number.
@usableFromInline
package struct LineBuffer: ~Copyable {
    @usableFromInline var memory: UnsafeMutableRawBufferPointer
    @usableFromInline var end = 0

    /// - Parameter capacity: how many bytes there is room for at first.
    package init(capacity: Int = 256) {
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { memory.deallocate() }

    @inlinable
    package var count: Int { end }

    /// What was put together; valid until the next change.
    @inlinable
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// Forgets everything behind the first `kept` bytes.
    @inlinable
    package mutating func truncate(to kept: Int) {
        precondition(kept <= count)
        end = kept
    }

    /// Starts over, and gives memory back that a very large message took.
    @inlinable
    package mutating func clear() {
        end = 0
        if memory.count > 1 << 20 { resize(to: 4096) }
    }

    @inlinable
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        memory[count] = byte
        end &+= 1
    }

    @inlinable
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        (memory.baseAddress.unsafelyUnwrapped + count).copyMemory(from: source, byteCount: bytes.count)
        end &+= bytes.count
    }

    @inlinable
    package mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a number in decimal digits.
    @inlinable
    package mutating func appendDecimal(_ value: UInt64) {
        reserve(24)
        if value < 100_000_000 {
            let digits = Self.eightDigits(value)
            // One digit at least, also for 0.
            let zeros = min(7, digits.trailingZeroBitCount / 8)
            store((digits &+ Self.zeros) &>> UInt64(zeros &* 8), 8 &- zeros)
        } else {
            appendDecimal(value / 100_000_000)
            store(Self.eightDigits(value % 100_000_000) &+ Self.zeros, 8)
        }
    }

    /// `00000000`
    @inlinable
    static var zeros: UInt64 { 0x3030_3030_3030_3030 }

    /// The digits of a number below 100,000,000 as a byte each, the first one in the lowest: halves, then quarters, then digits of
    /// all of it at once, by multiplying with rounded-up inverses of 100 and 10.
    @inlinable
    static func eightDigits(_ value: UInt64) -> UInt64 {
        let halves = (value / 10_000) | (value % 10_000) &<< 32
        let hundreds = ((halves &* 10_486) &>> 20) & 0x0000_007F_0000_007F
        let quarters = hundreds | (halves &- 100 &* hundreds) &<< 16
        let tens = ((quarters &* 103) &>> 10) & 0x000F_000F_000F_000F
        return tens | (quarters &- 10 &* tens) &<< 8
    }

    /// Appends the lowest `size` bytes of `word`; there must be room for eight.
    @inlinable
    mutating func store(_ word: UInt64, _ size: Int) {
        memory.storeBytes(of: word.littleEndian, toByteOffset: end, as: UInt64.self)
        end &+= size
    }

    @inlinable
    mutating func reserve(_ room: Int) {
        if memory.count &- count < room { resize(to: max(memory.count * 2, count + room)) }
    }

    @usableFromInline
    mutating func resize(to capacity: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }
}
