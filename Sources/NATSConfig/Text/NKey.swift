/// Public keys in text form, such as `UDXU4RC…`: base32 of a kind, 32 bytes and a check sum.
///
/// The form is that of the `nkeys` library's `strkey`; nothing here does cryptography.
package enum NKey {
    /// What a public key belongs to; the raw value is the first byte, which makes the first letter.
    enum Kind: UInt8, CaseIterable {
        case account = 0
        case cluster = 16
        case server = 104
        case `operator` = 112
        case user = 160
        case curve = 184
    }

    /// The kind of a public key; nil for anything that is none.
    static func kind(of text: String) -> Kind? {
        checked(text).flatMap { Kind(rawValue: $0[0] & 0xF8) }
    }

    /// The 32 bytes of a public key; nil for anything that is none.
    package static func publicKey(of text: String) -> [UInt8]? {
        checked(text).map { Array($0[1..<33]) }
    }

    /// The bytes of a key whose check sum fits.
    private static func checked(_ text: String) -> [UInt8]? {
        guard let bytes = decoded(text), bytes.count == 35 else { return nil }
        let sum = UInt16(bytes[33]) | UInt16(bytes[34]) << 8
        return checkSum(bytes[..<33]) == sum ? bytes : nil
    }

    private static func decoded(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for character in text.utf8 {
            let value: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
            case UInt8(ascii: "2")...UInt8(ascii: "7"): value = character - UInt8(ascii: "2") + 26
            default: return nil
            }
            buffer = buffer << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return bytes
    }

    /// CRC-16 as XMODEM computes it.
    private static func checkSum(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var sum: UInt16 = 0
        for byte in bytes {
            sum ^= UInt16(byte) << 8
            for _ in 0..<8 {
                sum = sum & 0x8000 != 0 ? sum << 1 ^ 0x1021 : sum << 1
            }
        }
        return sum
    }
}
