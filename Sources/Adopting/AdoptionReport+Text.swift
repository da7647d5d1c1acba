extension AdoptionReport {
    /// For people: counts first, then the pages.
    ///
    /// - Parameters:
    ///   - isVerbose: list also what works, and show differences in full.
    ///   - width: the columns of the terminal; nil where there is none, and then nothing is cut.
    package func text(isVerbose: Bool, width: Int?) -> String {
        var text = summary(width: width)
        for page in pages {
            let shown = page.examples.filter { isVerbose || !$0.works || $0.outcome == .alike }
            let works = page.examples.count { $0.works }
            text += "\n\(page.path)"
            text += page.examples.isEmpty ? "\n" : "  \(works) of \(page.examples.count) work\n"
            for assumption in page.assumptions { text += Self.fold("(\(assumption))", after: "  ", width) }
            for problem in page.problems { text += Self.fold(problem, after: "  ! ", width) }
            for example in shown { text += Self.lines(of: example, isVerbose: isVerbose, width) }
        }
        return text
    }

    /// Counts by outcome, and why examples could not run.
    package func summary(width: Int?) -> String {
        let tried = pages.count { !$0.examples.isEmpty }
        var text = "\(Self.number(count(), "example")) in \(Self.number(tried, "page")):\n"
        for outcome in Outcome.allCases where count(outcome) > 0 {
            text += Self.fold(outcome.words, after: "\(Self.padded(count(outcome), to: 6)) ", width)
            guard outcome == .cannotRun else { continue }
            let reasons = Self.grouped(pages.flatMap(\.examples).filter { $0.outcome == .cannotRun }.map(Self.group))
            for reason in reasons.prefix(12) {
                text += Self.cut("\(Self.padded(reason.count, to: 12)) \(reason.text)", to: width) + "\n"
            }
            let rest = reasons.dropFirst(12)
            if !rest.isEmpty {
                text += "\(Self.padded(rest.reduce(0) { $0 + $1.count }, to: 12)) for \(rest.count) other reasons\n"
            }
        }
        let troubled = pages.count { !$0.problems.isEmpty }
        if troubled > 0 {
            let words = "\(troubled == 1 ? "page is" : "pages are") not as Launchpad reads them, see below"
            text += Self.fold(words, after: "\(Self.padded(troubled, to: 6)) ", width)
        }
        return text
    }

    // MARK: Parts

    private static func lines(of example: Example, isVerbose: Bool, _ width: Int?) -> String {
        let head = "  \(example.outcome.symbol) \(example.line): "
        let line = cut(head + cut(example.command, to: width == nil ? 120 : nil), to: width)
        var text = line + "\n"
        if let reason = example.reason { text += fold(reason, after: "      ", width) }
        if example.outcome == .alike, !isVerbose {
            for line in example.placeholders.prefix(3) { text += cut("      \(line)", to: width) + "\n" }
            return text + more(example.placeholders.count - 3)
        }
        let lines = isVerbose ? example.difference : Array(example.difference.prefix(6))
        for line in lines { text += isVerbose ? "      \(line)\n" : cut("      \(line)", to: width) + "\n" }
        text += more(example.difference.count - lines.count)
        if isVerbose, !example.placeholders.isEmpty {
            text += "      written as:\n" + example.placeholders.map { "      \($0)\n" }.joined()
        }
        return text
    }

    private static func more(_ count: Int) -> String {
        count > 0 ? "      (\(number(count, "more line")); --verbose shows them)\n" : ""
    }

    /// What stands for a reason where they are counted: what is missing, without which one.
    private static func group(_ example: Example) -> String {
        let reason = example.reason ?? "no reason"
        if reason.hasPrefix("may build on line") { return "may build on an example that does not work here" }
        return reason.firstRange(of: ": ").map { String(reason[..<$0.lowerBound]) } ?? reason
    }

    /// Texts with how often each is there, the most frequent first.
    private static func grouped(_ texts: [String]) -> [(text: String, count: Int)] {
        Dictionary(grouping: texts) { $0 }.map { (text: $0.key, count: $0.value.count) }
            .sorted { ($1.count, $0.text) < ($0.count, $1.text) }
    }

    private static func number(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, width - digits.count)) + digits
    }

    private static func cut(_ text: String, to width: Int?) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard let width, line.count > width else { return line }
        return line.prefix(max(1, width - 1)) + "…"
    }

    /// The text in lines of the terminal's width, between words where that is possible.
    private static func fold(_ text: String, after indentation: String, _ width: Int?) -> String {
        let room = max(20, (width ?? 160) - indentation.count)
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            if !line.isEmpty, line.count + 1 + word.count > room {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        lines.append(line)
        let further = String(repeating: " ", count: indentation.count)
        return lines.enumerated().map { ($0.offset == 0 ? indentation : further) + cut($0.element, to: room) + "\n" }
            .joined()
    }
}
