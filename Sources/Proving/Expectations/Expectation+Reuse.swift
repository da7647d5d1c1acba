extension Expectation {
    /// The line of the guide on which the placeholder `name` first stands here.
    func firstUse(of name: String) -> Int? {
        lines.first { LinePattern($0.text).names.contains(name) }?.number
    }

    /// Says of shown lines that differ only because a placeholder's name stands for another value already: which value, since
    /// which line, and what it would have to be here. Nil where there is none.
    func reuseNote(_ mismatch: Mismatch, _ text: OutputText, _ bindings: Bindings) -> String? {
        guard mode != .regex, mode != .json else { return nil }
        var captures = Captures(bindings)
        var known = bindings.lines
        let printed = mismatch.lines.filter { $0.side == .actual }.compactMap(\.outputLine).map { text.text($0 - 1) }
        for line in mismatch.lines where line.side != .actual {
            let pattern = LinePattern(line.text)
            guard !pattern.names.isEmpty else { continue }
            if line.side == .expected {
                if let note = Self.reuseNote(pattern, printed, captures, known) { return note }
            } else if let number = line.outputLine {
                let found = Array(text.text(number - 1).utf8).withUnsafeBufferPointer {
                    pattern.firstMatch($0, captures)
                }
                for name in pattern.names where captures.values[name] == nil { known[name] = line.guideLine }
                captures = found ?? captures
            }
        }
        return nil
    }

    /// The same for one pattern and the texts that may have come in its place.
    static func reuseNote(
        _ pattern: LinePattern, _ printed: [String], _ captures: Captures, _ known: [String: Int]
    ) -> String? {
        let reused = pattern.names.filter { captures.values[$0] != nil }
        guard !reused.isEmpty else { return nil }
        var free = captures
        for name in reused { free.values[name] = nil }
        for line in printed {
            let match = Array(line.utf8).withUnsafeBufferPointer { pattern.firstMatch($0, free) }
            guard let match, let name = reused.first(where: { match.values[$0] != captures.values[$0] }) else {
                continue
            }
            func value(_ captures: Captures) -> String { String(decoding: captures.values[name] ?? [], as: UTF8.self) }
            let place = known[name].map { " on line \($0)" } ?? " before"
            return "\(name) was \(value(captures))\(place) and is \(value(match)) here, but a name stands for one value"
        }
        return nil
    }
}
