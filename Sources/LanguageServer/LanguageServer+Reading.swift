import Guides
import Proving
import Tangling

/// What is shown without changing anything: hover, definition, lenses.
extension LanguageServer {
    /// A place in a document, as the editor names it.
    struct Place {
        var path: String
        var position: SourcePosition
        var positions: TextPositions
    }

    func place(_ parameters: JSON) -> Place? {
        guard let workspace, let path = workspace.path(parameters["textDocument"]?["uri"]?.string),
            let text = workspace.text(path)
        else { return nil }
        let positions = TextPositions(text: text, countsBytes: countsBytes)
        return positions.position(parameters["position"]).map { Place(path: path, position: $0, positions: positions) }
    }

    private func block(at place: Place) -> Block? {
        state.guide(place.path)?.blocks.first {
            ($0.range.start.line...$0.range.end.line).contains(place.position.line)
        }
    }

    // MARK: Hover

    func hover(_ parameters: JSON) -> JSON {
        guard let place = place(parameters), let block = block(at: place) else { return .null }
        let entry = block.attributes.entries.first { entry in
            entry.keyRange.start <= place.position && place.position <= entry.valueRange.end
        }
        if let entry, let rule = AttributeRule.all.first(where: { $0.key == entry.key }) {
            return markdown("**\(entry.key)**: \(rule.value)", place.positions.json(entry.keyRange))
        }
        let text: String? =
            switch block.kind {
            case .file: fileText(block, place.path)
            case .expectation: block.attributes["expect"].flatMap { proofText($0, place.path) }
            case .console, .script, .sample: proofText(block.name, place.path)
            }
        return text.map { markdown($0, place.positions.json(block.range)) } ?? .null
    }

    private func markdown(_ text: String, _ range: JSON) -> JSON {
        ["contents": ["kind": "markdown", "value": .string(text)], "range": range]
    }

    private func fileText(_ block: Block, _ path: String) -> String? {
        guard let name = block.attributes["file"], let file = state.file(name) else { return nil }
        let drift = state.diagnostics[path]?.first { $0.code == Drift.code && $0.message.contains(name) }
        return "Becomes `\(name)`, \(file.contents.count) bytes. "
            + (drift.map { "**\($0.message)**; \($0.help ?? "")" } ?? "The file is as this guide says.")
    }

    /// What the last run of a block showed, with its age and whether it still counts.
    private func proofText(_ name: String, _ path: String) -> String? {
        guard let check = state.scenario(path)?.checks.first(where: { $0.block.name == name }) else {
            return "Shown, and not run."
        }
        guard let (proof, when) = proof(of: name, path) else {
            return "**\(name)** has never been run. Run it by the lens above it, or by `launchpad check`."
        }
        var text = "**\(name)** \(LedgerCounts.word(proof.state)), \(when)"
        if let reason = proof.reason { text += "\n\n\(reason)" }
        if proof.contentHash != check.contentHash { text += "\n\n**Stale**: the block has changed since it was run." }
        for step in proof.steps {
            let output = step.output.split(separator: "\n", omittingEmptySubsequences: false).prefix(20)
            let shown = ["$ " + step.command] + output.map(String.init)
            text += "\n\n" + MarkdownText.fenced(shown.joined(separator: "\n"), language: "console")
        }
        return text
    }

    /// The newest proof of a block, and in words where it comes from.
    func proof(of name: String, _ path: String) -> (proof: BlockProof, when: String)? {
        if let run = runs["\(path)#\(name)"] { return (run.proof, "run from the editor") }
        guard let workspace, let ledger = LedgerFile(root: workspace.project.root).read(),
            let guide = ledger.guides.first(where: { $0.path == path }),
            let proof = guide.blocks.first(where: { $0.name == name })
        else { return nil }
        return (proof, "\(guide.startedAt), engine \(ledger.engine.name): \(ledger.engine.version)")
    }

