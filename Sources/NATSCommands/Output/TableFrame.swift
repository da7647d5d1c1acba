/// How a table is drawn: which lines its frame has, in which colour, and how wide it may get.
struct TableFrame: Sendable {
    /// Whether the lines are double ones.
    var isDouble = false
    /// The number of the terminal's colour for the lines.
    var color: Int?
    /// The terminal's width: what does not fit is cut off.
    var width: Int?

    /// What stands at the end of a line that was cut.
    private static let unfinished = " ≈"
    private static let colors = ["red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36]
    private static let doubles: [Character: Character] = [
        "╭": "╔", "╮": "╗", "╰": "╚", "╯": "╝", "─": "═", "│": "║", "├": "╠", "┤": "╣", "┬": "╦", "┴": "╩", "┼": "╬",
    ]

    /// A part of a line: a piece of the frame, or what stands in it.
    private struct Piece {
        var text: String
        var isFrame: Bool
    }

    init() {}

    /// What a terminal gets: its width, and the colour scheme unless the environment wants none.
    init(scheme: String, environment: [String: String], width: Int) {
        self.width = width
        isDouble = scheme == "double"
        let refusal = environment["NO_COLOR"] ?? ""
        guard environment["FORCE_COLOR"] == "1" || (["", "0"].contains(refusal) && environment["TERM"] != "dumb") else {
            return
        }
        color = Self.colors[scheme]
    }

    /// The table with all its lines.
    func text(of table: Table) -> String {
        let body = table.rows.map(Self.cells)
        let head = Self.cells(table.header)
        let foot = table.footer.map(Self.cells)
        let all = [head] + body + (foot.map { [$0] } ?? [])
        let widths = table.header.indices.map { column in all.flatMap { $0[column].map(\.count) }.max() ?? 0 }
        let inner = widths.reduce(widths.count - 1) { $0 + $1 + 2 }
        func drawn(_ cells: [[String]]) -> [[Piece]] { self.lines(of: cells, widths, table.numericColumns) }

        var lines: [[Piece]] = []
        if !table.title.isEmpty {
            let room = min(inner, (width ?? .max) - 2)
            lines.append([Piece(text: "╭" + String(repeating: "─", count: room) + "╮", isFrame: true)])
            lines += HelpText.wrap(table.title, width: room - 2).map { line in
                [
                    Piece(text: "│", isFrame: true),
                    Piece(text: " " + line.centered(in: room - 2) + " ", isFrame: false),
                    Piece(text: "│", isFrame: true),
                ]
            }
        }
        let top = table.title.isEmpty ? ("╭", "┬", "╮") : ("├", "┬", "┤")
        lines.append(rule(widths, top))
        lines += drawn(head)
        lines.append(rule(widths, ("├", "┼", "┤")))
        for cells in body {
            lines += drawn(cells)
        }
        if let foot {
            lines.append(rule(widths, ("├", "┼", "┤")))
            lines += drawn(foot)
        }
        lines.append(rule(widths, ("╰", "┴", "╯")))
        return lines.map { painted(cut($0)) + "\n" }.joined()
    }

    private static func cells(_ row: [String]) -> [[String]] {
        row.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    }

    private func rule(_ widths: [Int], _ corners: (left: String, middle: String, right: String)) -> [Piece] {
        let dashes = widths.map { String(repeating: "─", count: $0 + 2) }
        return [Piece(text: corners.left + dashes.joined(separator: corners.middle) + corners.right, isFrame: true)]
    }

    private func lines(of row: [[String]], _ widths: [Int], _ numeric: Set<Int>) -> [[Piece]] {
        (0..<(row.map(\.count).max() ?? 0)).map { number in
            var pieces = [Piece(text: "│", isFrame: true)]
            for (column, cell) in row.enumerated() {
                let text = number < cell.count ? cell[number] : ""
                let blanks = String(repeating: " ", count: max(0, widths[column] - text.count))
                let set = numeric.contains(column) ? blanks + text : text + blanks
                pieces += [Piece(text: " \(set) ", isFrame: false), Piece(text: "│", isFrame: true)]
            }
            return pieces
        }
    }

    /// The line, if it fits, or what of it fits.
    private func cut(_ line: [Piece]) -> [Piece] {
        guard let width, line.reduce(0, { $0 + $1.text.count }) > width else { return line }
        var room = max(0, width - Self.unfinished.count)
        var kept: [Piece] = []
        for piece in line where room > 0 {
            kept.append(Piece(text: String(piece.text.prefix(room)), isFrame: piece.isFrame))
            room -= piece.text.count
        }
        return kept + [Piece(text: Self.unfinished, isFrame: false)]
    }

    private func painted(_ line: [Piece]) -> String {
        line.map { piece in
            guard piece.isFrame else { return piece.text }
            let text = isDouble ? String(piece.text.map { Self.doubles[$0] ?? $0 }) : piece.text
            return color.map { "\u{1B}[\($0)m\(text)\u{1B}[0m" } ?? text
        }.joined()
    }
}

extension String {
    fileprivate func centered(in width: Int) -> String {
        let space = max(0, width - count)
        return String(repeating: " ", count: space / 2) + self + String(repeating: " ", count: space - space / 2)
    }
}
