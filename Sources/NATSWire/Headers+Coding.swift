package import NIOCore

extension HeaderBlock {
    private static let version = Array("NATS/1.0".utf8)

    /// Reads a whole block, from the version line to the empty line that ends it.
    package init(parsing block: ByteBuffer) throws(HeaderError) {
        self.init()
        var lines = HeaderLines(block.readableBytesView)
        guard let first = lines.next(), first.starts(with: Self.version) else { throw .missingVersion }
        try readStatus(first.dropFirst(Self.version.count))
        while let line = lines.next(), !line.isEmpty {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw .missingColon(line: String(decoding: line, as: UTF8.self))
            }
            guard colon > line.startIndex else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            fields.append(
                Field(
                    name: String(decoding: line[..<colon], as: UTF8.self),
                    value: String(decoding: value, as: UTF8.self)
                )
            )
        }
    }

    private mutating func readStatus(_ rest: ByteBufferView.SubSequence) throws(HeaderError) {
        let text = String(decoding: rest, as: UTF8.self).trimmed()
        guard !text.isEmpty else { return }
        let digits = text.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let code = Int(digits) else {
            throw .badStatus(text)
        }
        status = code
        statusDescription = String(text.dropFirst(3)).trimmed()
    }

    /// The block as it stands on the wire, up to and including the empty line.
    ///
    /// Values lose blanks at their ends, and line breaks in them become blanks, as in the other clients: a value can't
    /// forge a second header.
    package func encoded() throws(HeaderError) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeBytes(Self.version)
        if let status {
            buffer.writeString(" \(status)")
            if !statusDescription.isEmpty {
                buffer.writeString(" " + statusDescription)
            }
        }
        buffer.writeStaticString("\r\n")
        for field in fields {
            guard Self.isValid(name: field.name) else { throw .badName(field.name) }
            buffer.writeString(field.name)
            buffer.writeStaticString(": ")
            buffer.writeBytes(
                field.value.trimmed().utf8.map { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") ? 0x20 : $0 }
            )
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
        return buffer
    }

    /// Whether `name` may name a header: printable ASCII without blanks and colons, not empty.
    package static func isValid(name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
    }
}

/// The lines of a header block, without their `\r\n`.
private struct HeaderLines: IteratorProtocol {
    private var rest: ByteBufferView.SubSequence

    init(_ bytes: ByteBufferView) {
        rest = bytes[...]
    }

    mutating func next() -> ByteBufferView.SubSequence? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
        var line = rest[..<end]
        rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[rest.endIndex...]
        if line.last == UInt8(ascii: "\r") {
            line = line.dropLast()
        }
        return line
    }
}

extension String {
    /// Without blanks, tabs and line breaks at either end.
    fileprivate func trimmed() -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }),
            let last = utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}
