/// Changing a header block without reading all of it.
enum HeaderLines {
    /// The headers of a document whose reader would have taken it compressed.
    static let notCompressed = Array("NATS/1.0\r\nContent-Encoding: identity\r\n\r\n".utf8)

    /// Whether a block has a header that is not empty.
    static func has(_ name: String, in block: [UInt8]) -> Bool {
        block.split(separator: 0x0A).contains { line in
            line.starts(with: "\(name):".utf8) && line.dropFirst(name.utf8.count + 1).contains { $0 > 0x20 }
        }
    }

    /// The lines of `block` that do not begin with `name:`, without the empty one at the end.
    static func removing(_ name: String, from block: UnsafeRawBufferPointer) -> [UInt8] {
        let key = Array("\(name):".utf8)
        var lines: [UInt8] = []
        var start = 0
        let end = max(0, block.count - 2)
        while start < end {
            let next = block[start..<end].firstIndex(of: 0x0A).map { $0 + 1 } ?? end
            if !block[start..<next].starts(with: key) { lines += block[start..<next] }
            start = next
        }
        return lines
    }
}
