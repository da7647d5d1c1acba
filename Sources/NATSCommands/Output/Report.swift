/// A report in sections: headings, labelled values that end below one another, and lines of their own. It is drawn as
/// natscli draws it.
struct Report: Sendable {
    private enum Row {
        case value(label: String, String)
        case section(String)
        case line(String)
        case indent(Int)
    }

    private var heading: String
    private var rows: [Row] = []

    init(_ heading: String) {
        self.heading = heading
    }

    mutating func add(_ label: String, _ value: String) {
        rows.append(.value(label: label, value))
    }

    mutating func add(_ label: String, _ value: Int) {
        add(label, Humanized.count(value))
    }

    mutating func add(_ label: String, _ value: Bool) {
        add(label, value ? "true" : "false")
    }

    mutating func add(_ label: String, _ value: Duration) {
        add(label, CommandDuration.humanized(value))
    }

    mutating func add(_ label: String, ifAny value: String?) {
        if let value, !value.isEmpty {
            add(label, value)
        }
    }

    /// A limit, of which -1 and often zero mean that there is none.
    mutating func add(_ label: String, limit: Int, _ text: (Int) -> String = Humanized.count) {
        add(label, limit < 0 ? "unlimited" : text(limit))
    }

    /// Labelled values, in the order of their labels.
    mutating func add(_ values: [String: String]) {
        for (label, value) in values.sorted(by: { $0.key < $1.key }) {
            add(label, value)
        }
    }

    /// Several values below one label.
    mutating func add(_ label: String, each values: [String]) {
        for (index, value) in values.enumerated() {
            add(index == 0 ? label : "", value)
        }
    }

    mutating func section(_ title: String) {
        rows.append(.section(title))
    }

    /// A line as it is; an empty one separates, unless a heading stands right before it.
    mutating func line(_ text: String = "") {
        rows.append(.line(text))
    }

    /// Begins all that follows with so many blanks.
    mutating func indent(_ width: Int) {
        rows.append(.indent(width))
    }

    /// The report, with a line end.
    var text: String {
        let longest = rows.reduce(0) { longest, row in
            if case .value(let label, _) = row { max(longest, label.utf8.count) } else { longest }
        }
        var lines: [String] = heading.isEmpty ? [] : [heading, ""]
        var indent = ""
        var isAfterSection = false
        var isAfterBlank = true
        for row in rows {
            switch row {
            case .indent(let width):
                indent = String(repeating: " ", count: width)
                continue
            case .section(let title):
                if !isAfterSection, !isAfterBlank { lines.append("") }
                lines += [indent + title + (title.hasSuffix(":") ? "" : ":"), ""]
            case .value(let label, let value):
                let padding = String(repeating: " ", count: max(0, longest - label.count + 2))
                lines.append(label.isEmpty ? "\(indent)\(padding)  \(value)" : "\(indent)\(padding)\(label): \(value)")
            case .line(let text):
                if text.isEmpty, isAfterSection { continue }
                lines.append(text.isEmpty ? indent : "\(indent) \(text)")
            }
            if case .section = row { isAfterSection = true } else { isAfterSection = false }
            if case .line("") = row { isAfterBlank = true } else { isAfterBlank = false }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
