/// What a command must print, as its guide shows it.
package struct Expectation: Sendable, Hashable {
    /// How the lines are compared (`match=`).
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        /// The shown lines are all that is printed, in this order.
        case exact
        /// The same, each line being a regular expression for a whole printed line.
        case regex
        /// Values are compared as JSON: white space, the order of keys and the way a number is written don't count.
        case json
        /// Each shown line is printed once, in any order, and nothing else unless a `...` takes it.
        case unordered
        /// The shown lines are printed one directly after the other, with anything before and after them. Lines that need not
        /// be neighbours have a `...` between them.
        case contains
    }

    /// One line of a guide.
    package struct Line: Sendable, Hashable {
        package var text: String
        /// Its line number in the guide, from 1.
        package var number: Int

        package init(text: String, number: Int) {
            self.text = text
            self.number = number
        }
    }

    package var mode: Mode
    package var lines: [Line]

    package init(mode: Mode = .exact, lines: [Line]) {
        self.mode = mode
        self.lines = lines
    }
}

/// The values that typed placeholders (`[name:int]`) have taken so far in a guide; exported to later commands as `$name`.
package struct Bindings: Sendable, Hashable {
    package var values: [String: String]
    /// The line of the guide on which each of them was captured; for explanations.
    package var lines: [String: Int]

    package init(values: [String: String] = [:], lines: [String: Int] = [:]) {
        self.values = values
        self.lines = lines
    }
}

/// What comparing an output with an expectation came to.
package enum MatchOutcome: Sendable, Hashable {
    /// Matched; the bindings with what was captured added.
    case matched(Bindings)
    case mismatched(Mismatch)
}
