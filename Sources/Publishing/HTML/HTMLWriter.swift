/// Collects the bytes of an HTML document.
///
/// Escaping copies clean runs of bytes and stops only at the five characters that HTML treats specially; a loop over
/// `Character` would be some fifty times slower.
struct HTMLWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 4096) {
        bytes.reserveCapacity(capacity)
    }

    /// Appends markup as it stands.
    mutating func raw(_ markup: StaticString) {
        markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends markup that was made elsewhere and is known to be safe.
    mutating func trusted(_ markup: some Sequence<UInt8>) {
        bytes.append(contentsOf: markup)
    }

    /// Appends text, escaped for element content and for double-quoted attribute values.
    mutating func text(_ text: some StringProtocol) {
        let fast: Void? = text.utf8.withContiguousStorageIfAvailable { Self.escape($0, into: &bytes) }
        if fast == nil {
            Array(text.utf8).withUnsafeBufferPointer { Self.escape($0, into: &bytes) }
        }
    }

    /// Appends UTF-8 text, escaped as by ``text(_:)``.
    mutating func text(bytes source: UnsafeBufferPointer<UInt8>) {
        Self.escape(source, into: &bytes)
    }

    mutating func number(_ number: Int) {
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Appends ` name="value"`, the value escaped.
    mutating func attribute(_ name: StaticString, _ value: some StringProtocol) {
        bytes.append(UInt8(ascii: " "))
        raw(name)
        raw("=\"")
        text(value)
        raw("\"")
    }

    /// The document so far as text.
    var string: String { String(decoding: bytes, as: UTF8.self) }

    private static func escape(_ source: UnsafeBufferPointer<UInt8>, into target: inout [UInt8]) {
        var clean = 0
        for index in source.indices {
            let entity: StaticString
            switch source[index] {
            case UInt8(ascii: "&"): entity = "&amp;"
            case UInt8(ascii: "<"): entity = "&lt;"
            case UInt8(ascii: ">"): entity = "&gt;"
            case UInt8(ascii: "\""): entity = "&quot;"
            case UInt8(ascii: "'"): entity = "&#39;"
            default: continue
            }
            target.append(contentsOf: UnsafeBufferPointer(rebasing: source[clean..<index]))
            entity.withUTF8Buffer { target.append(contentsOf: $0) }
            clean = index + 1
        }
        target.append(contentsOf: UnsafeBufferPointer(rebasing: source[clean...]))
    }
}

/// `text` with HTML's special characters escaped.
func escapedHTML(_ text: some StringProtocol) -> String {
    var writer = HTMLWriter(capacity: text.utf8.count + 16)
    writer.text(text)
    return writer.string
}
