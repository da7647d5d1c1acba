/// What a command must print, as its guide shows it.
package struct Expectation: Sendable, Hashable {
    /// How the lines are compared (`match=`).
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        case exact, regex, json, unordered, contains
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
package struct Bindings: Sendable, Hashable, Codable {
    package var values: [String: String]

    package init(values: [String: String] = [:]) {
        self.values = values
    }
}

/// What comparing an output with an expectation came to.
package enum MatchOutcome: Sendable, Hashable {
    /// Matched; the bindings with what was captured added.
    case matched(Bindings)
    case mismatched(Mismatch)
}