    /// What runs from the editor found wrong, as long as the blocks are those that were run.
    func runDiagnostics() -> [String: [Diagnostic]] {
        var found: [String: [Diagnostic]] = [:]
        for (key, run) in runs where run.proof.state.isBroken {
            let parts = key.split(separator: "#", maxSplits: 1).map(String.init)
            guard parts.count == 2,
                let check = state.scenario(parts[0])?.checks.first(where: { $0.block.name == parts[1] }),
                check.contentHash == run.hash
            else { continue }
            let step = run.proof.steps.last
            let line =
                step?.mismatch?.lines.first { $0.side == .expected }?.guideLine ?? step?.line
                ?? check.block.range.start.line
            let shown = step?.mismatch?.lines.filter { $0.side == .actual }.prefix(5).map { "+" + $0.text } ?? []
            let message = ([run.proof.reason ?? LedgerCounts.word(run.proof.state)] + shown).joined(separator: "\n")
            found[parts[0], default: []].append(
                Diagnostic(
                    code: "check-\(run.proof.state.rawValue)", message, file: parts[0],
                    range: SourceRange(line: line, column: 1, length: 200)))
        }
        return found
    }

    // MARK: Definition

    func definition(_ parameters: JSON) -> JSON {
        guard let workspace, let place = place(parameters) else { return .null }
        if let file = state.file(place.path) {
            guard let line = file.guideLine(ofFileLine: place.position.line) else { return .null }
            return ["uri": .string(workspace.uri(file.guide)), "range": TextPositions.wholeLine(line)]
        }
        guard let block = block(at: place) else { return .null }
        for key in ["needs", "expect"] {
            guard let entry = block.attributes.entry(key), place.position.line == entry.valueRange.start.line,
                entry.keyRange.start.column <= place.position.column,
                place.position.column <= entry.valueRange.end.column
            else { continue }
            let name = word(at: place, in: entry.value)
            guard let target = state.guide(place.path)?.blocks.first(where: { $0.name == name }) else { return .null }
            return ["uri": .string(workspace.uri(place.path)), "range": place.positions.json(target.range)]
        }
        guard let name = block.attributes["file"], let file = state.file(name) else { return .null }
        let line = file.fileLine(ofGuideLine: place.position.line, in: block)
        return ["uri": .string(workspace.uri(name)), "range": TextPositions.wholeLine(line)]
    }

    /// The name in a list of names on which the cursor stands.
    private func word(at place: Place, in list: String) -> String {
        let line = place.positions.text.line(place.position.line)
        let names = list.split(separator: ",").map { $0.filter { $0 != " " } }
        let bytes = Array(line.utf8)
        return names.first { name in
            guard let found = bytes.firstRange(of: Array(name.utf8)) else { return false }
            return (found.lowerBound + 1...found.upperBound + 1).contains(place.position.column)
        } ?? names.first ?? ""
    }

    // MARK: Lenses

    func lenses(_ parameters: JSON) -> JSON {
        guard let workspace, let path = workspace.path(parameters["textDocument"]?["uri"]?.string),
            let scenario = state.scenario(path)
        else { return [] }
        return .array(
            scenario.checks.map { check in
                var title = "run"
                if let skip = check.skip { title = "run (skipped: \(skip))" }
                if let (proof, _) = proof(of: check.block.name, path) {
                    let isStale = proof.contentHash != check.contentHash
                    title = "run (\(isStale ? "stale" : LedgerCounts.word(proof.state)))"
                }
                return [
                    "range": TextPositions.wholeLine(check.block.range.start.line),
                    "command": [
                        "title": .string(title), "command": "launchpad.run",
                        "arguments": [.string(workspace.uri(path)), .string(check.block.name)],
                    ],
                ]
            })
    }
}

extension TangledFile {
    /// The line of this file that `line` of a guide becomes; the first one of `block` for its fence.
    func fileLine(ofGuideLine line: Int, in block: Block) -> Int {
        let own = parts.filter { $0.block == block.index }
        let part = own.last { $0.guideLine <= line } ?? own.first
        guard let part else { return 1 }
        return min(
            max(part.fileLines.lowerBound, part.fileLines.lowerBound + line - part.guideLine), part.fileLines.upperBound
        )
    }
}
