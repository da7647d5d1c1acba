/// JSON strings.
enum JSONText {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Appends `text` as a JSON string that is good inside a script too: `<` is escaped.
    ///
    /// - Parameter squeezed: each run of blanks and line ends becomes one space.
    static func append(_ text: some StringProtocol, squeezed: Bool = false, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        if text.utf8.withContiguousStorageIfAvailable({ append($0, squeezed, to: &out) }) == nil {
            Array(text.utf8).withUnsafeBufferPointer { append($0, squeezed, to: &out) }
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func append(_ text: UnsafeBufferPointer<UInt8>, _ squeezed: Bool, to out: inout [UInt8]) {
        // What needs no change is taken over in stretches.
        var done = 0
        func flush(_ end: Int) {
            out += UnsafeBufferPointer(rebasing: text[done..<end])
            done = end + 1
        }
        func escape(_ byte: UInt8, at index: Int) {
            flush(index)
            out += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        for (index, byte) in text.enumerated() {
            switch byte {
            case 0x20, 0x09...0x0d:
                guard squeezed else {
                    if byte != 0x20 { escape(byte, at: index) }
                    continue
                }
                guard byte != 0x20 || index > 0 && isBlank(text[index - 1]) else { continue }
                flush(index)
                if index == 0 || !isBlank(text[index - 1]) { out.append(0x20) }
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                flush(index)
                out += [UInt8(ascii: "\\"), byte]
            case 0..<0x20, UInt8(ascii: "<"): escape(byte, at: index)
            default: break
            }
        }
        flush(text.count)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
