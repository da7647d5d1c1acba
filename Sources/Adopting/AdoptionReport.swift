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
        /// Lines that have placeholders now, where it is only for these that it works as printed.
        package var placeholders: [String] = []

        /// Whether it does what the page says.
        var works: Bool { [.asPrinted, .alike, .works].contains(outcome) }
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

        package init(
            path: String, examples: [Example] = [], problems: [String] = [], assumptions: [String] = []
        ) {
            self.path = path
            self.examples = examples
            self.problems = problems
            self.assumptions = assumptions
        }
    }

    package var pages: [Page]

    package init(pages: [Page]) {
        self.pages = pages
    }

    package func count(_ outcome: Outcome? = nil) -> Int {
        pages.flatMap(\.examples).count { outcome == nil || $0.outcome == outcome }
    }
}
