/// Launchpad itself could not do its work: another thing than a check that ran and failed.
package struct CouldNotRun: Error, Sendable, Hashable, CustomStringConvertible {
    /// What happened, in one sentence without a final full stop.
    package var message: String
    /// What to do next.
    package var help: String?

    package init(_ message: String, help: String? = nil) {
        self.message = message
        self.help = help
    }

    package var description: String {
        help.map { "\(message); \($0)" } ?? message
    }
}
