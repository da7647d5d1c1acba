/// Splits a text of libcmark's tree into plain text, delimiters, footnote references and addresses, each with its place.
struct TextSplitter {
    let document: InlineDocument
    let body: BodyText
    /// Whether addresses become links.
    let findsAddresses: Bool

    private var plain: [UInt8] = []
    /// For each byte of `plain`, its offset in the document.
    private var offsets: [Int] = []
    /// Markers by their place in `plain`, in order.
    private var marks: [(index: Int, meaning: InlineMarkers.Meaning)] = []
    private var tokens: [InlineToken] = []

    /// The tokens of `literal`, which starts at `offset` of the document.
    static func split(
        _ literal: String,
        at offset: Int,
        document: InlineDocument,
        body: BodyText,
        findsAddresses: Bool
    ) -> [InlineToken] {
        if !mayHide(literal, findsAddresses),
            document.bytes[min(offset, document.bytes.count)...].starts(with: literal.utf8)
        {
            let start = body.position(of: document.source(of: offset))
            let end = SourcePosition(line: start.line, column: start.column + literal.utf8.count)
            return [.markup(Markup(.text(literal), range: SourceRange(start: start, end: end)))]
        }
        var splitter = TextSplitter(document: document, body: body, findsAddresses: findsAddresses)
        splitter.align(literal, at: offset)
        splitter.emit()
        return splitter.tokens
    }

    /// Whether there could be markers in the text, which stand for more than they are, or addresses: `://`, `www` or `@`.
    private static func mayHide(_ literal: String, _ findsAddresses: Bool) -> Bool {
        var last: UInt8 = 0
        return literal.utf8.contains { byte in
            defer { last = byte }
            let startsAddress =
                byte | 0x20 == 0x77 && last | 0x20 == 0x77 || byte == 0x2F && last == 0x3A || byte == 0x40
            return byte >= 0xEE || findsAddresses && startsAddress
        }
    }

    private init(document: InlineDocument, body: BodyText, findsAddresses: Bool) {
        self.document = document
        self.body = body
        self.findsAddresses = findsAddresses
    }

