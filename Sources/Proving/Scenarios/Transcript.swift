/// A console block, taken apart: the commands behind their prompts, and what each shows as its output.
struct Transcript {
    struct Entry: Hashable {
        /// Without the prompt; continuation lines joined by `\n`.
        var command: String
        /// The line of the guide on which it starts.
        var line: Int
        /// What it shows; blank lines at the end left out.
        var output: [Expectation.Line] = []
    }

    /// A line that belongs to no command.
    struct Problem: Hashable {
        var message: String
        var line: Int
        var length: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var problems: [Problem] = []

    /// Reads a block whose first line is line `firstLine` of its guide.
    ///
    /// - `$ ` starts a command. Directly below it, lines that begin with `> ` (or are a bare `>`) continue it, and so does
    ///   any line below one that ends with an unescaped backslash.
    /// - `$ # …` is a comment, and so are lines that begin with `#` before the first prompt. A `$` alone is an idle prompt.
    /// - Everything else is what the command printed. A printed line that itself begins with `$ ` can't be shown: write a
    ///   placeholder in its place (`[..] text`); so it is with a first printed line that begins with `> `.
    init(text: String, firstLine: Int) {
        var state = State.before
        // Over bytes: comparing characters takes many times as long.
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for (offset, raw) in lines.enumerated() {
            let number = firstLine + offset
            let line = Substring(raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw)
            if state == .command, let continued = Self.continuation(line, of: entries[entries.count - 1].command) {
                entries[entries.count - 1].command += "\n" + continued
            } else if line == "$" || line.hasPrefix("$ ") {
                let command = line.dropFirst(2).drop { $0 == " " }
                if command.isEmpty || command.hasPrefix("#") {
                    state = .between
                } else {
                    entries.append(Entry(command: String(line.dropFirst(2)), line: number))
                    state = .command
                }
            } else if state == .command || state == .output {
                entries[entries.count - 1].output.append(Expectation.Line(text: String(line), number: number))
                state = .output
            } else if state != .reported, !OutputText.isBlank(line.utf8), !(state == .before && line.hasPrefix("#")) {
                problems.append(
                    Problem(
                        message: state == .before
                            ? "output before the first command" : "output behind a prompt without a command",
                        line: number,
                        length: max(line.utf8.count, 1)
                    )
                )
                // One message for a run of such lines.
                state = .reported
            }
        }
        for index in entries.indices {
            while let last = entries[index].output.last, OutputText.isBlank(last.text.utf8) {
                entries[index].output.removeLast()
            }
        }
    }

    private enum State {
        /// Before the first prompt.
        case before
        /// In a command, which the next line may continue.
        case command
        case output
        /// Behind a comment or an idle prompt.
        case between
        case reported
    }

    /// What `line` adds to `command`, or nil where it is no continuation of it.
    private static func continuation(_ line: Substring, of command: String) -> Substring? {
        if line == ">" { return "" }
        if line.hasPrefix("> ") { return line.dropFirst(2) }
        let backslashes = command.utf8.reversed().prefix { $0 == UInt8(ascii: "\\") }.count
        return backslashes % 2 == 1 ? line : nil
    }
}
