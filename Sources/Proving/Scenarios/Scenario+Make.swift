package import Guides

extension Scenario {
    /// Reads the executable side of a guide: its console and script blocks, and the samples that a runner is known for.
    ///
    /// What blocks say about each other (names, `needs=`, `expect=`) is the parser's to check: the guide is one that was parsed
    /// without an error.
    ///
    /// - Parameter runners: how samples are run, by the language that their fence names.
    /// - Returns: the scenario, and all that is wrong with the blocks. A check about which there is an error is left out, so
    ///   that a scenario must not be run when the diagnostics hold one.
    package static func make(
        from guide: Guide,
        runners: [String: ProjectConfiguration.Runner] = [:]
    ) -> (scenario: Scenario, diagnostics: [Diagnostic]) {
        var builder = ScenarioBuilder(guide: guide, runners: runners)
        return builder.build()
    }
}

/// Collects checks and diagnostics, block by block.
struct ScenarioBuilder {
    let guide: Guide
    let runners: [String: ProjectConfiguration.Runner]
    var checks: [Check] = []
    var diagnostics: [Diagnostic] = []
    /// The type of each placeholder name so far, and where it stood first.
    var placeholders: [String: (type: PlaceholderType, line: Int)] = [:]
    /// The expectation block for each name in `expect=`.
    private var expectations: [String: Block] = [:]

    init(guide: Guide, runners: [String: ProjectConfiguration.Runner]) {
        self.guide = guide
        self.runners = runners
    }

    mutating func build() -> (scenario: Scenario, diagnostics: [Diagnostic]) {
        for block in guide.blocks {
            if let name = block.attributes["expect"] { expectations[name] = expectations[name] ?? block }
        }
        for block in guide.blocks where isExecutable(block) {
            if let check = check(block) { checks.append(check) }
        }
        diagnostics = diagnostics.enumerated()
            .sorted {
                ($0.element.range?.start.line ?? 0, $0.element.range?.start.column ?? 0, $0.offset)
                    < ($1.element.range?.start.line ?? 0, $1.element.range?.start.column ?? 0, $1.offset)
            }
            .map(\.element)
        return (Scenario(guide: guide, checks: checks), diagnostics)
    }

    func isExecutable(_ block: Block) -> Bool {
        switch block.kind {
        case .console, .script: true
        case .sample: runners[block.language] != nil
        case .file, .expectation: false
        }
    }

    // MARK: - Blocks

    private mutating func check(_ block: Block) -> Check? {
        let before = diagnostics.count { $0.severity == .error }
        let settings = CheckSettings(block, guide: guide, &diagnostics)
        let expectation = expectations[block.name]
        var steps: [Step]
        var script: String?
        switch block.kind {
        case .console:
            steps = consoleSteps(block, settings, expectation)
        case .script:
            steps = scriptSteps(block, command: block.text, settings, expectation)
        default:
            guard let runner = runners[block.language] else { return nil }
            let text = runner.script(for: block.text)
            script = text
            steps = scriptSteps(block, command: text, settings, expectation)
        }
        if settings.serve {
            checkServing(steps, block)
            for index in steps.indices { steps[index].command = Self.inForeground(steps[index].command) }
        }
        guard diagnostics.count(where: { $0.severity == .error }) == before else { return nil }
        var tools = settings.tools
        let runner = block.kind == .sample ? runners[block.language] : nil
        if let tool = runner?.tool, !tools.contains(tool) { tools.append(tool) }
        return Check(
            block: block,
            session: settings.session,
            steps: steps,
            needs: settings.needs,
            skip: settings.skip,
            timeout: settings.timeout,
            serve: settings.serve,
            ready: settings.ready,
            isTyped: block.attributes["terminal"] != nil,
            tools: tools,
            runner: runner,
            engine: settings.engine,
            contentHash: ContentHash.of(block, script: script, expectation: expectation)
        )
    }

