/// What an audit of the project found out, as far as the proof page tells it.
package struct AuditSummary: Sendable, Hashable {
    /// A change that no check noticed.
    package struct Gap: Sendable, Hashable {
        /// The guide's path and the line in it.
        package var guide: String
        package var line: Int
        /// The file and its line, or the block.
        package var place: String
        /// What was changed: `4222 → 4223`.
        package var change: String

        package init(guide: String, line: Int, place: String, change: String) {
            self.guide = guide
            self.line = line
            self.place = place
            self.change = change
        }
    }

    /// `73 of 80 changes were noticed (91 %)`
    package var sentence: String
    /// ISO 8601, in UTC.
    package var startedAt: String
    package var gaps: [Gap]

    package init(sentence: String, startedAt: String, gaps: [Gap]) {
        self.sentence = sentence
        self.startedAt = startedAt
        self.gaps = gaps
    }
}
