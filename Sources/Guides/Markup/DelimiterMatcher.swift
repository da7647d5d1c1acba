/// What a run of inlines is made of before emphasis is known.
enum InlineToken {
    case markup(Markup)
    case delimiter(DelimiterRun)
}

/// A run of equal delimiters in a text.
struct DelimiterRun {
    var byte: UInt8
    var count: Int
    var opens: Bool
    var closes: Bool
    /// The first delimiter's place; a run never leaves its line.
    var start: SourcePosition
}

/// Pairs delimiters into emphasis, strong emphasis and strikethrough by CommonMark's and GFM's rules, in linear time.
struct DelimiterMatcher {
    private struct Node {
        var token: InlineToken
        /// How much of a run is not used up; also 0 for what is no run.
        var left = 0
        /// How many characters were taken from the run's front, as a closer.
        var taken = 0
        /// Neighbours among all nodes of a level.
        var previous: Int?
        var next: Int?
        /// The first node inside, for a pair that was made.
        var firstChild: Int?
        var lastChild: Int?
        /// Neighbours among the delimiters that may still pair.
        var previousRun: Int?
        var nextRun: Int?
    }

    private struct BottomKey: Hashable {
        var byte: UInt8
        var opens: Bool
        var remainder: Int
    }

    private var nodes: [Node] = []
    private var first: Int?

    /// The inlines of one level with every pair made; what pairs with nothing is text.
    ///
    /// - Parameter depth: how many more levels may be nested; pairs beyond are dissolved.
    static func match(_ tokens: [InlineToken], depth: Int) -> [Markup] {
        guard tokens.contains(where: { if case .delimiter = $0 { true } else { false } }) else {
            return tokens.compactMap { if case .markup(let markup) = $0 { markup } else { nil } }
        }
        var matcher = DelimiterMatcher(tokens)
        matcher.pair()
        return matcher.level(from: matcher.first, depth: depth)
    }

    private init(_ tokens: [InlineToken]) {
        nodes.reserveCapacity(tokens.count * 2)
        var lastRun: Int?
        for (index, token) in tokens.enumerated() {
            var node = Node(token: token)
            node.previous = index > 0 ? index - 1 : nil
            node.next = index + 1 < tokens.count ? index + 1 : nil
            if case .delimiter(let run) = token {
                node.left = run.count
                if run.opens || run.closes {
                    node.previousRun = lastRun
                    if let lastRun {
                        nodes[lastRun].nextRun = index
                    }
                    lastRun = index
                }
            }
            nodes.append(node)
        }
        first = tokens.isEmpty ? nil : 0
    }

    private func run(_ index: Int) -> DelimiterRun? {
        if case .delimiter(let run) = nodes[index].token { run } else { nil }
    }

    private mutating func pair() {
        // For each kind of closer, the run below which no opener was found before.
        var bottoms: [BottomKey: Int] = [:]
        var closer = nodes.indices.first { run($0).map { $0.opens || $0.closes } ?? false }
        while let current = closer, let closing = run(current) {
            guard closing.closes else {
                closer = nodes[current].nextRun
                continue
            }
            // As libcmark does, underscores are not told apart by their lengths here.
            let key =
                closing.byte == UInt8(ascii: "_")
                ? BottomKey(byte: closing.byte, opens: false, remainder: 0)
                : BottomKey(byte: closing.byte, opens: closing.opens, remainder: closing.count % 3)
            let bottom = bottoms[key] ?? -1
            var opener = nodes[current].previousRun
            while let candidate = opener, candidate > bottom {
                if let opening = run(candidate), matches(opening, closing) {
                    break
                }
                opener = nodes[candidate].previousRun
            }
            if let opener, opener > bottom {
                closer = closing.byte == UInt8(ascii: "~") ? strike(opener, current) : emphasize(opener, current)
            } else {
                closer = nodes[current].nextRun
                bottoms[key] = nodes[current].previousRun ?? -1
                if !closing.opens {
                    dropRun(current)
                }
            }
        }
    }

    private func matches(_ opening: DelimiterRun, _ closing: DelimiterRun) -> Bool {
        guard opening.opens, opening.byte == closing.byte else {
            return false
        }
        // A run that can do both pairs only where the lengths do not add up to a multiple of three.
        return !(closing.opens || opening.closes) || closing.count % 3 == 0 || (opening.count + closing.count) % 3 != 0
    }

