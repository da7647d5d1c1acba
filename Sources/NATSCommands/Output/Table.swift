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
    /// A last row that is set apart, such as totals.
    var footer: [String]?
    /// The columns that hold plain numbers, counted from 0: they are set to the right.
    var numericColumns: Set<Int> = []
    private(set) var rows: [[String]] = []

    init(_ title: String, header: [String], numericColumns: Set<Int> = []) {
        self.title = title
        self.header = header
        self.numericColumns = numericColumns
    }

    /// Adds a row of as many cells as the header has.
    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    /// The table, with a line end.
    func text(format: Format = .frame, frame look: TableFrame = TableFrame()) -> String {
        let all = [header] + rows + (footer.map { [$0] } ?? [])
        switch format {
        case .frame: return look.text(of: self)
        case .markdown:
            let body = [header, header.map { _ in "---" }] + all.dropFirst()
            return body.map { "| " + $0.map { $0.replacingBars }.joined(separator: " | ") + " |\n" }.joined()
        case .csv: return all.map { $0.map(\.csvField).joined(separator: ",") + "\n" }.joined()
        case .tsv: return all.map { $0.joined(separator: "\t") + "\n" }.joined()
        }
    }
}

extension String {
    fileprivate var replacingBars: String {
        split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    fileprivate var csvField: String {
        guard contains(where: { ",\"\n\r".contains($0) }) else { return self }
        return "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
