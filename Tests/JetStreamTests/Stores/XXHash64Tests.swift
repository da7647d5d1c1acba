import Testing

@testable import JetStream

@Suite("XXH64")
struct XXHash64Tests {
    @Test(
        "gives the values that its reference implementation gives",
        arguments: [
            ("", 0xEF46_DB37_51D8_E999),
            ("a", 0xD24E_C4F1_A98C_6E5B),
            ("abc", 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64)]
    )
    func vectors(text: String, expected: UInt64) {
        #expect(Array(text.utf8).withUnsafeBytes { XXHash64.hash($0, seed: 0) } == expected)
    }

    @Test("depends on every byte and on the seed", arguments: [1, 4, 7, 8, 31, 32, 33, 100])
    func everyByte(count: Int) {
        var bytes = [UInt8](repeating: 7, count: count)
        var seen = Set([bytes.withUnsafeBytes { XXHash64.hash($0, seed: 0) }])
        seen.insert(bytes.withUnsafeBytes { XXHash64.hash($0, seed: 1) })
        for index in bytes.indices {
            bytes[index] ^= 1
            seen.insert(bytes.withUnsafeBytes { XXHash64.hash($0, seed: 0) })
            bytes[index] ^= 1
        }
        #expect(seen.count == count + 2)
    }
}
