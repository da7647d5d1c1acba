/// A report of labelled values: a heading, then one line for each, the labels ending below one another.
struct Columns: Sendable {
    var heading: String
    private var rows: [(label: String, value: String)] = []

    init(_ heading: String) {
        self.heading = heading
    }

    /// Adds a line, unless there is no value.
    mutating func add(_ label: String, _ value: String) {
        if !value.isEmpty {
            rows.append((label, value))
        }
    }

    /// The report, with a line end.
    var text: String {
        let longest = rows.map(\.label.count).max() ?? 0
        let lines = rows.map { label, value in
            String(repeating: " ", count: longest - label.count + 2) + label + ": " + value
        }
        return ([heading, ""] + lines).joined(separator: "\n") + "\n"
    }
}
