/// A name in the manner of directories: `CN=carol,OU=Dev,O=Acme`, the most particular part first.
///
/// Source: RFC 4514; which attributes have names is as in nats-server.
package struct DistinguishedName: Sendable, Hashable {
    /// One attribute: `CN` and `carol`.
    package struct Attribute: Sendable, Hashable {
        package var type: String
        package var value: String

        package init(type: String, value: String) {
            self.type = type
            self.value = value
        }

        /// The case of a type means nothing, that of a value does.
        func matches(_ other: Attribute) -> Bool {
            value == other.value && type.lowercased() == other.type.lowercased()
        }
    }

    /// The parts, each of one attribute or, joined by `+`, of several.
    package var parts: [[Attribute]]

    package init(parts: [[Attribute]]) {
        self.parts = parts
    }

    /// Reads the textual form.
    ///
    /// - Returns: nil for text that is no distinguished name.
    package init?(_ text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let parts = reader.read() else { return nil }
        self.parts = parts
    }

    /// The names of attribute types, by object identifier.
    package static let typeNames: [String: String] = [
        "2.5.4.3": "CN", "2.5.4.5": "SERIALNUMBER", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
        "2.5.4.9": "STREET", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.17": "POSTALCODE",
        "0.9.2342.19200300.100.1.25": "DC",
    ]

    /// The same parts in the same order.
    package func equals(_ other: DistinguishedName) -> Bool {
        parts.count == other.parts.count && zip(parts, other.parts).allSatisfy { Self.samePart($0, $1) }
    }

    /// Every part of this name is one of the other's, in whatever order.
    package func hasSameParts(as other: DistinguishedName) -> Bool {
        var rest = other.parts
        for part in parts {
            guard let place = rest.firstIndex(where: { Self.samePart(part, $0) }) else { return false }
            rest.remove(at: place)
        }
        return true
    }

    private static func samePart(_ one: [Attribute], _ other: [Attribute]) -> Bool {
        one.count == other.count && one.allSatisfy { attribute in other.contains { $0.matches(attribute) } }
            && other.allSatisfy { attribute in one.contains { $0.matches(attribute) } }
    }

    /// Takes a name's text apart, byte by byte.
    private struct Reader {
        var bytes: [UInt8]
        var type = ""
        var collected: [UInt8] = []
        /// Blanks at the end of `collected` that no backslash protects: they do not count.
        var looseBlanks = 0
        var part: [Attribute] = []
        var parts: [[Attribute]] = []

        mutating func read() -> [[Attribute]]? {
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                switch byte {
                case UInt8(ascii: "\\"):
                    guard let (value, length) = escaped(at: index) else { return nil }
                    collected.append(value)
                    looseBlanks = 0
                    index += length
                case UInt8(ascii: "="):
                    type = take()
                    // A value in BER.
                    if index < bytes.count, bytes[index] == UInt8(ascii: "#") { return nil }
                case UInt8(ascii: ","), UInt8(ascii: "+"):
                    guard endAttribute() else { return nil }
                    if byte == UInt8(ascii: ",") { endPart() }
                case UInt8(ascii: " ") where collected.isEmpty: break
                default:
                    looseBlanks = byte == UInt8(ascii: " ") ? looseBlanks + 1 : 0
                    collected.append(byte)
                }
            }
            if !collected.isEmpty {
                guard endAttribute() else { return nil }
                endPart()
            }
            return parts
        }

        private mutating func take() -> String {
            defer {
                collected = []
                looseBlanks = 0
            }
            return String(decoding: collected.dropLast(looseBlanks), as: UTF8.self)
        }

        private mutating func endAttribute() -> Bool {
            guard !type.isEmpty else { return false }
            part.append(Attribute(type: type, value: take()))
            type = ""
            return true
        }

        private mutating func endPart() {
            parts.append(part)
            part = []
        }

        /// What follows a backslash: a character that would mean something else, or two hexadecimal digits.
        private func escaped(at index: Int) -> (UInt8, Int)? {
            guard index < bytes.count else { return nil }
            if " \"#+,;<=>\\".utf8.contains(bytes[index]) { return (bytes[index], 1) }
            guard index + 1 < bytes.count,
                let value = UInt8(String(decoding: bytes[index...index + 1], as: UTF8.self), radix: 16)
            else { return nil }
            return (value, 2)
        }
    }
}
