extension GuideParser {
    /// Checks what blocks and directives say about each other: names are unique, and what is named is there.
    mutating func checkReferences() {
        checkDirectives()
        var named: [String: Block] = [:]
        for block in blocks {
            if let first = named[block.name] {
                report(
                    block, "name", code: "duplicate-name",
                    "two blocks are called \"\(block.name)\"",
                    help: "give one of them another name=",
                    note: Diagnostic.Note("the first one is here", file: file, range: first.range.opening)
                )
            } else {
                named[block.name] = block
            }
        }
        var expectations: [String: Block] = [:]
        for block in blocks {
            checkNeeds(of: block, named: named)
            guard let name = block.attributes["expect"] else {
                continue
            }
            guard let script = named[name], script.kind == .script || script.kind == .sample else {
                let candidates = blocks.filter {
                    $0.index < block.index && $0.canBeMeant(among: [.script, .sample]) && expectations[$0.name] == nil
                }
                rejectExpectation(block, of: name, named[name], candidates: candidates.map(\.name))
                continue
            }
            if script.index > block.index {
                report(
                    block, "expect", code: "expectation-before-script",
                    "the output of \"\(name)\" stands before the script itself",
                    help: "move this block below it",
                    note: Diagnostic.Note("the script is here", file: file, range: script.range.opening)
                )
            }
            if let first = expectations[name] {
                report(
                    block, "expect", code: "duplicate-expectation",
                    "the output of \"\(name)\" is shown twice",
                    help: "keep one expect=\(name) block",
                    note: Diagnostic.Note("the first one is here", file: file, range: first.range.opening)
                )
            }
            expectations[name] = block
        }
    }

    private mutating func rejectExpectation(_ block: Block, of name: String, _ named: Block?, candidates: [String]) {
        guard let named else {
            report(
                block, "expect", code: "unknown-block",
                "expect=\(name) names no script block of this guide",
                help: Self.suggestion(for: name, among: candidates)
            )
            return
        }
        report(
            block, "expect", code: "unexpected-expectation",
            "expect=\(name) names a \(named.kind.described), and only what a script block prints is shown apart",
            help: named.kind == .console
                ? "show the output inside the console block, below its command"
                : Self.suggestion(for: name, among: candidates),
            note: Diagnostic.Note("\"\(name)\" is here", file: file, range: named.range.opening)
        )
    }

    private mutating func checkNeeds(of block: Block, named: [String: Block]) {
        guard let entry = block.attributes.entry("needs"), let names = AttributeValues.names(entry.value) else {
            return
        }
        for name in names {
            guard let needed = named[name], Block.Kind.runnable.contains(needed.kind) else {
                let candidates = blocks.filter {
                    $0.index < block.index && $0.canBeMeant(among: Block.Kind.runnable)
                }
                report(
                    block, "needs", code: "unknown-block",
                    "needs=\(name) names no block of this guide that runs",
                    help: Self.suggestion(for: name, among: candidates.map(\.name))
                )
                continue
            }
            if needed.index >= block.index {
                report(
                    block, "needs", code: "needs-later-block",
                    needed.index == block.index
                        ? "\"\(name)\" needs itself" : "\"\(block.name)\" needs \"\(name)\", which stands below it",
                    help: needed.index == block.index
                        ? "remove it from needs="
                        : "blocks run in the order in which they are read: move \"\(name)\" up",
                    note: Diagnostic.Note("\"\(name)\" is here", file: file, range: needed.range.opening)
                )
            }
        }
    }

    private mutating func checkDirectives() {
        let valid = ["engine", "tool", "timeout"]
        for entry in directives.entries where !valid.contains(entry.key) {
            let near = nearestName(to: entry.key, among: valid).map { "did you mean \"\($0)\"? " } ?? ""
            diagnostics.append(
                Diagnostic(
                    code: "unknown-directive",
                    "unknown directive \"\(entry.key)\" for the whole guide",
                    file: file,
                    range: entry.keyRange,
                    help: near + "valid for a guide: \(valid.joined(separator: ", ")); a directive directly above a "
                        + "fence goes with that block and may have any of its attributes"
                )
            )
        }
        let guideWide = Attributes(directives.entries.filter { valid.contains($0.key) })
        diagnostics += AttributeRule.check(guideWide, kind: .console, file: file)
    }

    private mutating func report(
        _ block: Block,
        _ key: String,
        code: String,
        _ message: String,
        help: String,
        note: Diagnostic.Note? = nil
    ) {
        diagnostics.append(
            Diagnostic(
                code: code,
                message,
                file: file,
                range: block.attributes.entry(key)?.valueRange ?? block.range.opening,
                help: help,
                notes: note.map { [$0] } ?? []
            )
        )
    }

    private static func suggestion(for name: String, among candidates: [String]) -> String {
        if let near = nearestName(to: name, among: candidates) {
            return "did you mean \"\(near)\"?"
        }
        return candidates.isEmpty
            ? "put a block with name=\(name) above this one"
            : "there are: \(candidates.joined(separator: ", "))"
    }
}

extension Block.Kind {
    /// The kinds that can be run.
    static let runnable: Set<Block.Kind> = [.console, .script, .sample]
}

extension Block {
    /// Whether an author who names a block of one of `kinds` can mean this one. A sample without a name is only shown.
    fileprivate func canBeMeant(among kinds: Set<Block.Kind>) -> Bool {
        kinds.contains(kind) && (kind != .sample || attributes["name"] != nil)
    }
}

extension SourceRange {
    /// The first three bytes of a block, for pointing at its fence.
    package var opening: SourceRange {
        SourceRange(line: start.line, column: start.column, length: 3)
    }
}
