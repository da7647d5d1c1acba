/// Writes one paragraph's content with ``InlineMarkers`` in place of delimiters and footnote brackets.
struct InlineEncoder {
    /// A stretch of the content, and what to write for it.
    struct Piece {
        var source: Range<Int>
        /// Nil to write the source itself.
        var replacement: [UInt8]?
    }

    let markers: InlineMarkers
    /// The content: lines without what belongs to containers, joined by `\n`.
    let bytes: [UInt8]

    /// The content in pieces, from start to end.
    ///
    /// - Parameter escapesPipes: whether `\|` stands for `|`, as in a table's cell.
    func pieces(escapesPipes: Bool = false) -> [Piece] {
        var pieces: [Piece] = []
        var plainStart = 0
        func put(_ range: Range<Int>, _ replacement: [UInt8]) {
            if plainStart < range.lowerBound {
                pieces.append(Piece(source: plainStart..<range.lowerBound, replacement: nil))
            }
            pieces.append(Piece(source: range, replacement: replacement))
            plainStart = range.upperBound
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\\"):
                if escapesPipes, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "|") {
                    put(index..<index + 1, [])
                }
                index += 2
            case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                var end = index
                while end < bytes.count, bytes[end] == byte {
                    end += 1
                }
                if let marker = marker(for: index..<end) {
                    for offset in index..<end {
                        put(offset..<offset + 1, marker)
                    }
                }
                index = end
            case UInt8(ascii: "["):
                if let label = FootnoteScanner.label(at: index, before: bytes.count, in: bytes),
                    !isLinkTail(label.upperBound + 1)
                {
                    put(index..<index + 1, markers.bytes(for: .referenceStart))
                    put(label.upperBound..<label.upperBound + 1, markers.bytes(for: .referenceEnd))
                    index = label.upperBound + 1
                } else {
                    index += 1
                }
            case UInt8(ascii: "<"):
                // Attribute names and addresses may have underscores that libcmark must see.
                index = TagScanner.end(of: index, in: bytes) ?? index + 1
            default:
                index += 1
            }
        }
        if plainStart < bytes.count {
            pieces.append(Piece(source: plainStart..<bytes.count, replacement: nil))
        }
        return pieces
    }

    /// `[^label](…)` is a link with an odd text, not a reference.
    private func isLinkTail(_ index: Int) -> Bool {
        index < bytes.count && bytes[index] == UInt8(ascii: "(")
    }

    /// The marker for each character of a delimiter run, or nil when the run delimits nothing.
    private func marker(for run: Range<Int>) -> [UInt8]? {
        let byte = bytes[run.lowerBound]
        let before = scalar(before: run.lowerBound)
        let after = scalar(at: run.upperBound)
        let leftFlanking = !after.isMarkdownSpace && (!after.isMarkdownPunctuation || before.isBoundary)
        let rightFlanking = !before.isMarkdownSpace && (!before.isMarkdownPunctuation || after.isBoundary)
        var opens = leftFlanking
        var closes = rightFlanking
        switch byte {
        case UInt8(ascii: "_"):
            opens = leftFlanking && (!rightFlanking || before.isMarkdownPunctuation)
            closes = rightFlanking && (!leftFlanking || after.isMarkdownPunctuation)
        case UInt8(ascii: "~"):
            guard run.count <= 2 else {
                return nil
            }
        default: break
        }
        return markers.bytes(for: .delimiter(byte, opens: opens, closes: closes))
    }

    private func scalar(before index: Int) -> Unicode.Scalar {
        guard index > 0 else {
            return "\n"
        }
        var start = index - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 {
            start -= 1
        }
        return scalar(at: start)
    }

    private func scalar(at index: Int) -> Unicode.Scalar {
        guard index < bytes.count else {
            return "\n"
        }
        guard bytes[index] >= 0x80 else {
            return Unicode.Scalar(bytes[index])
        }
        return String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self).unicodeScalars.first ?? "\n"
    }
}

extension Unicode.Scalar {
    fileprivate var isMarkdownSpace: Bool {
        switch value {
        case 0x09, 0x0A, 0x0C, 0x0D, 0x20: true
        case 0..<0x80: false
        default: properties.generalCategory == .spaceSeparator
        }
    }

    fileprivate var isMarkdownPunctuation: Bool {
        switch value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
        case 0..<0x80: return false
        default: break
        }
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return true
        default: return false
        }
    }

    fileprivate var isBoundary: Bool { isMarkdownSpace || isMarkdownPunctuation }
}
