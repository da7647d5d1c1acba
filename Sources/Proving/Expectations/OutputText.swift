/// An output cut into lines, its trailing blank lines left out: a guide can't show them.
struct OutputText {
    let bytes: [UInt8]
    /// The lines without their newlines.
    let lines: [Range<Int>]

    init(_ output: String) {
        bytes = Array(TerminalText.clean(output).utf8)
        var lines: [Range<Int>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            lines.append(start..<index)
            start = index + 1
        }
        if start < bytes.count { lines.append(start..<bytes.count) }
        while let last = lines.last, Self.isBlank(bytes[last]) { lines.removeLast() }
        self.lines = lines
    }

    func text(_ line: Int) -> String {
        String(decoding: bytes[lines[line]], as: UTF8.self)
    }

    static func isBlank(_ line: some Sequence<UInt8>) -> Bool {
        line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
}
