import Guides

/// Decides what each fence of a page is.
struct PageReading {
    let guide: Guide
    let hasTool: @Sendable (String) -> Bool
    /// Paths that other pages describe already.
    let takenFiles: Set<String>
    private let foreign: [Int: ForeignFence]
    private let text: SourceText

    /// - Parameter foreign: fences that are wrong as they stand, by the indices of their blocks.
    init(
        guide: Guide, foreign: [Int: ForeignFence], takenFiles: Set<String>,
        hasTool: @escaping @Sendable (String) -> Bool
    ) {
        self.guide = guide
        self.foreign = foreign
        self.takenFiles = takenFiles
        self.hasTool = hasTool
        text = SourceText(guide.source)
    }

    func decide() -> [BlockDecision] {
        var decisions = guide.blocks.map { block -> BlockDecision in
            if let kept = kept(block) { return kept }
            var decision = example(block)
            decision.name = block.attributes["name"]
            decision.looks =
                foreign[block.index]?.looks
                ?? block.attributes.entries.filter { $0.key != "name" }.map(FenceInfo.written)
            decision.isNoExample =
                !decision.isExample
                && block.text.split(separator: "\n").contains { !$0.trimmingBlanks.isEmpty && !$0.hasPrefix("#") }
            if decision.isExample, foreign[block.index]?.isIgnored == true {
                decision.skip("the page has it left out: \(foreign[block.index]?.info ?? "")")
            }
            return decision
        }
        giveOutputs(&decisions)
        giveFiles(&decisions)
        return decisions
    }

    // MARK: Examples

    private static let shells: Set<String> = ["sh", "bash", "shell", "zsh", "ksh"]
    private static let transcripts: Set<String> = [
        "console", "shell-session", "shellsession", "sh-session", "terminal", "session", "cmd",
    ]
    private static let plain: Set<String> = ["", "text", "txt", "plaintext", "output", "log"]

    /// A block that says already what is to be done with it.
    private func kept(_ block: Block) -> BlockDecision? {
        guard foreign[block.index] == nil else { return nil }
        switch block.kind {
        case .file, .expectation: return BlockDecision(kind: .none, isKept: true)
        case .sample: return nil
        case .console, .script:
            let entries = block.attributes.entries.filter { !FenceInfo.looks.contains($0.key) }
            guard !entries.isEmpty else { return nil }
            var decision = BlockDecision(kind: block.kind == .console ? .console : .script, isKept: true)
            decision.attributes = entries.map(FenceInfo.written)
            decision.name = block.attributes["name"]
            decision.hasOutput = guide.blocks.contains { $0.attributes["expect"] == block.name }
            let lines = block.text.split(separator: "\n").map(String.init)
            decision.commands =
                block.kind == .console
                ? lines.filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
                : lines.map(\.trimmingBlanks).filter { !$0.isEmpty && !$0.hasPrefix("#") }
            return decision
        }
    }

    private func example(_ block: Block) -> BlockDecision {
        let language = (foreign[block.index]?.language ?? block.language).lowercased()
        let isShell = Self.shells.contains(language)
        guard isShell || Self.transcripts.contains(language) || Self.plain.contains(language) else {
            return BlockDecision(kind: .none)
        }
        let shell = ShellText(block.text, hasTool: hasTool)
        if let decision = transcript(shell) { return decision }
        guard isShell || Self.transcripts.contains(language) else { return BlockDecision(kind: .none) }
        let roles = shell.roles
        guard let first = roles.firstIndex(where: { $0 == .command }) else { return BlockDecision(kind: .none) }
        var decision = BlockDecision(kind: .script)
        var end = roles.count
        if let firstOther = roles.firstIndex(of: .other) {
            // A command and what it prints, without a prompt to tell them apart.
            guard first < firstOther else { return BlockDecision(kind: .none) }
            decision.kind = .console
            // Words behind a blank line that start no program anybody knows belong to what is printed.
            end =
                zip(roles, shell.lines).enumerated().first { index, line in
                    index > first && index <= firstOther && line.0 == .command && !shell.isCommand(line.1)
                }?.offset ?? firstOther
            for index in 0..<end where roles[index] == .command { decision.prompts[index] = "" }
        } else if roles.count(where: { $0 == .command }) == 1, shell.isNoCommand(shell.lines[first]) {
            // A subject, an address, a line of a log: shown in the looks of a shell.
            return BlockDecision(kind: .none)
        }
        let commands = (0..<end).filter { roles[$0] == .command }.map { shell.lines[$0].trimmingBlanks }
        describe(&decision, commands)
        return decision
    }

    /// A block with prompts.
    private func transcript(_ shell: ShellText) -> BlockDecision? {
        var decision = BlockDecision(kind: .console)
        var commands: [String] = []
        for (index, line) in shell.lines.enumerated() {
            guard let prompt = shell.prompt(of: line) else { continue }
            let command = String(line.dropFirst(prompt.count))
            guard !command.trimmingBlanks.hasPrefix("#") else { continue }
            commands.append(command)
            if prompt != "$ " { decision.prompts[index] = prompt }
        }
        guard !commands.isEmpty else { return nil }
        // What stands above the first prompt can be nothing but a comment.
        let start = shell.lines.firstIndex { shell.prompt(of: $0) != nil } ?? 0
        guard shell.lines[..<start].allSatisfy({ $0.trimmingBlanks.isEmpty || $0.hasPrefix("#") }) else { return nil }
        describe(&decision, commands)
        return decision
    }

