/// Numbers as natscli's flags take them.
enum GoNumber {
    /// A whole number, which may be written as `1e3` or `2.5e1`; fractions are cut off.
    static func integer(_ text: String) -> Int? {
        if let number = Int(text) {
            return number
        }
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(text) else {
            return nil
        }
        return Int(exactly: number.rounded(.towardZero))
    }

    /// A number that is not negative, in decimal, `0x`, `0o` or `0b` notation.
    static func unsigned(_ text: String) -> Int? {
        let lowercased = text.lowercased()
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where lowercased.hasPrefix(prefix) {
            return UInt(lowercased.dropFirst(2), radix: radix).flatMap { Int(exactly: $0) }
        }
        return UInt(text).flatMap { Int(exactly: $0) }
    }
}
