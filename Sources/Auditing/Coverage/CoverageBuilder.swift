package import Guides
package import Proving
package import Tangling

/// Finds out what the guides say and which checks prove it.
///
/// - A *setting* is proven by the checks that read its file: their commands name it, a file that they name includes it, or it is
///   the broker's or services' configuration. Where an audit has tried to change the setting, it must have been noticed.
/// - A *command* is proven by the check that runs it. A command in the prose, such as `` `nats context info` ``, is proven by a
///   check that runs those words in that order.
/// - An *error message* is proven by the check that shows it, or for one in the prose prints it.
///
/// Only a check that passed and has not changed since proves anything.
package struct CoverageBuilder {
    private let guides: [Guide]
    private let scenarios: [Scenario]
    private let plan: TanglePlan
    private let audit: AuditReport?
    private let proofs: [CheckProof]
    private var items: [CoverageReport.Item] = []

    /// A check and what became of it.
    private struct CheckProof {
        var guide: Guide
        var check: Check
        var name: String
        /// Why it proves nothing; nil where it does.
        var obstacle: String?
        var steps: [StepProof]
    }

    /// - Parameter ledger: the latest run; nil where nothing was run.
    package init(guides: [Guide], scenarios: [Scenario], plan: TanglePlan, ledger: Ledger?, audit: AuditReport?) {
        self.guides = guides
        self.scenarios = scenarios
        self.plan = plan
        self.audit = audit
        let guideFiles = GuideFiles(guides: guides, plan: plan)
        proofs = scenarios.flatMap { scenario -> [CheckProof] in
            let proof = ledger?.guides.first { $0.path == scenario.guide.path }
            let files = guideFiles.of(scenario.guide)
            let isCurrent = proof?.filesHash == nil || proof?.filesHash == GuideFiles.hash(files, of: scenario.guide)
            return scenario.checks.map { check in
                let block = proof?.blocks.first { $0.name == check.block.name }
                return CheckProof(
                    guide: scenario.guide, check: check, name: "\(scenario.guide.path)#\(check.block.name)",
                    obstacle: Self.obstacle(check, block, isCurrent: isCurrent), steps: block?.steps ?? [])
            }
        }
    }

    private static func obstacle(_ check: Check, _ proof: BlockProof?, isCurrent: Bool) -> String? {
        guard let proof else { return "\(check.block.name) was never run" }
        guard proof.contentHash == check.contentHash, isCurrent else {
            return "\(check.block.name) has changed since it was run"
        }
        guard proof.state != .passed else { return nil }
        return "\(check.block.name) \(LedgerCounts.word(proof.state))" + (proof.reason.map { ": \($0)" } ?? "")
    }

    package mutating func build() -> CoverageReport {
        for file in plan.files { addSettings(of: file) }
        for proof in proofs {
            addCommands(of: proof)
            addMessages(of: proof)
        }
        for guide in guides { addMentions(in: guide) }
        items.sort { ($0.guide, $0.line, $0.text) < ($1.guide, $1.line, $1.text) }
        let audited = Set(audit?.files.keys.map { $0 } ?? [])
        let isAudited = plan.files.allSatisfy { SettingsFormat.of(path: $0.path) == nil || audited.contains($0.path) }
        return CoverageReport(items: items, isAudited: audit != nil && isAudited)
    }

    // MARK: Settings

    private mutating func addSettings(of file: TangledFile) {
        guard let format = SettingsFormat.of(path: file.path), format != .lines else { return }
        let readers = self.readers(of: file)
        let provers = readers.filter { $0.obstacle == nil }.map(\.name)
        let mutants = mutants(of: file)
        for setting in format.settings(in: file.contents) where !setting.isElement {
            let own = mutants.filter { $0.path == setting.path && $0.state != .equivalent }
            let open = own.first { $0.state == .unnoticed }
            var item = CoverageReport.Item(
                kind: .setting, text: "\(file.path) \(setting.path)", guide: file.guide,
                line: file.guideLine(ofFileLine: setting.line) ?? file.firstGuideLine, isProven: !provers.isEmpty,
                provenBy: Array(provers.prefix(3)), reason: nil)
            if provers.isEmpty {
                item.reason = readers.compactMap(\.obstacle).first ?? "no check reads the file"
            } else if let open {
                item.isProven = false
                item.provenBy = []
                item.reason = "no check noticed: \(open.change)"
            } else if !own.isEmpty {
                let noticing = own.compactMap(\.noticedBy)
                item.provenBy = noticing.enumerated().filter { noticing.firstIndex(of: $1) == $0 }.map(\.element)
            }
            items.append(item)
        }
    }

    /// What the audit tried on the file as it is now.
    private func mutants(of file: TangledFile) -> [AuditReport.Mutant] {
        guard let audit, audit.files[file.path] == Manifest.hash(file.contents) else { return [] }
        return audit.mutants.filter { $0.file == file.path }
    }

    private func readers(of file: TangledFile) -> [CheckProof] {
        let names = ([file.path] + includers(of: file.path)).flatMap { path in
            [path, path.split(separator: "/").last.map(String.init) ?? path]
        }
        let lowered = file.path.lowercased()
        let isCompose = lowered.contains("compose") && (lowered.hasSuffix(".yml") || lowered.hasSuffix(".yaml"))
        let guideFiles = GuideFiles(guides: guides, plan: plan)
        return proofs.filter { proof in
            let files = guideFiles.of(proof.guide)
            guard files.contains(where: { $0.path == file.path }) else { return false }
            let front = [proof.guide.frontMatter.broker, proof.guide.frontMatter.services].compactMap { $0 }
            if front.contains(where: names.contains) { return true }
            return proof.check.steps.contains { step in
                names.contains { step.command.contains($0) }
                    || (isCompose
                        && (step.command.contains("docker compose") || step.command.contains("docker-compose")))
            }
        }
    }

    /// The paths of files that include the one at `path`, directly or by others.
    private func includers(of path: String) -> [String] {
        var found: [String] = []
        var open = [path]
        while let next = open.popLast() {
            let name = next.split(separator: "/").last.map(String.init) ?? next
            for file in plan.files where file.path != path && !found.contains(file.path) {
                let text = String(decoding: file.contents, as: UTF8.self)
                let isIncluder = text.split(separator: "\n").contains { line in
                    let words = line.split { $0 == " " || $0 == "\t" || $0 == "\"" || $0 == "'" || $0 == ":" }
                    return words.first == "include" && words.contains { $0.hasSuffix(name) }
                }
                if isIncluder {
                    found.append(file.path)
                    open.append(file.path)
                }
            }
        }
        return found
    }

    // MARK: Commands and messages in blocks

    private mutating func addCommands(of proof: CheckProof) {
        for step in proof.check.steps {
            let first = step.command.split(separator: "\n").first.map(String.init) ?? ""
            let text = step.isScript ? "script \(proof.check.block.name)" : first
            items.append(item(.command, text, proof, line: step.line))
        }
    }

    private mutating func addMessages(of proof: CheckProof) {
        for step in proof.check.steps {
            for line in step.expectation?.lines ?? []
            where step.status != 0 ? line.text != "..." : ErrorWords.isMessage(line.text) {
                guard line.text.contains(where: \.isLetter) else { continue }
                items.append(item(.message, line.text, proof, line: line.number))
            }
        }
    }

    private func item(_ kind: CoverageReport.Kind, _ text: String, _ proof: CheckProof, line: Int)
        -> CoverageReport.Item
    {
        CoverageReport.Item(
            kind: kind, text: text, guide: proof.guide.path, line: line, isProven: proof.obstacle == nil,
            provenBy: proof.obstacle == nil ? [proof.name] : [], reason: proof.obstacle)
    }

    // MARK: What the prose mentions

    private mutating func addMentions(in guide: Guide) {
        let programs = Set(proofs.flatMap { $0.check.steps.compactMap { Words.program(of: $0.command) } })
        var seen: Set<String> = []
        for (text, line) in CodeSpans.all(in: guide.markup().markup) where seen.insert(text).inserted {
            let words = Words.of(text)
            if words.count > 1, let program = words.first, programs.contains(program) {
                let runs = proofs.filter { $0.check.steps.contains { Words.runs($0.command, words) } }
                items.append(mention(.command, text, runs, guide, line, missing: "no check runs it"))
            } else if ErrorWords.isMessage(text), words.count > 1 {
                let prints = proofs.filter { proof in
                    proof.steps.contains { $0.output.lowercased().contains(text.lowercased()) }
                }
                items.append(mention(.message, text, prints, guide, line, missing: "no check prints it"))
            }
        }
    }

    private func mention(
        _ kind: CoverageReport.Kind, _ text: String, _ found: [CheckProof], _ guide: Guide, _ line: Int, missing: String
    ) -> CoverageReport.Item {
        let provers = found.filter { $0.obstacle == nil }.map(\.name)
        return CoverageReport.Item(
            kind: kind, text: text, guide: guide.path, line: line, isProven: !provers.isEmpty,
            provenBy: Array(provers.prefix(3)),
            reason: provers.isEmpty ? found.compactMap(\.obstacle).first ?? missing : nil)
    }
}
