import Foundation

/// Prints what was measured of two sides in the same rounds: medians, and the ratio with its spread.
enum Table {
    static func header(_ left: String, _ right: String) {
        let title = String(repeating: " ", count: 34)
        let sides = [left, right].map { String(repeating: " ", count: max(0, 12 - $0.count)) + $0 }
        write("\(title) \(sides.joined(separator: "   "))     ratio   (lowest to highest)   bar")
    }

    /// - Parameter name: what was measured, with its unit.
    /// - Returns: whether the bar holds for the median of the rounds' ratios.
    static func row(_ name: String, _ left: [Double], _ right: [Double], _ bar: Scenario.Bar) -> Bool {
        let ratios = zip(left, right).map { $0 / $1 }.sorted()
        let ratio = ratios[ratios.count / 2]
        let holds = bar.holds(ratio)
        let title = name.padding(toLength: 34, withPad: " ", startingAt: 0)
        let sides = [left, right].map { format($0.sorted()[$0.count / 2]) }.joined(separator: "   ")
        let spread = String(format: "%7.2f   (%.2f to %.2f)", ratio, ratios[0], ratios[ratios.count - 1])
        let limit =
            switch bar {
            case .atLeast(let least): "≥ \(least)"
            case .atMost(let most): "≤ \(most)"
            }
        write("\(title) \(sides)   \(spread)   \(limit) \(holds ? "" : "  MISSED")")
        return holds
    }

    /// Writes a line at once: a run takes minutes, and its output often goes through a pipe.
    private static func write(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private static func format(_ number: Double) -> String {
        String(format: number < 1000 ? "%12.2f" : "%12.0f", number)
    }
}
