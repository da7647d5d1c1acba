/// A name for a server as nats-server makes them: a public nkey of the server kind, 56 letters and digits from `N` on.
///
/// The format is a kind byte, 32 bytes of key and a CRC-16, in base 32 without padding
/// (https://docs.nats.io/reference/reference-protocols/nats-protocol, ADR-14).
enum ServerIdentity {
    static func make(using random: inout some RandomNumberGenerator) -> String {
        var bytes: [UInt8] = [13 << 3]
        for _ in 0..<4 { withUnsafeBytes(of: random.next()) { bytes += $0 } }
        let check = crc16(bytes)
        bytes += [UInt8(check & 0xFF), UInt8(check >> 8)]
        return base32(bytes)
    }

    static func base32(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var text = ""
        var held: UInt32 = 0
        var bits = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(held >> UInt32(bits)) & 31])
            }
            held &= (1 << UInt32(bits)) - 1
        }
        if bits > 0 { text.append(alphabet[Int(held << UInt32(5 - bits)) & 31]) }
        return text
    }

    /// CRC-16/XMODEM.
    static func crc16(_ bytes: [UInt8]) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
        }
        return crc
    }
}
