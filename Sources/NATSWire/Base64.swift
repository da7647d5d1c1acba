/// Base 64 as RFC 4648 has it.
package enum Base64 {
    /// The two sets of 64 characters that there are.
    package enum Alphabet: Sendable {
        /// With `+` and `/`, and padded.
        case standard
        /// With `-` and `_`, and not padded: what signatures in CONNECT are written in.
        case url

        fileprivate var characters: [UInt8] {
            let last = self == .standard ? "+/" : "-_"
            return Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(last)".utf8)
        }
    }

    package static func encoded(_ bytes: [UInt8], alphabet: Alphabet = .standard) -> String {
        let characters = alphabet.characters
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let group = bytes[index..<min(index + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group {
                bits = bits << 8 | UInt32(byte)
            }
            bits <<= UInt32(8 * (3 - group.count))
            for position in 0..<4 {
                let sextet = Int(bits >> UInt32(18 - 6 * position)) & 0x3F
                if position <= group.count {
                    result.append(characters[sextet])
                } else if alphabet == .standard {
                    result.append(UInt8(ascii: "="))
                }
            }
            index += 3
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// How many bytes a padded text of the standard alphabet stands for; nil for text that is none.
    package static func decodedCount(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        let characters = Alphabet.standard.characters
        let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard bytes.count % 4 == 0, padding <= 2, bytes.dropLast(padding).allSatisfy(characters.contains) else {
            return nil
        }
        return bytes.count / 4 * 3 - padding
    }
}
