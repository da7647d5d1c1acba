import Crypto

/// How a client proves that it has the private key to an nkey: it signs the nonce that INFO gave it (Ed25519).
/// Source: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth.
package enum NKeySignature {
    /// A new challenge: eleven random bytes in base64 for addresses, fifteen characters.
    package static func makeNonce() -> String {
        let bytes = (0..<11).map { _ in UInt8.random(in: 0...255) }
        return String(decoding: encoded(bytes), as: UTF8.self)
    }

    /// Whether `signature`, in base64, is one of `nonce` by the owner of `publicKey`, which has 32 bytes.
    static func isValid(_ signature: String, of nonce: String, by publicKey: [UInt8]) -> Bool {
        guard !signature.isEmpty,
            let bytes = decoded(signature, Alphabet.address) ?? decoded(signature, Alphabet.standard),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
        else { return false }
        return key.isValidSignature(bytes, for: Array(nonce.utf8))
    }

    private struct Alphabet {
        var characters: [UInt8]
        /// Whether the end is filled up with `=`.
        var isPadded: Bool

        private static let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        static let address = Alphabet(characters: Array((common + "-_").utf8), isPadded: false)
        static let standard = Alphabet(characters: Array((common + "+/").utf8), isPadded: true)
    }

    private static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(Alphabet.address.characters[Int(held >> bits & 63)])
            }
        }
        if bits > 0 { text.append(Alphabet.address.characters[Int(held << (6 - bits) & 63)]) }
        return text
    }

    /// The bytes that `text` stands for; line ends in it are skipped.
    private static func decoded(_ text: String, _ alphabet: Alphabet) -> [UInt8]? {
        var digits = text.utf8.filter { $0 != 0x0A && $0 != 0x0D }[...]
        if alphabet.isPadded {
            guard digits.count % 4 == 0 else { return nil }
            for _ in 0..<2 where digits.last == UInt8(ascii: "=") { digits.removeLast() }
        }
        guard digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for digit in digits {
            guard let value = alphabet.characters.firstIndex(of: digit) else { return nil }
            held = held << 6 | UInt32(value)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: held >> bits))
        }
        return bytes
    }
}
