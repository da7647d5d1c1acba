/// One thing that is wrong with a configuration, in nats-server's words.
package struct ConfigProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, without the place.
    package var message: String
    /// Where it is wrong; nil for what no single place is to blame for, such as a file that can't be opened.
    package var position: ConfigPosition?
    /// Whether nats-server puts the place before the message. It does so for options, not for syntax.
    package var leadsWithPosition: Bool

    package init(_ message: String, at position: ConfigPosition?, leadsWithPosition: Bool = true) {
        self.message = message
        self.position = position
        self.leadsWithPosition = leadsWithPosition
    }

    /// The line that nats-server prints for it.
    package var description: String {
        if leadsWithPosition, let position {
            return "\(position): \(message)"
        }
        return message
    }

    /// The line that nats-server prints, with the place added where nats-server leaves it out.
    package var located: String {
        guard !leadsWithPosition, let position else { return description }
        return "\(message) (\(position.file):\(position.line):\(position.columnFromOne))"
    }
}

/// A configuration that was refused, with every reason.
package struct ConfigRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// How far the configuration came.
    package enum Stage: Sendable, Hashable {
        /// The text could not be read or is not in the configuration language: there is one problem.
        case reading
        /// The text was understood, but the options in it were not: every problem is listed.
        case options
        /// The options contradict each other or the server: there is one problem.
        case start
        /// A server that has begun to start gives up: nats-server logs the one problem as fatal, `[FTL]`, instead of
        /// printing it.
        case fatal
        /// nats-server would start with it, but the bundled broker does not have what it asks for.
        case unsupported
    }

    package var stage: Stage
    package var problems: [ConfigProblem]
    package var warnings: [ConfigProblem]

    package init(_ stage: Stage, _ problems: [ConfigProblem], warnings: [ConfigProblem] = []) {
        self.stage = stage
        self.problems = problems
        self.warnings = warnings
    }

    /// What nats-server prints after `nats-server: `: warnings first, each problem on its own line.
    ///
    /// A list of problems ends with a line break of its own, so that nats-server's output ends with an empty line.
    package var description: String {
        switch stage {
        case .reading, .start, .fatal:
            problems.map(\.description).joined(separator: "\n")
        case .options, .unsupported:
            (warnings + problems).map { $0.description + "\n" }.joined()
        }
    }
}