    /// Adds what the commands themselves tell: what is missing here, and what never ends.
    private func describe(_ decision: inout BlockDecision, _ commands: [String]) {
        decision.commands = commands
        if let placeholder = CommandTraits.placeholder(in: commands.joined(separator: "\n")) {
            decision.skip("a placeholder to fill in: \(placeholder)")
            return
        }
        let missing = commands.flatMap(ShellText.heads).first { head in
            !ShellText.structure.contains(head) && !hasTool(head) && !head.contains("$") && !head.contains("/")
                && head.first?.isLetter == true && head.allSatisfy { $0.isLetter || $0.isNumber || "-_.+".contains($0) }
        }
        if let missing {
            decision.attributes.append("tool=\(missing)")
            return
        }
        if let last = commands.last, commands.count == 1 || decision.kind == .script,
            let ready = CommandTraits.readiness(of: last)
        {
            decision.attributes += ["serve", ready]
        }
    }

    // MARK: Outputs

    /// A fence of plain text directly behind an example that shows no output is what the example prints.
    private func giveOutputs(_ decisions: inout [BlockDecision]) {
        for index in decisions.indices.dropFirst() {
            let previous = index - 1
            let language = guide.blocks[index].language.lowercased()
            guard decisions[index].kind == .none, !decisions[index].isKept, decisions[previous].kind == .script,
                !decisions[previous].isKept,
                Self.plain.contains(language) || language == "json",
                isJoined(guide.blocks[previous], guide.blocks[index]), !looksLikeConfiguration(guide.blocks[index])
            else { continue }
            decisions[index].kind = .output(of: previous)
            decisions[previous].name = decisions[previous].name ?? freeName(previous + 1)
            decisions[previous].hasOutput = true
        }
    }

    /// A name for an example that no other block of the page has.
    private func freeName(_ number: Int) -> String {
        let used = Set(guide.blocks.map(\.name))
        var name = "example-\(number)"
        while used.contains(name) { name += "-b" }
        return name
    }

    /// Whether no heading, no file's name and little text stand between two blocks.
    private func isJoined(_ first: Block, _ second: Block) -> Bool {
        let between = (first.range.end.line + 1..<max(first.range.end.line + 1, second.range.start.line)).map(text.line)
        let letters = between.reduce(0) { $0 + $1.count }
        return letters <= 200
            && !between.contains { $0.hasPrefix("#") || Self.fileName(in: $0) != nil || $0.hasPrefix("{% tab ") }
    }

    private func looksLikeConfiguration(_ block: Block) -> Bool {
        block.language.lowercased() != "json" && isPlausible("x.conf", block)
    }

    /// Whether what stands in a fence can be what a file of that name holds.
    private func isPlausible(_ name: String, _ block: Block) -> Bool {
        let lines = block.text.split(separator: "\n").map { $0.trimmingBlanks }
        guard let head = lines.first(where: { !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix("//") }) else {
            return false
        }
        if name.hasSuffix(".json") { return head.hasPrefix("{") || head.hasPrefix("[") }
        if name.hasSuffix(".conf") || name.hasSuffix(".cfg") {
            return head.contains(/^["'$]?[A-Za-z_][\w.-]*["']?\s*[:={]/) || head.contains(/^include\s/)
        }
        if name.hasSuffix(".yml") || name.hasSuffix(".yaml") { return head.contains(/^(---|-\s|["']?[\w.-]+["']?:)/) }
        return true
    }

    // MARK: Files

    private static let endings = [".conf", ".json", ".yml", ".yaml", ".cfg", ".env", ".txt", ".toml"]

    /// A name of a file that stands in quotes, in a code span or behind `title=`.
    private static func fileName(in line: String) -> String? {
        line.split { " `\"'*()[]<>{}=,;:".contains($0) }
            .map { $0.hasSuffix(".") ? String($0.dropLast()) : String($0) }
            .first { word in endings.contains { word.hasSuffix($0) && word.count > $0.count } && !word.hasPrefix("/") }
    }

    /// A fence whose name stands above it, or that stands before the command that reads a file of that name, is that file.
    private func giveFiles(_ decisions: inout [BlockDecision]) {
        var taken = takenFiles.union(guide.blocks.compactMap { $0.attributes["file"] })
        for index in decisions.indices where decisions[index].kind == .none && !decisions[index].isKept {
            let block = guide.blocks[index]
            let later = decisions.indices.filter { $0 > index && decisions[$0].isExample }
            guard let next = later.first else { continue }
            let above = (max(1, block.range.start.line - 3)..<block.range.start.line).map(text.line).reversed()
            let named = above.compactMap(Self.fileName).first
            let read = Self.configuration(of: guide.blocks[next].text)
            let isDirectlyBefore = later.first == index + 1 && looksLikeConfiguration(block)
            guard let name = named ?? (isDirectlyBefore ? read : nil), !name.contains(".."), isPlausible(name, block),
                taken.insert(name).inserted,
                later.contains(where: { guide.blocks[$0].text.contains(name) })
            else { continue }
            decisions[index].kind = .file(name)
        }
    }

    /// The file behind `-c` or `--config`.
    private static func configuration(of command: String) -> String? {
        let words = ShellText.words(of: command.split(separator: "\n").joined(separator: " "))
        guard let flag = words.firstIndex(where: { $0 == "-c" || $0 == "--config" || $0 == "-config" }),
            flag + 1 < words.count
        else { return nil }
        let name = words[flag + 1].filter { $0 != "\"" && $0 != "'" }
        return name.hasPrefix("/") || name.hasPrefix("$")
            ? nil : name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    }
}
