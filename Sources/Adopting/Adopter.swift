package import Guides
package import Proving
package import Tangling

/// Tries the examples of pages that know nothing of Launchpad.
package struct Adopter: Sendable {
    /// A page as it is to be tried.
    package struct Trial: Sendable {
        /// The page, and the one that describes the server it takes for granted, if it does.
        package var guides: [Guide]
        package var scenario: Scenario
        package var plan: TanglePlan
    }

    /// A page with attributes, and what became of its examples.
    package struct Adopted: Sendable {
        package var page: AdoptionReport.Page
        /// The page with attributes; nil where nothing is to be written.
        package var bytes: [UInt8]?
        /// Files that the page describes.
        package var files: Set<String>
        /// Whether it needs the server's page.
        package var needsServer: Bool
    }

    private let configuration: ProjectConfiguration
    private let root: String
    private let server: ServerPage
    private let hasTool: @Sendable (String) -> Bool
    private let run: @Sendable (Trial) async throws -> GuideProof

    /// - Parameters:
    ///   - root: the project's folder, absolute.
    ///   - hasTool: whether commands find a program of this name.
    ///   - run: runs a page, going on where only an output differs, and keeps nothing.
    package init(
        root: String, configuration: ProjectConfiguration, hasTool: @escaping @Sendable (String) -> Bool,
        run: @escaping @Sendable (Trial) async throws -> GuideProof
    ) {
        self.root = root
        self.configuration = configuration
        self.hasTool = hasTool
        self.run = run
        server = ServerPage(configuration)
    }

    /// Tries a page.
    ///
    /// - Parameters:
    ///   - taken: paths of files that other pages describe.
    ///   - isFinal: run it once more as it is to be written, and leave out what does not come out the same.
    /// - Returns: nil for a page without examples about which there is nothing to say.
    package func adopt(_ guide: Guide, taken: Set<String> = [], isFinal: Bool = false) async throws -> Adopted? {
        let foreign = ForeignFence.all(in: guide)
        var decisions = PageReading(guide: guide, foreign: foreign, takenFiles: taken, hasTool: hasTool).decide()
        var page = AdoptionReport.Page(path: guide.path)
        // A page that was adopted before says itself which server it needs.
        let isOurs = guide.frontMatter.broker == server.configurationPath
        let needsServer = isOurs || (guide.frontMatter.broker == nil && Self.needsServer(decisions))
        var rewriting = PageRewriting(guide: guide, foreign: foreign)
        if needsServer {
            rewriting.frontMatter = isOurs ? [] : server.frontMatter
            page.assumptions.append("a server was started for it: \(server.configurationPath)")
        }
        for (index, fence) in foreign.sorted(by: { $0.key < $1.key }) where !decisions[index].isExample {
            page.assumptions.append(
                "line \(guide.blocks[index].range.start.line): what stands behind the fence, \(fence.info), means nothing here"
            )
        }
        page.problems = obstacles(in: guide)
        guard decisions.contains(where: \.isExample) else {
            let (trial, problems) = make(rewriting.bytes(decisions), of: guide, withServer: false)
            page.problems += problems
            let bytes = page.problems.isEmpty ? trial?.scenario.guide.source : nil
            // A message in the looks of a shell makes a page one to write, too.
            guard !page.problems.isEmpty || bytes != guide.source else { return nil }
            return Adopted(page: page, bytes: bytes, files: [], needsServer: false)
        }
        var proof: GuideProof?
        // Each run can teach something that the next one needs.
        for _ in 0..<4 {
            let (trial, problems) = make(rewriting.bytes(decisions), of: guide, withServer: needsServer)
            guard let trial else {
                page.problems += problems
                return Adopted(page: page, bytes: nil, files: [], needsServer: false)
            }
            let latest = try await run(trial)
            proof = latest
            guard Self.learn(from: latest, &decisions) else { break }
        }
        guard let proof else { return nil }
        page.examples = examples(guide, decisions, proof)
        var bytes = finish(&decisions, &page.examples, rewriting, proof, withServer: needsServer)
        if isFinal, let trial = make(bytes, of: guide, withServer: needsServer).0 {
            let last = try await run(trial)
            if Self.leaveOutTheFickle(&decisions, &page.examples, last) {
                bytes = finish(&decisions, &page.examples, rewriting, proof, withServer: needsServer)
            }
        }
        let files = decisions.compactMap { if case .file(let path) = $0.kind { path } else { nil } }
        return Adopted(
            page: page, bytes: page.problems.isEmpty ? bytes : nil, files: Set(files), needsServer: needsServer)
    }

    /// The examples of a page, by what came of them.
    private func examples(
        _ guide: Guide, _ decisions: [BlockDecision], _ proof: GuideProof
    ) -> [AdoptionReport.Example] {
        let tried = decisions.indices.filter { decisions[$0].isExample }
        var examples = tried.map { index in
            let block = proof.blocks.first { $0.index == index }
            return Self.example(guide.blocks[index], decisions[index], block, of: proof)
        }
        Self.blameServers(&examples, tried.map { decisions[$0] })
        Self.blameEarlier(&examples)
        return examples
    }

    /// The page as it is to be written: what does not work is left out, what is another one each time is a placeholder.
    private func finish(
        _ decisions: inout [BlockDecision], _ examples: inout [AdoptionReport.Example], _ rewriting: PageRewriting,
        _ proof: GuideProof, withServer: Bool
    ) -> [UInt8] {
        let tried = decisions.indices.filter { decisions[$0].isExample }
        for (index, example) in zip(tried, examples) where !decisions[index].isKept {
            let isTold = decisions[index].isSkipped || decisions[index].attributes.contains { $0.hasPrefix("tool=") }
            if example.outcome == .fails || example.outcome == .cannotRun, !isTold {
                decisions[index].skip(example.reason ?? "fails")
            }
        }
        let bytes = rewriting.bytes(decisions)
        let alike = zip(tried, examples).filter { $1.outcome == .alike && !decisions[$0].isKept }.map(\.0)
        guard !alike.isEmpty, let trial = make(bytes, of: rewriting.guide, withServer: withServer).0 else {
            return bytes
        }
        let (page, lines) = VolatilePlaceholders.put(into: trial.scenario, proof, blocks: alike)
        for (place, index) in tried.enumerated() { examples[place].placeholders = lines[index] ?? [] }
        return page
    }

    /// Leaves out what does not come out as it did before.
    ///
    /// - Returns: whether there was such an example.
    private static func leaveOutTheFickle(
        _ decisions: inout [BlockDecision], _ examples: inout [AdoptionReport.Example], _ proof: GuideProof
    ) -> Bool {
        let tried = decisions.indices.filter { decisions[$0].isExample }
        var isAny = false
        for (place, index) in tried.enumerated() where !decisions[index].isKept && examples[place].works {
            guard let block = proof.blocks.first(where: { $0.index == index }), block.state != .passed,
                block.state != .skipped
            else { continue }
            examples[place].outcome = .cannotRun
            examples[place].reason = "not the same each time: \(block.reason ?? "it failed when it was run again")"
            examples[place].difference = block.steps.compactMap(\.mismatch).first.map(difference) ?? []
            decisions[index].skip(examples[place].reason ?? "")
            isAny = true
        }
        return isAny
    }

    /// The page that describes the server, for pages that need it.
    package var serverPage: (path: String, text: String) { (server.path, server.text) }

    // MARK: Making a trial

    private func make(_ bytes: [UInt8], of guide: Guide, withServer: Bool) -> (Trial?, [String]) {
        let parsed = GuideParser.parse(path: guide.path, name: guide.name, bytes: bytes)
        var diagnostics = parsed.diagnostics
        guard let rewritten = parsed.guide else { return (nil, Self.told(diagnostics)) }
        let guides = [rewritten] + (withServer ? [server.guide].compactMap { $0 } : [])
        let made = Scenario.make(from: rewritten)
        let planned = TanglePlan.make(from: guides, root: root, configuration: configuration)
        diagnostics += made.diagnostics + planned.diagnostics
        let errors = diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty else { return (nil, Self.told(errors)) }
        return (Trial(guides: guides, scenario: made.scenario, plan: planned.plan), [])
    }

    private static func told(_ diagnostics: [Diagnostic]) -> [String] {
        diagnostics.prefix(5).map { "\($0.range.map { "line \($0.start.line): " } ?? "")\($0.message)" }
    }

    /// What keeps a page from being written, whatever came of its examples.
    private func obstacles(in guide: Guide) -> [String] {
        guard SourceText(guide.source).line(1).trimmingBlanks == "+++" else { return [] }
        return [
            "line 1: front matter in TOML is not read; to have the page written, put it in YAML between lines of ---"
        ]
    }

    /// Whether commands want a server and none of them starts one.
    private static func needsServer(_ decisions: [BlockDecision]) -> Bool {
        let examples = decisions.filter(\.isExample)
        let commands = examples.filter { !$0.isSkipped }.flatMap(\.commands)
        // Also where it was left out when the page was adopted: then it was another server that its commands want.
        let startsOne = examples.flatMap(\.commands).contains { command in
            ShellText.heads(of: command).contains("nats-server") && CommandTraits.readiness(of: command) != nil
        }
        return !startsOne
            && commands.contains { command in
                let heads = ShellText.heads(of: command)
                return heads.contains("nats") || (heads.contains("nats-server") && command.contains("signal"))
                    || (heads.contains("curl") && command.contains(/(?:localhost|127\.0\.0\.1):8222/))
            }
    }

    // MARK: Learning

    /// Changes decisions by what a run showed.
    ///
    /// - Returns: whether another run could come to something else.
    private static func learn(
        from proof: GuideProof, _ decisions: inout [BlockDecision]
    ) -> Bool {
        var hasLearned = false
        for block in proof.blocks where block.state == .failed {
            let decision = decisions[block.index]
            guard let step = block.steps.last, !decision.serves, !decision.isKept else { continue }
            if !decision.isTyped, CommandTraits.wantsTerminal(step.output) {
                decisions[block.index].attributes.append("terminal")
                hasLearned = true
            } else if block.reason?.hasPrefix("took longer than") == true {
                if let program = CommandTraits.downloader(in: decision.commands.joined(separator: "\n")) {
                    decisions[block.index].skip("needs the internet: \(program)")
                } else {
                    // What never ends is a service, in a terminal of its own. What only takes long will end.
                    guard decision.commands.count == 1, CommandTraits.goesOn(decision.command) else { continue }
                    decisions[block.index].attributes.append("serve")
                }
                hasLearned = true
            } else if let status = step.status, status != step.expectedStatus, step.mismatch == nil,
                step.expectationWasShown(in: decisions, block.index), (0...255).contains(status)
            {
                decisions[block.index].attributes.removeAll { $0.hasPrefix("exit=") }
                decisions[block.index].attributes.append("exit=\(status)")
                hasLearned = true
            }
        }
        return hasLearned
    }
}

extension StepProof {
    /// Whether the page shows what the command prints, so that a failure that looks like it is meant.
    fileprivate func expectationWasShown(in decisions: [BlockDecision], _ index: Int) -> Bool {
        guard !output.isEmpty else { return false }
        return decisions[index].hasOutput || decisions[index].kind == .console
    }
}
