/// How far engines agree: the same guides, run on each, and where they come to another end or print other lines.
package struct EngineComparison: Sendable {
    /// A check that is not the same everywhere.
    package struct Difference: Sendable, Hashable {
        package var guide: String
        package var block: String
        package var line: Int
        /// What it came to, by the engine's name.
        package var states: [String: ProofState]
        /// The lines that one engine prints and another does not, by the engine's name; without what differs from run to run.
        package var lines: [String: [String]]
    }

    /// Engines that are not here, with the reason.
    package var missing: [(engine: String, reason: String)] = []
    private var ledgers: [Ledger] = []

    package init() {}

    package mutating func add(_ ledger: Ledger) {
        ledgers.append(ledger)
    }

    /// In the order of the guides. What was left out on an engine says nothing about it.
    package var differences: [Difference] {
        var found: [Difference] = []
        for (guide, block) in checks {
            var proofs: [String: BlockProof] = [:]
            for ledger in ledgers {
                let proof = ledger.guides.first { $0.path == guide }?.blocks.first { $0.name == block }
                if let proof, proof.state != .skipped { proofs[ledger.engine.name] = proof }
            }
            let shapes = proofs.mapValues(\.outputShape)
            guard Set(proofs.values.map(\.state)).count > 1 || Set(shapes.values).count > 1 else { continue }
            let common = shapes.values.reduce(shapes.values.first ?? []) { $0.intersection($1) }
            found.append(
                Difference(
                    guide: guide, block: block, line: proofs.values.first?.line ?? 1, states: proofs.mapValues(\.state),
                    lines: shapes.mapValues { $0.subtracting(common).sorted() }))
        }
        return found
    }

    /// Every check of any engine, once.
    private var checks: [(guide: String, block: String)] {
        var seen: Set<[String]> = []
        return ledgers.flatMap(\.guides).sorted { $0.path < $1.path }.flatMap { guide in
            guide.blocks.filter { seen.insert([guide.path, $0.name]).inserted }.map { (guide.path, $0.name) }
        }
    }

    /// For people, in plain text.
    package var text: String {
        var text = ""
        for ledger in ledgers {
            let counts = LedgerCounts(ledger)
            text += "\(ledger.engine.name): \(counts.text) in \(ReportText.duration(ledger.durationMilliseconds))\n"
        }
        for (engine, reason) in missing { text += "\(engine): not run: \(reason)\n" }
        let names = ledgers.map(\.engine.name)
        guard names.count > 1 else { return text + "there is nothing to compare: one engine alone was run\n" }
        let found = differences
        guard !found.isEmpty else {
            return text + "no check differs between \(names.joined(separator: " and "))\n"
        }
        text += "\ndifferences between \(names.joined(separator: ", ")):\n"
        for difference in found {
            text += "  \(difference.guide):\(difference.line): \(difference.block)"
            if Set(difference.states.values).count > 1 {
                let states = names.compactMap { name in
                    difference.states[name].map { "\(name) \(LedgerCounts.word($0))" }
                }
                text += ": " + states.joined(separator: ", ")
            }
            text += "\n"
            text += Self.lines(difference, names)
        }
        return text
    }

    /// The lines that only some engines print; engines that print the same ones are named together.
    private static func lines(_ difference: Difference, _ names: [String]) -> String {
        var groups: [(names: [String], lines: [String])] = []
        for name in names {
            guard let lines = difference.lines[name], !lines.isEmpty else { continue }
            if let index = groups.firstIndex(where: { $0.lines == lines }) {
                groups[index].names.append(name)
            } else {
                groups.append(([name], lines))
            }
        }
        return groups.map { group in
            let others = groups.filter { $0.names != group.names }.flatMap(\.lines)
            let more = group.lines.count - shownLines
            let shown =
                group.lines.prefix(shownLines).map { OutputShape.excerpt(of: $0, besides: others) }
                + (more > 0 ? ["and \(more) more"] : [])
            return shown.map { "    \(group.names.joined(separator: ", ")): \($0)\n" }.joined()
        }.joined()
    }

    /// How many lines of an engine are shown of each check.
    private static let shownLines = 3
}

extension BlockProof {
    /// What its commands printed, without what differs from run to run: numbers, identifiers, the widths of columns and the order
    /// of lines.
    var outputShape: Set<String> {
        Set(steps.flatMap { OutputShape.lines(of: $0.output) })
    }

    /// The same in lower-case hexadecimal SHA-256.
    var outputShapeHash: String {
        var fields = HashFields()
        for line in outputShape.sorted() { fields.add("line", line) }
        return fields.hash
    }
}

/// What stays the same of an output when the command is run again.
enum OutputShape {
    /// The part of a long line where it leaves the one of `others` that begins most like it.
    static func excerpt(of line: String, besides others: [String]) -> String {
        guard line.count > excerptLength else { return line }
        let common = others.map { zip(line, $0).prefix { $0 == $1 }.count }.max() ?? 0
        let start = max(0, min(common - excerptLead, line.count - excerptLength))
        let end = min(line.count, start + excerptLength)
        return (start > 0 ? "…" : "") + line.dropFirst(start).prefix(end - start) + (end < line.count ? "…" : "")
    }

    /// In characters: what a terminal shows in a line beside the names of engines, and how much of it is common with other lines.
    private static let excerptLength = 100
    private static let excerptLead = 40

    static func lines(of output: String) -> [String] {
        output.split(separator: "\n").map { line(String($0)) }.filter { !$0.isEmpty }
    }

    private static let units = ["ns", "µs", "us", "ms", "s", "m", "h"]

    private static func line(_ text: String) -> String {
        var words: [String] = []
        for word in text.split(whereSeparator: { $0.isWhitespace || "─━═-╌╭╮╰╯│┃".contains($0) }) {
            let shape = self.word(word)
            // "1.5 s" and "300 ms" are lengths of time, too.
            words.append(words.last == "0" && units.contains(shape) ? "s" : shape)
        }
        return words.joined(separator: " ")
    }

    private static func word(_ word: Substring) -> String {
        var result = ""
        for run in split(word) {
            let digits = run.filter(\.isNumber).count
            let isRandom = run.count >= 12 || run.count >= 8 && run.contains(where: \.isUppercase)
            if isRandom && digits > 0 && digits < run.count || isNodeName(run) {
                result += "#"
            } else if let first = run.first, first.isNumber {
                let unit = run.drop { $0.isNumber }
                // Durations change their unit with their length.
                result += "0" + (units.contains(String(unit)) ? "s" : unit)
            } else {
                result += run.reduce(into: "") { text, character in
                    if !character.isNumber { text.append(character) } else if text.last != "0" { text.append("0") }
                }
            }
        }
        // 1.5 and 2 are both numbers.
        while let range = result.firstRange(of: "0.0") ?? result.firstRange(of: "0:0") {
            result.replaceSubrange(range, with: "0")
        }
        return result
    }

    /// The eight letters that a server names itself by in a cluster may be without a digit, too.
    private static func isNodeName(_ run: Substring) -> Bool {
        run.count == 8 && zip(run, run.dropFirst()).count { $0.isLowercase && $1.isUppercase } >= 2
    }

    /// Runs of letters and digits, and what stands between them.
    private static func split(_ word: Substring) -> [Substring] {
        var parts: [Substring] = []
        var rest = word
        while let first = rest.first {
            let isWord = first.isLetter || first.isNumber
            let part = rest.prefix { ($0.isLetter || $0.isNumber) == isWord }
            parts.append(part)
            rest = rest[part.endIndex...]
        }
        return parts
    }
}
