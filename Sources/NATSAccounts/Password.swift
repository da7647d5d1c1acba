/// A password that was found to be the one that a hash was made of.
package struct PasswordProof: Sendable, Hashable {
    package var stored: String
    package var given: String

    package init(stored: String, given: String) {
        self.stored = stored
        self.given = given
    }
}

/// Comparing passwords and tokens.
package enum Password {
    /// Whether `given` is the password or token that `stored` holds, as plain text or as a bcrypt hash.
    ///
    /// The time it takes tells nothing about where the two differ. For a hash it is long on purpose: tens to hundreds of
    /// milliseconds, so that is nothing for an event loop.
    package static func matches(stored: String, given: String) -> Bool {
        isBcrypt(stored) ? matchesHash(stored, given) : isEqual(Array(stored.utf8), Array(given.utf8))
    }

    /// How much work a hash may cost: it doubles with each step.
    package static let costs = 4...31

    /// Whether bcrypt hashes can be computed here. Where they can't, no password matches a hash.
    package static var canHash: Bool { CryptLibrary.shared != nil }

    /// What to say where they can't.
    package static let libraryMissing = "this machine has no libcrypt that knows bcrypt; install libcrypt1 or libxcrypt"

    /// A bcrypt hash of a password with a salt of its own, in the notation that Go writes.
    ///
    /// - Returns: `nil` for what bcrypt can't tell apart: more than 72 bytes, or a zero byte.
    package static func hash(of password: String, cost: Int) -> String? {
        guard password.utf8.count <= 72, !password.utf8.contains(0), costs.contains(cost) else { return nil }
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        guard let library = CryptLibrary.shared,
            let setting = library.setting(prefix: "$2b$", cost: UInt(cost), random: salt),
            let hash = library.hash(of: password, setting: setting)
        else { return nil }
        return "$2a" + hash.dropFirst(3)
    }

    /// True for what nats-server takes for a bcrypt hash: `$2a$`, `$2b$`, `$2x$` or `$2y$`, a two-digit cost, `$` and more.
    package static func isBcrypt(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count >= 7 && bytes.starts(with: "$2".utf8) && "abxy".utf8.contains(bytes[2])
            && bytes[3] == UInt8(ascii: "$") && isDigit(bytes[4]) && isDigit(bytes[5]) && bytes[6] == UInt8(ascii: "$")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func matchesHash(_ stored: String, _ given: String) -> Bool {
        // A C string ends at a zero byte, where the real password goes on.
        guard !given.utf8.contains(0) else { return false }
        // nats-server computes all variants alike, the way that `b` has always meant.
        let expected = "$2b" + stored.dropFirst(3)
        guard let hash = CryptLibrary.shared?.hash(of: given, setting: expected) else { return false }
        return isEqual(Array(hash.utf8), Array(expected.utf8))
    }

    private static func isEqual(_ expected: [UInt8], _ actual: [UInt8]) -> Bool {
        guard expected.count == actual.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(expected, actual) { difference |= one ^ other }
        return difference == 0
    }
}
