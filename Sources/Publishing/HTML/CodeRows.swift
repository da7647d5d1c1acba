/// Cuts the HTML of a block into rows, one element a line, for blocks with line numbers, marks or a diff's colours.
///
/// An element that goes over several lines is closed at each line's end and opened again on the next one, so that the
/// text stays exactly what it was.
struct CodeRows {
    /// Lines that stand out, from 1.
    var marked: [ClosedRange<Int>] = []
    /// Whether a line's first character says that it is new (`+`) or gone (`-`).
    var isDiff = false

    /// - Parameter html: text and properly nested elements; `<` and `>` stand in tags alone.
    /// - Returns: the rows, and how many there are.
    func rows(of html: [UInt8]) -> (html: [UInt8], count: Int) {
        var rows: [UInt8] = []
        rows.reserveCapacity(html.count + html.count / 4)
        var open: [Range<Int>] = []
        var count = 0
        var index = 0
        while index < html.count {
            count += 1
            let end = html[index...].firstIndex(of: UInt8(ascii: "\n")) ?? html.count
            rows += "<span class=\"row\(classes(of: count, Self.firstCharacter(in: html[index..<end])))\">".utf8
            for tag in open { rows += html[tag] }
            rows += html[index..<end]
            Self.follow(html, index..<end, &open)
            for _ in open { rows += "</span>".utf8 }
            // What is closed behind the last line's end belongs to that line.
            index = min(end + 1, html.count)
            if Self.firstCharacter(in: html[index...]) == nil {
                index = html.count
            }
            rows += "\n</span>".utf8
        }
        return (rows, count)
    }

    private func classes(of line: Int, _ first: UInt8?) -> String {
        var classes = marked.contains { $0.contains(line) } ? " hit" : ""
        if isDiff, first == UInt8(ascii: "+") { classes += " ins" }
        if isDiff, first == UInt8(ascii: "-") { classes += " del" }
        return classes
    }

    /// The first byte that is not part of a tag; nil where there are only tags.
    private static func firstCharacter(in line: ArraySlice<UInt8>) -> UInt8? {
        var rest = line
        while rest.first == UInt8(ascii: "<"), let close = rest.firstIndex(of: UInt8(ascii: ">")) {
            rest = rest[(close + 1)...]
        }
        return rest.first
    }

    /// Keeps `open` what it is behind `line`: the opening tags whose elements are not closed yet.
    private static func follow(_ html: [UInt8], _ line: Range<Int>, _ open: inout [Range<Int>]) {
        var index = line.lowerBound
        while let start = html[index..<line.upperBound].firstIndex(of: UInt8(ascii: "<")),
            let close = html[start..<line.upperBound].firstIndex(of: UInt8(ascii: ">"))
        {
            if html[start + 1] == UInt8(ascii: "/") {
                _ = open.popLast()
            } else {
                open.append(start..<close + 1)
            }
            index = close + 1
        }
    }
}
