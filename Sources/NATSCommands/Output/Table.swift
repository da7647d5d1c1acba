/// A table in a frame with round corners, or in the notation that `NATS_TABLE_FORMAT` asks for.
struct Table: Sendable {
    enum Format: Sendable {
        case frame, markdown, csv, tsv

        /// What the environment asks for.
        init(environment: [String: String]) {
            switch environment["NATS_TABLE_FORMAT"]?.lowercased() {
            case "md", "markdown": self = .markdown
            case "csv": self = .csv
            case "tsv": self = .tsv
            default: self = .frame
            }
        }
    }

    var title: String
    var header: [String]
    private var rows: [[String]] = []

    init(_ title: String, header: [String]) {
        self.title = title
        self.header = header
    }

    /// Adds a row of as many cells as the header has.
    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    /// The table, with a line end.
    func text(format: Format = .frame) -> String {
        switch format {
        case .frame: frame
        case .markdown:
            ([header, header.map { _ in "---" }] + rows)
                .map { "| " + $0.map { $0.replacingBars }.joined(separator: " | ") + " |\n" }.joined()
        case .csv: ([header] + rows).map { $0.map(\.csvField).joined(separator: ",") + "\n" }.joined()
        case .tsv: ([header] + rows).map { $0.joined(separator: "\t") + "\n" }.joined()
        }
    }

    private var frame: String {
        let cells = rows.map { $0.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) } }
        let widths = header.indices.map { column in
            max(header[column].count, cells.flatMap { $0[column].map(\.count) }.max() ?? 0)
        }
        let inner = widths.reduce(widths.count - 1) { $0 + $1 + 2 }
        func rule(_ left: String, _ middle: String, _ right: String) -> String {
            left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
        }
        func line(_ cells: [String]) -> String {
            "│" + zip(cells, widths).map { " " + $0.padded(to: $1) + " " }.joined(separator: "│") + "│"
        }
        var lines = ["╭" + String(repeating: "─", count: inner) + "╮"]
        lines += HelpText.wrap(title, width: inner - 2).map { "│ " + $0.centered(in: inner - 2) + " │" }
        lines += [rule("├", "┬", "┤"), line(header), rule("├", "┼", "┤")]
        for row in cells {
            for number in 0..<(row.map(\.count).max() ?? 0) {
                lines.append(line(row.map { number < $0.count ? $0[number] : "" }))
            }
        }
        lines.append(rule("╰", "┴", "╯"))
        return lines.joined(separator: "\n") + "\n"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    fileprivate func centered(in width: Int) -> String {
        let space = max(0, width - count)
        return String(repeating: " ", count: space / 2) + self + String(repeating: " ", count: space - space / 2)
    }

    fileprivate var replacingBars: String {
        split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    fileprivate var csvField: String {
        guard contains(where: { ",\"\n\r".contains($0) }) else { return self }
        return "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
