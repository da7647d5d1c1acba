/// The lines of a body from which libcmark learns the link definitions.
enum LinkDefinitions {
    /// The body with markers in its paragraphs, so that labels in it are the same as in an ``InlineDocument``; empty when
    /// it defines no links.
    static func lines(of text: SourceText, tree: CmarkTree, markers: InlineMarkers) -> [UInt8] {
        guard mayDefine(text.bytes) else {
            return []
        }
        let outline = LineOutline(tree, text: text)
        var result: [UInt8] = []
        result.reserveCapacity(text.bytes.count * 2)
        for line in 1...lastLine(of: tree, text: text) {
            let content = text.lineContent(line)
            let start =
                outline.isOpaque(line)
                ? content.upperBound
                : ContainerChain.content(of: line, in: outline.chain(at: line), text: text).offset
            result += text.bytes[content.lowerBound..<start]
            let bytes = Array(text.bytes[start..<content.upperBound])
            for piece in InlineEncoder(markers: markers, bytes: bytes).pieces() {
                result += piece.replacement ?? Array(bytes[piece.source])
            }
            result.append(UInt8(ascii: "\n"))
        }
        return result
    }

    /// The line before code or HTML that ends the body: it may never be closed.
    private static func lastLine(of tree: CmarkTree, text: SourceText) -> Int {
        guard let last = tree.root.lastChild, last.isCodeOrHTML else {
            return text.lineCount
        }
        return max(1, last.startLine - 1)
    }

    private static func mayDefine(_ bytes: [UInt8]) -> Bool {
        var before: UInt8 = 0
        for byte in bytes {
            if before == UInt8(ascii: "]"), byte == UInt8(ascii: ":") {
                return true
            }
            before = byte
        }
        return false
    }
}
