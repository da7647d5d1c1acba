/// What became of the examples of some documentation.
package struct AdoptionReport: Codable, Sendable, Hashable {
    package enum Outcome: String, Codable, Sendable, Hashable, CaseIterable {
        /// It prints what the page shows.
        case asPrinted
        /// It prints what the page shows, but for times, identifiers and other figures of a moment.
        case alike
        /// It ends well, and the page shows nothing to compare with.
        case works
        /// It ends well and prints something else.
        case otherOutput
        /// It fails.
        case fails
        /// It was not run: something is missing here, or a reader must fill something in.
        case cannotRun

        var words: String {
            switch self {
            case .asPrinted: "work as printed"
            case .alike: "work as printed, but for times, identifiers and figures"
            case .works: "work, and show no output to compare with"
            case .otherOutput: "work with other output"
            case .fails: "fail"
            case .cannotRun: "cannot run here"
            }
        }

        var symbol: String {
            switch self {
            case .asPrinted, .alike, .works: "✓"
            case .otherOutput: "≠"
            case .fails: "✗"
            case .cannotRun: "-"
            }
        }
    }

    /// One block with commands.
    package struct Example: Codable, Sendable, Hashable {
        /// The line of its fence, in the page as it was found.
        package var line: Int
        /// Its first command.
        package var command: String
        package var outcome: Outcome
        /// Why, where it does not work as printed.
        package var reason: String?
        /// How the output differs: lines of the page with `-`, what was printed with `+`.
        package var difference: [String]
    }

    /// One page with examples.
    package struct Page: Codable, Sendable, Hashable {
        /// As it was named or found.
        package var path: String
        package var examples: [Example]
        /// What keeps the page as a whole from being tried or written, with lines.
        package var problems: [String]
        /// What was put in place of what the page takes for granted, such as a server.
        package var assumptions: [String]
    }

    package var pages: [Page]

    package init(pages: [Page]) {
        self.pages = pages
    }

    package func count(_ outcome: Outcome? = nil) -> Int {
        pages.flatMap(\.examples).count { outcome == nil || $0.outcome == outcome }
    }

    /// For people.
    ///
    /// - Parameter isVerbose: list also what works, and show differences in full.
    package func text(isVerbose: Bool) -> String {
        var text = ""
        for page in pages {
            let shown = page.examples.filter { isVerbose || ![.asPrinted, .alike, .works].contains($0.outcome) }
            let works =
                page.examples.count - page.examples.count { ![.asPrinted, .alike, .works].contains($0.outcome) }
            text += "\(page.path)  \(works) of \(page.examples.count) work\n"
            for assumption in page.assumptions { text += "  (\(assumption))\n" }
            for problem in page.problems { text += "  ! \(problem)\n" }
            for example in shown {
                text += "  \(example.outcome.symbol) \(example.line): \(Self.cut(example.command, to: 70))"
                text += example.reason.map { ": \(Self.cut($0, to: 160))" } ?? ""
                text += "\n"
                let lines = isVerbose ? example.difference : Array(example.difference.prefix(6))
                for line in lines { text += "      \(line)\n" }
                if lines.count < example.difference.count {
                    text += "      (\(example.difference.count - lines.count) more lines; --verbose shows them)\n"
                }
            }
        }
        return text + (text.isEmpty ? "" : "\n") + summary
    }

    /// Counts by outcome.
    package var summary: String {
        var text = "\(count()) examples in \(pages.count) page\(pages.count == 1 ? "" : "s"):\n"
        for outcome in Outcome.allCases where count(outcome) > 0 {
            let number = String(count(outcome))
            text += String(repeating: " ", count: max(0, 6 - number.count)) + "\(number) \(outcome.words)\n"
        }
        let problems = pages.count { !$0.problems.isEmpty }
        if problems > 0 { text += "\(problems) of the pages could not be tried\n" }
        return text
    }

    private static func cut(_ text: String, to length: Int) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count > length ? line.prefix(length - 1) + "…" : line
    }
}
