/// What somebody types who follows a guide, when a program at the terminal asks.
///
/// A guide shows questions with their answers behind them, as a terminal does. A question that it does not show is answered with
/// the return key, which takes the default.
struct Dialogue {
    /// Lines that the guide shows and that have not been come to yet.
    private var shown: [Substring]
    /// How many questions are answered with the return key alone, so that none is asked for ever.
    private var patience = 64

    init(shown: [String]) {
        self.shown = shown.map { $0[...] }
    }

    /// What is typed now, without the return key; nil where nothing is asked.
    ///
    /// - Parameter output: all that the program has printed so far, without control sequences.
    mutating func answer(to output: String) -> String? {
        guard let last = output.split(separator: "\n", omittingEmptySubsequences: false).last else { return nil }
        let question = Self.trimmed(last)
        guard !question.isEmpty else { return nil }
        // What there is to choose from can stand between a question and the place for the answer.
        let before = output.dropLast(last.count + 1).split(separator: "\n").last ?? ""
        let isBehind = !question.hasPrefix("? ") && before.hasPrefix("? ")
        if !isBehind, let index = shown.firstIndex(where: { Self.trimmed($0).hasPrefix(question) }) {
            let answer = Self.trimmed(Self.trimmed(shown[index]).dropFirst(question.count))
            shown.remove(at: index)
            return String(answer)
        }
        guard question.hasPrefix("? ") || ":?>)]".contains(question.last ?? " "), patience > 0 else { return nil }
        patience -= 1
        let asked = isBehind ? before : question
        return isYesOrNo(asked) ? confirmation(of: asked) : answerInOtherWords(asked)
    }

    private func isYesOrNo(_ question: Substring) -> Bool {
        question.lowercased().hasSuffix("(y/n)") || question.lowercased().hasSuffix("[y/n]")
    }

    /// Yes where the guide shows a question that somebody agreed to.
    private mutating func confirmation(of question: Substring) -> String {
        guard let index = shown.firstIndex(where: { Self.trimmed($0).hasPrefix("? ") }),
            let word = shown[index].split(separator: " ").last?.lowercased(), ["y", "yes", "n", "no"].contains(word)
        else { return "" }
        shown.remove(at: index)
        return word.first == "y" ? "y" : "n"
    }

    /// A question that programs of another version ask in another way: `? Storage (file, memory) (file)`, shown as
    /// `? Storage file`. What the guide has behind it counts where the question offers it, or offers nothing to choose from.
    private mutating func answerInOtherWords(_ question: Substring) -> String {
        // From the whole question to its bare name: what stands behind in brackets are choices and defaults.
        var name = Self.trimmed(question.prefix { $0 != ":" })
        var place = place(of: name)
        while place == nil, name.last == ")", let open = name.lastIndex(of: "(") {
            name = Self.trimmed(name[..<open])
            place = self.place(of: name)
        }
        guard let place, !name.isEmpty else { return "" }
        let rest = Self.trimmed(Self.trimmed(shown[place]).dropFirst(name.count))
        shown.remove(at: place)
        let offered = question.dropFirst(name.count).prefix { $0 != ")" }
        guard offered.contains(",") else { return String(rest) }
        let words = rest.lowercased().split(separator: " ")
        let choices = offered.split { ",(: ".contains($0) }
        return choices.first { words.contains($0.lowercased()[...]) }.map(String.init) ?? ""
    }

    private func place(of name: Substring) -> Int? {
        shown.firstIndex { line in
            let line = Self.trimmed(line)
            return line == name || line.hasPrefix(name + " ")
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> Substring {
        var text = Substring(text).drop { $0 == " " || $0 == "\t" || $0 == "\r" }
        while let last = text.last, last == " " || last == "\t" || last == "\r" { text = text.dropLast() }
        return text
    }
}