    /// Reads the literal alongside the document, in which escapes and entities are still there.
    private mutating func align(_ literal: String, at start: Int) {
        var offset = start
        let literal = Array(literal.utf8)
        plain.reserveCapacity(literal.count)
        offsets.reserveCapacity(literal.count + 1)
        var index = 0
        while index < literal.count {
            let byte = literal[index]
            let length = Self.length(ofScalar: byte)
            // Nearly everything stands in the document as it is. Markers start with higher bytes.
            if byte < 0xEE, byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "&"),
                stands(literal, index, length, at: offset)
            {
                for byte in index..<min(index + length, literal.count) {
                    plain.append(literal[byte])
                    offsets.append(offset)
                }
                index += length
                offset += length
                continue
            }
            let utf8 = Array(literal[index..<min(index + length, literal.count)])
            index += length
            align(utf8, &offset)
        }
        offsets.append(offset)
    }

    /// Whether the document has the same bytes at `offset` as the literal has from `index` on.
    private func stands(_ literal: [UInt8], _ index: Int, _ length: Int, at offset: Int) -> Bool {
        guard offset + length <= document.bytes.count, index + length <= literal.count else { return false }
        for place in 0..<length where document.bytes[offset + place] != literal[index + place] {
            return false
        }
        return true
    }

    /// How many bytes a scalar has that begins with `byte`.
    private static func length(ofScalar byte: UInt8) -> Int {
        switch byte {
        case ..<0x80: 1
        case ..<0xE0: 2
        case ..<0xF0: 3
        default: 4
        }
    }

    /// The same for one scalar.
    private mutating func align(_ utf8: [UInt8], _ offset: inout Int) {
        guard let scalar = String(decoding: utf8, as: UTF8.self).unicodeScalars.first else { return }
        let bytes = document.bytes
        let isEscaped =
            offset + 1 < bytes.count && bytes[offset] == UInt8(ascii: "\\") && scalar.isASCII
            && bytes[offset + 1] == utf8.first && !bytes[offset + 1].isLetterOrDigit
        let here = offset
        if isEscaped {
            offset += 2
        } else if offset < bytes.count, bytes[offset] == UInt8(ascii: "&"), let end = entityEnd(at: offset, scalar) {
            offset = end
        } else if bytes[min(offset, bytes.count)...].starts(with: utf8) {
            offset += utf8.count
        }
        switch document.markers.meaning(of: scalar) {
        case nil:
            append(utf8, at: here)
        case .delimiter(let byte, let opens, let closes):
            marks.append((plain.count, .delimiter(byte, opens: opens, closes: closes)))
            append([byte], at: here)
        case .referenceStart:
            marks.append((plain.count, .referenceStart))
            append([UInt8(ascii: "[")], at: here)
        case .referenceEnd:
            marks.append((plain.count, .referenceEnd))
            append([UInt8(ascii: "]")], at: here)
        case .start:
            break
        }
    }

    private mutating func append(_ bytes: [UInt8], at offset: Int) {
        plain += bytes
        offsets += repeatElement(offset, count: bytes.count)
    }

    /// Where the entity at `offset` ends, when it stands for `scalar`; its second scalar, if any, has no place.
    private func entityEnd(at offset: Int, _ scalar: Unicode.Scalar) -> Int? {
        let bytes = document.bytes
        let limit = min(offset + 40, bytes.count)
        guard let end = bytes[offset..<limit].firstIndex(of: UInt8(ascii: ";")) else {
            return nil
        }
        let name = String(decoding: bytes[offset + 1..<end], as: UTF8.self)
        guard scalar != "&" || ["amp", "AMP", "#38", "#x26", "#X26"].contains(name) else {
            return nil
        }
        return name.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "#") } && !name.isEmpty ? end + 1 : nil
    }

    private func isEscaped(_ index: Int) -> Bool {
        let offset = offsets[index]
        return offset < document.bytes.count && document.bytes[offset] != plain[index]
    }

    private mutating func emit() {
        let stops = Set(marks.lazy.filter { $0.meaning == .referenceStart }.map(\.index))
        let links = findsAddresses ? Autolinks.find(in: plain, isEnd: { stops.contains($0) }, isEscaped: isEscaped) : []
        var done = 0
        var mark = 0
        for link in links {
            while mark < marks.count, marks[mark].index < link.range.lowerBound {
                mark = emitMark(mark, from: &done, before: link.range.lowerBound)
            }
            emitText(done..<link.range.lowerBound)
            let text = Markup(
                .text(String(decoding: plain[link.range], as: UTF8.self)), range: range(link.range)
            )
            tokens.append(
                .markup(
                    Markup(.link(destination: link.destination, title: ""), children: [text], range: text.range)
                )
            )
            done = link.range.upperBound
            while mark < marks.count, marks[mark].index < done {
                mark += 1
            }
        }
        while mark < marks.count {
            mark = emitMark(mark, from: &done, before: plain.count)
        }
        emitText(done..<plain.count)
    }

    /// Emits the run or the reference at `marks[mark]`, and the text before it; returns the mark behind it.
    private mutating func emitMark(_ mark: Int, from done: inout Int, before end: Int) -> Int {
        let index = marks[mark].index
        switch marks[mark].meaning {
        case .delimiter(let byte, let opens, let closes):
            emitText(done..<index)
            var next = mark + 1
            while next < marks.count, marks[next].meaning == marks[mark].meaning,
                marks[next].index == marks[next - 1].index + 1, marks[next].index < end
            {
                next += 1
            }
            let run = DelimiterRun(
                byte: byte, count: next - mark, opens: opens, closes: closes, start: position(index)
            )
            tokens.append(.delimiter(run))
            done = index + next - mark
            return next
        case .referenceStart
        where mark + 1 < marks.count && marks[mark + 1].meaning == .referenceEnd
            && marks[mark + 1].index < end:
            emitText(done..<index)
            let closing = marks[mark + 1].index
            let label = String(decoding: plain[(index + 2)..<closing], as: UTF8.self)
            tokens.append(
                .markup(
                    Markup(
                        .footnoteReference(label: label, number: 0, occurrence: 0), range: range(index..<closing + 1)
                    )
                )
            )
            done = closing + 1
            return mark + 2
        default:
            return mark + 1
        }
    }

    private mutating func emitText(_ stretch: Range<Int>) {
        guard !stretch.isEmpty else {
            return
        }
        tokens.append(.markup(Markup(.text(String(decoding: plain[stretch], as: UTF8.self)), range: range(stretch))))
    }

    private func range(_ stretch: Range<Int>) -> SourceRange {
        let start = position(stretch.lowerBound)
        return SourceRange(start: start, end: max(start, position(stretch.upperBound)))
    }

    private func position(_ index: Int) -> SourcePosition {
        body.position(of: document.source(of: offsets[min(index, offsets.count - 1)]))
    }
}
