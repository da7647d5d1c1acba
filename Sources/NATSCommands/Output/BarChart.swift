/// Bars made of blocks, for numbers that are easier to compare than to read.
enum BarChart {
    private static let width = 30

    /// One bar for each named value, the smallest first; their lengths show how far they lie apart.
    static func text(_ values: [String: Double], caption: String, _ number: (Double) -> String) -> String {
        let longest = values.keys.map(\.count).max() ?? 0
        let (low, high) = (values.values.min() ?? 0, values.values.max() ?? 0)
        let step = (high == low ? high : high - low) / Double(width)
        let lines = values.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { name, value in
            let blocks = value == 0 ? 0 : low == high ? width : Int((value - low) / step)
            let bar = blocks == 0 ? "▏" : String(repeating: "█", count: blocks)
            return "\(String(repeating: " ", count: longest - name.count + 2))\(name): \(bar) (\(number(value)))"
        }
        return ([caption, ""] + lines).joined(separator: "\n")
    }

    /// A bar for each of several ranges of times, which are `unit` milliseconds wide.
    static func text(_ counts: [Double], unit: Int, caption: String) -> String {
        let high = max(1, counts.max() ?? 1)
        let lines = counts.enumerated().map { index, count in
            let label = "\(index * unit)ms"
            let bar = String(repeating: "█", count: Int(count / high * Double(width)))
            return "\(String(repeating: " ", count: max(0, 8 - label.count)))\(label): \(bar) \(Int(count))"
        }
        return (lines + ["", "  " + caption]).joined(separator: "\n")
    }
}
