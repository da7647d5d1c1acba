import Proving

/// Parts of an output that are others each time: times, durations, sizes, versions, identifiers.
enum Volatile {
    /// Whether what differs is nothing but such parts.
    static func areAlike(_ mismatch: Mismatch) -> Bool {
        func text(_ side: Mismatch.Side) -> [String] {
            mismatch.lines.filter { $0.side == side || $0.side == .both }.map { leveled($0.text) }
                .filter { !$0.isEmpty }
        }
        return text(.expected) == text(.actual)
    }

    /// A line with a name for each such part, and each run of blanks or of a table's lines as one.
    ///
    /// A bare number stays: whether there are 5 messages or 7 is what the page says.
    static func leveled(_ line: String) -> String {
        var text = line
        // Dates and times, from the longest form to the shortest.
        text.replace(
            /\d{4}[-\/]\d{2}[-\/]\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}(?: [A-Z]{3,5})?))?/,
            with: "#time")
        text.replace(
            /(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?(?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* +\d{1,4}(?:,? \d{4})?/,
            with: "#time")
        text.replace(#/\b\d{1,2}:\d{2}:\d{2}(?:\.\d+)?(?: ?[AP]M)?/#, with: "#time")
        text.replace(#/#time(?: #time)+/#, with: "#time")
        // Identifiers: UUIDs, keys, tokens, hashes, NUIDs.
        text.replace(#/\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b/#, with: "#id")
        text.replace(#/\beyJ[A-Za-z0-9_.-]{20,}/#, with: "#id")
        text.replace(#/\b[A-Z2-7]{52,58}\b/#, with: "#id")
        text.replace(#/\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{18,}\b/#, with: "#id")
        text.replace(#/\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7,}\b/#, with: "#id")
        text.replace(#/^\[\d+\] /#, with: "#pid ")
        text.replace(#/(?:127\.0\.0\.1|localhost|\[::1\]):\d{5}\b/#, with: "#address")
        // Speeds, sizes and durations, which have a unit.
        text.replace(#/\b\d[\d,.]* ?(?:(?:[KMGT]i?)?B|msgs|messages|bytes)/s(?:ec)?\b/#, with: "#speed")
        text.replace(#/\b\d[\d,.]* ?(?:[KMGT]i?B|B|bytes?)\b/#, with: "#size")
        text.replace(#/(?:\b\d+(?:h|m))*\b\d+(?:\.\d+)?(?:ns|us|µs|ms)\b/#, with: "#duration")
        text.replace(#/(?:\d+(?:d|h|m))*\d+\.\d+ ?s(?:ec|econds)?\b/#, with: "#duration")
        text.replace(#/\b(in|took|after|for|elapsed|uptime|ago|RTT):? \d+(?:s|m|h| seconds?| minutes?)\b/#) {
            "\($0.1) #duration"
        }
        // Versions.
        text.replace(#/\b(?:v|go)?\d+\.\d+\.\d+(?:[-+][A-Za-z0-9.]+)?(?!\.?\d)/#, with: "#version")
        text.replace(#/[─━═-]{3,}/#, with: "─")
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
