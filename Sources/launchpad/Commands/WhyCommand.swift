import ArgumentParser
import Guides
import Proving

/// `launchpad why`: says whether the next check would run a block, and what it depends on.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say why a block would be run again, or why not.",
        discussion: """
            Blocks are run with all others of their guide, because each works on what those before it left behind. A guide \
            that passed is run again when one of its blocks, a file that they work with, the engine, the sandbox or a \
            program that they call has changed. Prose is free to change.

            Exit status: 0 said, 3 the guides cannot be run, 64 there is no such block, or wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions
    @OptionGroup var running: RunningArguments

    @Argument(help: ArgumentHelp("A block, or a guide for all of its blocks.", valueName: "[guide#]block"))
    var block: String

    func run() async throws {
        let loaded = try await CheckRun.load(options)
        let checker = try CheckRun.orExit(options) {
            try running.checker(
                for: loaded, scenarios: loaded.scenarios, options: CheckOptions(), observer: SilentObserver())
        }
        let found = try CheckRun.orExit(options) { try checker.find(block) }
        var answers: [String] = []
        for path in Set(found.map(\.scenario.guide.path)).sorted() {
            let here = found.filter { $0.scenario.guide.path == path }
            guard let scenario = here.first?.scenario else { continue }
            answers.append(Self.answer(checker.reasons(for: scenario), here.map(\.check), of: scenario.guide))
        }
        guard !answers.isEmpty else {
            printMessage("\(block) has no block that is run")
            return
        }
        printMessage(answers.joined(separator: "\n"), terminator: "")
    }

    // MARK: - Words

    private static func answer(_ reasons: RunReasons, _ checks: [Check], of guide: Guide) -> String {
        var text = ""
        for check in checks {
            text += "\(guide.path):\(check.block.range.start.line): \(check.block.name)"
            text += check.skip.map { " is skipped: \($0)\n" } ?? "\n"
        }
        switch reasons.verdict {
        case .unchanged(let since):
            text += "Not run again: nothing has changed since it passed at \(since)\n"
        case .changed(let changes, let since):
            text += "Run by the next launchpad check, because since it passed at \(since)\n"
            for change in changes { text += "  \(sentence(change))\n" }
        case .notPassed(let state, let time):
            let word = state == .skipped ? "nothing of its guide was run" : "its guide did not pass"
            text += "Run by the next launchpad check: \(word) at \(time)\n"
        case .neverRun:
            text += "Run by the next launchpad check: no proof of it is remembered\n"
        }
        text += "\nDepends on\n"
        for kind in GuideInputs.Kind.allCases {
            let inputs = reasons.inputs.all.filter { $0.kind == kind && !$0.value.isEmpty }
            guard kind != .rules, !inputs.isEmpty else { continue }
            text += "  \(heading(kind, inputs.count)): \(inputs.map(shown).joined(separator: ", "))\n"
        }
        return text + "To run it all the same: launchpad check --force \(guide.path)\n"
    }

    private static func heading(_ kind: GuideInputs.Kind, _ count: Int) -> String {
        switch kind {
        case .block, .file, .folder, .program: "\(kind.rawValue)\(count == 1 ? "" : "s")"
        case .machineFile: count == 1 ? kind.rawValue : "files of the machine"
        case .engine, .isolation, .frontMatter, .rules: kind.rawValue
        }
    }

    private static func shown(_ input: GuideInputs.Input) -> String {
        switch input.kind {
        case .engine: "\(input.name), \(input.value)"
        case .isolation: input.value
        case .frontMatter: "\(input.name): \(input.value)"
        case .block, .file, .machineFile, .folder, .program, .rules: input.name
        }
    }

    private static func sentence(_ change: GuideInputs.Change) -> String {
        let input = change.input
        let subject = input.kind == .rules ? "what counts as a proof" : "the \(input.kind.rawValue) \(input.name)"
        switch (change.what, input.kind) {
        case (.added, _): return "\(subject) has come to it"
        case (.removed, _): return "\(subject) has gone"
        case (.moved, _): return "its blocks stand in another order"
        case (.changed, .block), (.changed, .file), (.changed, .rules): return "\(subject) has changed"
        case (.changed(let former), _): return "\(subject) has changed, from \(former) to \(input.value)"
        }
    }
}
