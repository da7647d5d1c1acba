/// Comparing passwords and tokens.
package enum Password {
    /// Whether `given` is the password or token that `stored` holds.
    ///
    /// The time it takes tells nothing about where the two differ. A stored bcrypt hash matches nothing: servers refuse to
    /// start with one.
    package static func matches(stored: String, given: String) -> Bool {
        if isBcrypt(stored) { return false }
        let expected = Array(stored.utf8)
        let actual = Array(given.utf8)
        guard expected.count == actual.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(expected, actual) { difference |= one ^ other }
        return difference == 0
    }

    /// True for what nats-server takes for a bcrypt hash: `$2`, a letter, `$`, a two-digit cost, `$` and more.
    package static func isBcrypt(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count > 7 && bytes[0] == UInt8(ascii: "$") && bytes[1] == UInt8(ascii: "2")
            && bytes[3] == UInt8(ascii: "$") && bytes[6] == UInt8(ascii: "$")
    }
}
