import Testing

@testable import JetStream

@Suite("Whole numbers of any size")
struct WholeNumberTests {
    @Test(
        "are read with a sign or without one, and written without needless zeros",
        arguments: [
            ("7", "7"), ("007", "7"), ("+7", "7"), ("-7", "-7"), ("-0", "0"), ("0", "0"), ("000", "0"),
            ("-00100000000000000000000000000000", "-100000000000000000000000000000"),
        ])
    func reading(text: String, shown: String) {
        #expect(WholeNumber(text.utf8)?.text == shown)
    }

    @Test("are nothing else", arguments: ["", "-", "+", "--1", "1.5", "1e5", "1_000", " 1", "1 ", "x", "0x1"])
    func refused(text: String) {
        #expect(WholeNumber(text.utf8) == nil)
    }

    @Test("are added and subtracted as the machine's own numbers are, as far as those reach")
    func arithmetic() throws {
        let numbers = [0, 1, -1, 9, -9, 10, 99, -100, 101, 12_345, -12_354, 1 << 40, -(1 << 41), 999_999_999_999]
        for one in numbers {
            for other in numbers {
                let first = try #require(WholeNumber("\(one)".utf8))
                let second = try #require(WholeNumber("\(other)".utf8))
                #expect((first + second).text == "\(one + other)")
                #expect((first - second).text == "\(one - other)")
            }
        }
    }

    @Test("go beyond those")
    func large() throws {
        let large = try #require(WholeNumber(String(repeating: "9", count: 50).utf8))
        let one = try #require(WholeNumber("1".utf8))
        #expect((large + one).text == "1" + String(repeating: "0", count: 50))
        #expect((large + one - large) == one)
        #expect((large - large) == .zero)
    }
}