    private mutating func emphasize(_ opener: Int, _ closer: Int) -> Int? {
        dropRuns(between: opener, and: closer)
        let used = nodes[opener].left >= 2 && nodes[closer].left >= 2 ? 2 : 1
        nodes[opener].left -= used
        wrap(used == 2 ? .strong : .emphasis, from: opener, to: closer, used: used)
        nodes[closer].left -= used
        nodes[closer].taken += used
        if nodes[opener].left == 0 {
            dropRun(opener)
        }
        if nodes[closer].left == 0 {
            let next = nodes[closer].nextRun
            dropRun(closer)
            return next
        }
        return closer
    }

    private mutating func strike(_ opener: Int, _ closer: Int) -> Int? {
        let next = nodes[closer].nextRun
        dropRuns(between: opener, and: closer)
        if let opening = run(opener), opening.count == run(closer)?.count {
            nodes[opener].left = 0
            wrap(.strikethrough, from: opener, to: closer, used: opening.count)
            nodes[closer].left = 0
            dropRun(opener)
        }
        // A closer as long as another opener than the nearest pairs with none.
        dropRun(closer)
        return next
    }

    /// Puts a pair around everything between two runs.
    private mutating func wrap(_ kind: Markup.Kind, from opener: Int, to closer: Int, used: Int) {
        guard let opening = run(opener), let closing = run(closer) else {
            return
        }
        var start = opening.start
        start.column += nodes[opener].left
        var end = closing.start
        end.column += nodes[closer].taken + used
        let pair = Markup(kind, range: SourceRange(start: start, end: max(start, end)))
        var node = Node(token: .markup(pair))
        node.previous = opener
        node.next = closer
        if let firstInside = nodes[opener].next, firstInside != closer, let lastInside = nodes[closer].previous {
            node.firstChild = firstInside
            node.lastChild = lastInside
            nodes[firstInside].previous = nil
            nodes[lastInside].next = nil
        }
        nodes.append(node)
        nodes[opener].next = nodes.count - 1
        nodes[closer].previous = nodes.count - 1
    }

    private mutating func dropRuns(between opener: Int, and closer: Int) {
        nodes[opener].nextRun = closer
        nodes[closer].previousRun = opener
    }

    private mutating func dropRun(_ index: Int) {
        let previous = nodes[index].previousRun
        let next = nodes[index].nextRun
        if let previous {
            nodes[previous].nextRun = next
        }
        if let next {
            nodes[next].previousRun = previous
        }
    }

    private func level(from start: Int?, depth: Int) -> [Markup] {
        var result: [Markup] = []
        // Levels too deep are read as part of the one above; what comes behind them waits here.
        var waiting: [Int?] = []
        var index = start
        while true {
            guard let current = index else {
                guard let next = waiting.popLast() else {
                    return result
                }
                index = next
                continue
            }
            let node = nodes[current]
            index = node.next
            switch node.token {
            case .delimiter(let run):
                if node.left > 0 {
                    var position = run.start
                    position.column += node.taken
                    let text = String(repeating: Character(Unicode.Scalar(run.byte)), count: node.left)
                    result.appendText(
                        text, range: SourceRange(line: position.line, column: position.column, length: node.left)
                    )
                }
            case .markup(var markup):
                guard let child = node.firstChild else {
                    result.appendInline(markup)
                    continue
                }
                if depth > 0 {
                    markup.children = level(from: child, depth: depth - 1)
                    result.append(markup)
                } else {
                    waiting.append(index)
                    index = child
                }
            }
        }
    }
}

extension [Markup] {
    /// Adds `markup`, or its text to the text before it.
    mutating func appendInline(_ markup: Markup) {
        if case .text(let text) = markup.kind {
            appendText(text, range: markup.range)
        } else {
            append(markup)
        }
    }

    mutating func appendText(_ text: String, range: SourceRange) {
        if case .text(var joined) = last?.kind {
            // Nothing else may hold the string while it grows, or each step would copy it.
            self[count - 1].kind = .softBreak
            joined += text
            self[count - 1].kind = .text(joined)
            self[count - 1].range.end = range.end
        } else {
            append(Markup(.text(text), range: range))
        }
    }
}
