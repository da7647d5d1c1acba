import Crypto

/// The private key of a user, as seed files hold it: `SUA…`.
///
/// Source: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth and the `nkeys` library's
/// text form: base 32 of a kind, 32 bytes and a check sum.
public struct NKeySeed: Sendable, Hashable {
    private let bytes: [UInt8]
    /// The public key, `U…`, which servers know the user by.
    public let publicKey: String

    private static let userKind: UInt8 = 20 << 3
    private static let seedKind: UInt8 = 18 << 3

    /// Reads a seed.
    ///
    /// - Throws: ``NATSError/Code/badCredentials`` for text that is no user's seed.
    public init(_ text: String) throws(NATSError) {
        guard let decoded = Base32.decoded(text), decoded.count == 36,
            CheckSum.crc16(decoded[..<34]) == UInt16(decoded[34]) | UInt16(decoded[35]) << 8,
            decoded[0] & 0xF8 == Self.seedKind
        else {
            throw NATSError(.badCredentials, "nkeys: invalid encoded key")
        }
        let kind = (decoded[0] & 7) << 5 | (decoded[1] & 0xF8) >> 3
        guard kind == Self.userKind else { throw NATSError(.badCredentials, "nats: not a valid nkey user seed") }
        bytes = Array(decoded[2..<34])
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else {
            throw NATSError(.badCredentials, "nkeys: invalid seed")
        }
        var raw = [Self.userKind] + Array(key.publicKey.rawRepresentation)
        let sum = CheckSum.crc16(raw)
        raw += [UInt8(truncatingIfNeeded: sum), UInt8(sum >> 8)]
        publicKey = Base32.encoded(raw)
    }

    /// Finds the seed in a file's text: on a line of its own, or behind a `BEGIN USER NKEY SEED` line.
    ///
    /// - Parameter name: the file's name, for the error.
    /// - Throws: ``NATSError/Code/badCredentials`` where there is none.
    public init(in text: String, of name: String) throws(NATSError) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }
        guard let line = lines.first(where: { $0.hasPrefix("SU") }) else {
            throw NATSError(.badCredentials, "nats: no nkey user seed found in \"\(name)\"")
        }
        try self.init(line)
    }

    /// The signature of what the server sent for that.
    func signature(of nonce: String) -> [UInt8] {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes),
            let signature = try? key.signature(for: Array(nonce.utf8))
        else { return [] }
        return Array(signature)
    }
}

/// Base 32 of RFC 4648, without padding.
private enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func decoded(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            buffer = buffer << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
                buffer &= 1 << bits - 1
            }
        }
        return bytes
    }

    static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> bits) & 31])
                buffer &= 1 << bits - 1
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (5 - bits)) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }
}

private enum CheckSum {
    /// CRC-16 as XMODEM computes it.
    static func crc16(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var sum: UInt16 = 0
        for byte in bytes {
            sum ^= UInt16(byte) << 8
            for _ in 0..<8 { sum = sum & 0x8000 != 0 ? sum << 1 ^ 0x1021 : sum << 1 }
        }
        return sum
    }
}
