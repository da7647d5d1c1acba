/// The contents of all paragraphs, headings and table cells of a guide, written as one document for libcmark.
///
/// Each content becomes a paragraph of its own, outside all containers, behind a copy of the body that supplies the link
/// definitions. So libcmark's inline positions, which are unreliable inside containers, can be put right, and what the
/// extensions cut out of a paragraph is parsed as the rest is.
struct InlineDocument {
    /// A stretch of this document, and where it comes from.
    private struct Segment {
        var start: Int
        /// An offset in the body.
        var source: Int
    }

    /// The text of a paragraph, a heading or a cell without what belongs to the containers around it.
    struct Content {
        /// Lines joined by `\n`.
        var bytes: [UInt8] = []
        /// For each line, where it starts in `bytes` and in the body.
        var lines: [(start: Int, source: Int)] = []
        /// Whether the text stands where link definitions cannot be.
        var isCut = false
        var isCell = false
    }

    /// Where a content stands in this document.
    struct Placement {
        var firstLine: Int
        var lineCount: Int
    }

    private static let indentation = 4

    let markers: InlineMarkers
    private(set) var bytes: [UInt8]
    private(set) var placements: [Placement] = []
    /// The offset behind its indentation of each line from `firstLine` on.
    private(set) var lineStarts: [Int] = []
    private let firstLine: Int
    private var segments: [Segment] = []

    /// - Parameter definitions: lines that hold the link definitions, with markers.
    init(markers: InlineMarkers, definitions: [UInt8]) {
        self.markers = markers
        bytes = definitions
        if !bytes.isEmpty {
            bytes += "\n\n".utf8
        }
        firstLine = SourceText(bytes + [UInt8(ascii: "x")]).lineCount
    }

    /// Adds a content and returns its number.
    mutating func add(_ content: Content) -> Int {
        let placement = Placement(firstLine: firstLine + lineStarts.count, lineCount: content.lines.count)
        placements.append(placement)
        lineStarts.append(bytes.count)
        // Only what starts with a bracket can be a link definition, and nothing else that does is a block.
        if content.isCut || content.bytes.first != UInt8(ascii: "[") {
            segments.append(Segment(start: bytes.count, source: content.lines.first?.source ?? 0))
            bytes += markers.bytes(for: .start)
        }
        var line = 0
        for piece in InlineEncoder(markers: markers, bytes: content.bytes).pieces(escapesPipes: content.isCell) {
            if let replacement = piece.replacement {
                write(replacement, from: piece.source.lowerBound, of: content, line: line)
                continue
            }
            var start = piece.source.lowerBound
            while start < piece.source.upperBound {
                let lineEnd = line + 1 < content.lines.count ? content.lines[line + 1].start : content.bytes.count
                let end = min(lineEnd, piece.source.upperBound)
                write(content.bytes[start..<end], from: start, of: content, line: line)
                start = end
                if end == lineEnd, line + 1 < content.lines.count {
                    // Indented so far, no line begins another block.
                    bytes += repeatElement(UInt8(ascii: " "), count: Self.indentation)
                    line += 1
                    lineStarts.append(bytes.count)
                }
            }
        }
        segments.append(Segment(start: bytes.count, source: sourceEnd(of: content)))
        bytes += "\n\n".utf8
        lineStarts.append(bytes.count)
        return placements.count - 1
    }

    private mutating func write(_ stretch: some Collection<UInt8>, from start: Int, of content: Content, line: Int) {
        segments.append(
            Segment(start: bytes.count, source: content.lines[line].source + start - content.lines[line].start)
        )
        bytes += stretch
    }

    private func sourceEnd(of content: Content) -> Int {
        content.lines.last.map { $0.source + content.bytes.count - $0.start } ?? 0
    }

    /// The body's offset for an offset in this document.
    func source(of offset: Int) -> Int {
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].start <= offset {
                low = middle
            } else {
                high = middle
            }
        }
        guard low < segments.count else {
            return 0
        }
        let source = segments[low].source + max(0, offset - segments[low].start)
        // A marker is longer than what it stands for.
        return low + 1 < segments.count ? min(source, max(segments[low + 1].source, segments[low].source)) : source
    }

    /// The offset of a line and a column (both from 1) of a content, where columns begin behind the indentation.
    ///
    /// libcmark does not count the line breaks between a link's parentheses, so that later columns may lie far behind the
    /// end of their line.
    /// - Returns: the offset, and the line that it really lies on.
    func place(line: Int, column: Int, in content: Int) -> (offset: Int, line: Int) {
        let first = placements[content].firstLine - firstLine
        let last = first + placements[content].lineCount - 1
        let given = min(max(line - firstLine, first), last)
        let target = lineStarts[given] - Self.indentation * (given - first) + column - 1
        var low = given
        var high = last + 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] - Self.indentation * (middle - first) <= target {
                low = middle
            } else {
                high = middle
            }
        }
        return (min(max(target + Self.indentation * (low - first), 0), bytes.count), low + firstLine)
    }

    /// The number of the content that `line` belongs to, searched from content `start` on.
    func content(at line: Int, from start: Int) -> Int? {
        var index = start
        while index < placements.count, placements[index].firstLine + placements[index].lineCount <= line {
            index += 1
        }
        return index < placements.count && placements[index].firstLine <= line ? index : nil
    }

    func lineBytes(_ line: Int) -> ArraySlice<UInt8> {
        bytes[lineStarts[min(max(line - firstLine, 0), lineStarts.count - 1)]...]
    }
}