    private mutating func consoleSteps(_ block: Block, _ settings: CheckSettings, _ expectation: Block?) -> [Step] {
        let transcript = Transcript(text: block.text, firstLine: block.contentLine)
        for problem in transcript.problems {
            report(
                "output-without-command",
                problem.message,
                SourceRange(line: problem.line, column: block.indentation + 1, length: problem.length),
                help: "a command starts with \"$ \"; a comment before the first one starts with \"#\""
            )
        }
        if transcript.entries.isEmpty, transcript.problems.isEmpty {
            report(
                "no-command",
                "this console block has no command",
                block.range,
                help: "a command is a line that starts with \"$ \"; for text that is only shown, use ```text"
            )
        }
        let showsOutput = transcript.entries.contains { !$0.output.isEmpty }
        if showsOutput, let expectation {
            report(
                "two-expectations",
                "block \"\(block.name)\" shows its output itself, and \"expect=\(block.name)\" shows it again",
                expectation.attributes.entry("expect")?.valueRange ?? expectation.range,
                help: "remove one of the two"
            )
        }
        if !showsOutput, settings.match != nil {
            report(
                "match-without-output",
                "\"match\" says how output is compared, and this block shows none",
                block.attributes.entry("match")?.keyRange ?? block.range,
                help: expectation == nil ? "remove it, or show the output" : "put it on the expect= block"
            )
        }
        var steps = transcript.entries.map { entry in
            let mode = entry.output.isEmpty ? .exact : settings.match ?? .exact
            let shown = showsOutput ? Expectation(mode: mode, lines: entry.output) : nil
            return Step(command: entry.command, line: entry.line, expectation: shown)
        }
        for step in steps {
            if let shown = step.expectation { validate(shown, indentation: block.indentation) }
        }
        if !steps.isEmpty {
            steps[steps.count - 1].status = settings.status ?? 0
            if let expectation, !showsOutput {
                steps[steps.count - 1].expectation = self.expectation(expectation)
            }
        }
        return steps
    }

    private mutating func scriptSteps(
        _ block: Block,
        command: String,
        _ settings: CheckSettings,
        _ expectation: Block?
    ) -> [Step] {
        if settings.match != nil {
            report(
                "match-without-output",
                "\"match\" says how output is compared, and a script block shows none",
                block.attributes.entry("match")?.keyRange ?? block.range,
                help: "put it on the block with expect=\(block.name)"
            )
        }
        let shown = expectation.map { self.expectation($0) }
        return [
            Step(
                command: command,
                line: block.contentLine,
                status: settings.status ?? 0,
                expectation: shown,
                isScript: true
            )
        ]
    }

    /// What an `expect=` block shows.
    private mutating func expectation(_ block: Block) -> Expectation {
        let settings = CheckSettings(block, guide: guide, &diagnostics)
        var lines = block.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        let shown = lines.enumerated().map { offset, line in
            Expectation.Line(text: String(Substring(line)), number: block.contentLine + offset)
        }
        let result = Expectation(mode: settings.match ?? (block.language == "json" ? .json : .exact), lines: shown)
        validate(result, indentation: block.indentation)
        return result
    }

    /// What is left running is one command. What it shows is all that it prints until the guide ends.
    private mutating func checkServing(_ steps: [Step], _ block: Block) {
        guard steps.count > 1 else { return }
        report(
            "serve-one-command",
            "a block with \"serve\" has one command, and this one has \(steps.count)",
            block.attributes.entry("serve")?.keyRange ?? block.range,
            help: "move the other commands to a block of their own"
        )
    }

    /// A command without the `&` that would have it run in the background: as what is left running, it does so anyway, and only
    /// in the foreground it can be watched.
    private static func inForeground(_ command: String) -> String {
        var text = command[...]
        while text.last?.isWhitespace == true { text = text.dropLast() }
        guard text.last == "&", !text.hasSuffix("&&") else { return command }
        return String(text.dropLast())
    }

    mutating func report(
        _ code: String,
        _ message: String,
        _ range: SourceRange,
        severity: Diagnostic.Severity = .error,
        help: String?,
        notes: [Diagnostic.Note] = []
    ) {
        diagnostics.append(
            Diagnostic(severity, code: code, message, file: guide.path, range: range, help: help, notes: notes)
        )
    }
}
