/// A run in the Test Anything Protocol: a test point for each check, with what differs in comments below it.
///
/// It calls itself version 13, which every harness reads: `prove` takes the word 14 for a mistake, and nothing here is new in 14.
enum TAPReport {
    @Sendable static func render(_ ledger: Ledger) -> String {
        let blocks = ledger.guides.flatMap { guide in guide.blocks.map { (path: guide.path, proof: $0) } }
        var text = "TAP version 13\n1..\(blocks.count)\n"
        for (number, block) in blocks.enumerated() {
            text += point(number + 1, block.proof, block.path)
        }
        for guide in ledger.guides {
            if let reason = guide.reason { text += comment("\(guide.path): \(reason)") }
        }
        return text
    }

    private static func point(_ number: Int, _ proof: BlockProof, _ path: String) -> String {
        let description = escape("\(path):\(proof.line) \(proof.name)")
        switch proof.state {
        case .passed:
            return "ok \(number) - \(description)\n"
        case .skipped:
            return "ok \(number) - \(description) # SKIP \(oneLine(proof.reason ?? ""))\n"
        case .failed, .error, .blocked:
            let failure = FailureText(proof)
            var text = "not ok \(number) - \(description)\n"
            text += comment("\(LedgerCounts.word(proof.state)) at \(path):\(failure.guideLine): \(failure.reason)")
            for line in failure.lines { text += comment(line.text) }
            return text
        }
    }

    private static func comment(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { "# \($0)\n" }.joined()
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// A `#` in a description would begin a directive.
    private static func escape(_ text: String) -> String {
        oneLine(text).reduce(into: "") { result, character in
            if character == "#" || character == "\\" { result.append("\\") }
            result.append(character)
        }
    }
}
