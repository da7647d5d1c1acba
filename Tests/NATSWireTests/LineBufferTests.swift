import NATSWire
import Testing

@Suite("Lines put together in memory that stays")
struct LineBufferTests {
    @Test(
        "Numbers are written in decimal",
        arguments: [
            0, 7, 9, 10, 99, 100, 12_345, 9_999_999_999_999_999_999, 10_000_000_000_000_000_000, UInt64.max - 1, .max,
        ])
    func decimal(_ number: UInt64) {
        var line = LineBuffer(capacity: 0)
        line.append(0x2B)
        line.appendDecimal(number)
        #expect(String(decoding: line.bytes, as: UTF8.self) == "+\(number)")
    }

    @Test("A line grows as far as it must, and keeps what stands before")
    func growing() {
        var line = LineBuffer(capacity: 1)
        for _ in 0..<100 { line.append("0123456789") }
        #expect(line.count == 1_000)
        line.truncate(to: 15)
        line.append(UnsafeRawBufferPointer(start: nil, count: 0))
        line.append("!")
        #expect(String(decoding: line.bytes, as: UTF8.self) == "012345678901234!")
        line.clear()
        #expect(line.bytes.isEmpty)
    }
}
