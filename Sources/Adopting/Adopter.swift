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
    /// - Parameter taken: paths of files that other pages describe.
    /// - Returns: nil for a page without examples.
    package func adopt(_ guide: Guide, taken: Set<String>) async throws -> Adopted? {
        var decisions = PageReading(guide: guide, takenFiles: taken, hasTool: hasTool).decide()
        guard decisions.contains(where: \.isExample) else { return nil }
        var page = AdoptionReport.Page(path: guide.path, examples: [], problems: [], assumptions: [])
        // A page that was adopted before says itself which server it needs.
        let isOurs = guide.frontMatter.broker == server.configurationPath
        let needsServer =
            isOurs || (guide.frontMatter.broker == nil && Self.needsServer(decisions, guide.blocks))
        var rewriting = PageRewriting(guide: guide)
        if needsServer {
            rewriting.frontMatter = isOurs ? [] : server.frontMatter
            page.assumptions.append("a server was started for it: \(server.configurationPath)")
        }
        var proof: GuideProof?
        // Each run can teach something that the next one needs.
        for _ in 0..<3 {
            let (trial, problems) = make(rewriting.bytes(decisions), of: guide, withServer: needsServer)
            guard let trial else {
                page.problems = problems
                return Adopted(page: page, bytes: nil, files: [], needsServer: false)
            }
            let latest = try await run(trial)
            proof = latest
            guard Self.learn(from: latest, guide.blocks, &decisions) else { break }
        }
        guard let proof else { return nil }
        let tried = decisions.indices.filter { decisions[$0].isExample }
        page.examples = tried.map { index in
            let block = proof.blocks.first { $0.index == index }
            return Self.example(guide.blocks[index], decisions[index], block, of: proof)
        }
        Self.blameEarlier(&page.examples)
        for (index, example) in zip(tried, page.examples) {
            let isTold = decisions[index].isSkipped || decisions[index].attributes.contains { $0.hasPrefix("tool=") }
            if example.outcome == .fails || example.outcome == .cannotRun, !isTold {
                decisions[index].skip(example.reason ?? "fails")
            }
        }
        let files = decisions.compactMap { if case .file(let path) = $0.kind { path } else { nil } }
        var bytes = rewriting.bytes(decisions)
        let alike = zip(tried, page.examples).filter { $1.outcome == .alike }.map(\.0)
        if !alike.isEmpty, let trial = make(bytes, of: guide, withServer: needsServer).0 {
            bytes = VolatilePlaceholders.put(into: trial.scenario, proof, blocks: alike)
        }
        return Adopted(page: page, bytes: bytes, files: Set(files), needsServer: needsServer)
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

    /// Whether commands want a server and none of them starts one.
    private static func needsServer(_ decisions: [BlockDecision], _ blocks: [Block]) -> Bool {
        let lines = zip(decisions, blocks).filter { $0.0.isExample && !$0.0.isSkipped }.flatMap { decision, block in
            block.text.split(separator: "\n").map { ShellText.words(of: String($0)).filter { $0 != "$" } }
        }
        let startsOne = lines.contains { $0.first == "nats-server" || $0.first == "docker" }
        return lines.contains { $0.first == "nats" } && !startsOne
    }

    // MARK: Learning

    /// Changes decisions by what a run showed.
    ///
    /// - Returns: whether another run could come to something else.
    private static func learn(
        from proof: GuideProof, _ blocks: [Block], _ decisions: inout [BlockDecision]
    ) -> Bool {
        var hasLearned = false
        for block in proof.blocks where block.state == .failed {
            guard let step = block.steps.last, !decisions[block.index].serves else { continue }
            let isLast = decisions[block.index].kind == .script || block.steps.count == 1
            if block.reason?.hasPrefix("took longer than") == true {
                if let program = CommandTraits.downloader(in: blocks[block.index].text) {
                    decisions[block.index].skip("needs the internet: \(program)")
                } else {
                    // What never ends is a service, in a terminal of its own.
                    guard isLast else { continue }
                    decisions[block.index].attributes.append("serve")
                }
                hasLearned = true
            } else if let status = step.status, status != step.expectedStatus, step.mismatch == nil,
                step.expectationWasShown(in: decisions, block.index), (0...255).contains(status)
            {
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
        return decisions[index].name != nil || decisions[index].kind == .console
    }
}
