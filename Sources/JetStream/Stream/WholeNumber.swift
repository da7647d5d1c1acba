/// A whole number of any size, as counters have them.
struct WholeNumber: Equatable {
    private let isNegative: Bool
    /// From the lowest to the highest; none for zero.
    private let digits: [UInt8]

    static let zero = WholeNumber(isNegative: false, digits: [])

    /// - Parameter text: digits, with a sign in front or without one.
    /// - Returns: `nil` for anything else.
    init?(_ text: some Collection<UInt8>) {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative || text.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        self.init(isNegative: isNegative, digits: digits.reversed().map { $0 - 0x30 })
    }

    private init(isNegative: Bool, digits: [UInt8]) {
        let count = digits.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        self.digits = Array(digits[..<count])
        self.isNegative = isNegative && count > 0
    }

    /// As digits, with a sign in front where it is below zero.
    var text: String {
        if digits.isEmpty { return "0" }
        return (isNegative ? "-" : "") + String(decoding: digits.reversed().map { $0 + 0x30 }, as: UTF8.self)
    }

    static func + (one: WholeNumber, other: WholeNumber) -> WholeNumber {
        if one.isNegative == other.isNegative {
            return WholeNumber(isNegative: one.isNegative, digits: sum(one.digits, other.digits))
        }
        if isSmaller(one.digits, other.digits) {
            return WholeNumber(isNegative: other.isNegative, digits: difference(other.digits, one.digits))
        }
        return WholeNumber(isNegative: one.isNegative, digits: difference(one.digits, other.digits))
    }

    static func - (one: WholeNumber, other: WholeNumber) -> WholeNumber {
        one + WholeNumber(isNegative: !other.isNegative, digits: other.digits)
    }

    private static func isSmaller(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count
            ? one.reversed().lexicographicallyPrecedes(other.reversed()) : one.count < other.count
    }

    private static func sum(_ one: [UInt8], _ other: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var carry: UInt8 = 0
        for index in 0..<max(one.count, other.count) {
            let digit = (index < one.count ? one[index] : 0) + (index < other.count ? other[index] : 0) + carry
            result.append(digit % 10)
            carry = digit / 10
        }
        return result + [carry]
    }

    /// - Parameter small: no more than `large`.
    private static func difference(_ large: [UInt8], _ small: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var borrow: UInt8 = 0
        for index in large.indices {
            let taken = (index < small.count ? small[index] : 0) + borrow
            borrow = large[index] < taken ? 1 : 0
            result.append(large[index] + borrow * 10 - taken)
        }
        return result
    }
}
