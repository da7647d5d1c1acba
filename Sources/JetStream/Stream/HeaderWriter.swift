/// Adds lines to a header block.
struct HeaderWriter {
    private(set) var bytes: [UInt8]

    /// - Parameter block: what is there before, empty for none.
    init(_ block: some Collection<UInt8>) {
        bytes = Array(block)
        if bytes.isEmpty {
            bytes += "NATS/1.0\r\n\r\n".utf8
        }
        // The empty line comes again at the end.
        bytes.removeLast(2)
    }

    mutating func add(_ name: StaticString, _ value: some Sequence<UInt8>) {
        name.withUTF8Buffer { bytes += $0 }
        bytes += ": ".utf8
        bytes += value
        bytes += "\r\n".utf8
    }

    mutating func add(_ name: StaticString, _ value: some BinaryInteger) {
        add(name, String(value).utf8)
    }

    /// Replaces the value of a line, or adds one where there is none.
    mutating func set(_ name: StaticString, _ value: some Sequence<UInt8>) {
        let prefix = "\r\n\(name): "
        guard let start = bytes.firstRange(of: Array(prefix.utf8))?.upperBound,
            let end = bytes[start...].firstRange(of: Array("\r\n".utf8))?.lowerBound
        else { return add(name, value) }
        bytes.replaceSubrange(start..<end, with: Array(value))
    }

    /// The whole block.
    consuming func finished() -> [UInt8] {
        bytes += "\r\n".utf8
        return bytes
    }
}

extension HeaderWriter {
    /// The header of another stream's message without what that stream's publisher expected, and what a batch said.
    ///
    /// - Parameter isSource: whether the header is to say where the message came from, so that it must not say so yet.
    static func taken(over block: [UInt8], isSource: Bool) -> [UInt8] {
        let dropped = ["Nats-Expected-", "Nats-Batch-"] + (isSource ? ["Nats-Stream-Source:"] : [])
        let lines = block.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        let kept = lines.filter { line in !dropped.contains { line.starts(with: $0.utf8) } }
        if kept.count == lines.count { return block }
        // Nothing but the version and the empty line.
        return kept.count <= 2 ? [] : Array(kept.joined(separator: "\n".utf8)) + "\n".utf8
    }
}
