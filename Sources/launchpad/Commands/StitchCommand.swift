import ArgumentParser
import Guides
import Proving
import Tangling

/// `launchpad stitch`: carries what was edited in files back into their guides.
struct StitchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stitch",
        abstract: "Carry edits made in tangled files back into the guides that describe them.",
        discussion: """
            What was tangled last tells which side moved; in a fresh clone it is what was committed last. Where the guide has moved, too, both edits are merged; lines that \
            both changed in different ways are a conflict, and such a file and its guide are left alone.

            Exit status: 0 everything carried or nothing to carry, 1 a conflict or something that a guide cannot hold, \
            3 there are no guides or a file cannot be read or written, 64 wrong usage.
            """
    )

    /// Who is right where both sides changed the same lines.
    enum Side: String, CaseIterable, ExpressibleByArgument {
        case file
    }

    @OptionGroup var options: ProjectOptions

    @Argument(help: ArgumentHelp("The files; all that differ by default.", valueName: "file"))
    var files: [String] = []

    @Flag(name: .customLong("dry-run"), help: "Show what would change, and write nothing.")
    var dryRun = false

    @Option(help: "In a conflict take the lines of the file. To take those of the guide, run launchpad tangle.")
    var take: Side?

    func run() async throws {
        let loaded = try await CheckRun.load(options)
        let result: Stitcher.Result
        let drifts: [Drift]
        do {
            drifts = try chosen(await loaded.tangler().compare(), of: loaded)
            let root = loaded.project.root
            let stitcher = try Stitcher(
                root: root, configuration: loaded.project.configuration, takesFile: take == .file,
                committed: { Self.committed($0, root: root) })
            result = stitcher.stitch(drifts, guides: loaded.guides)
        } catch let error as TangleError {
            options.printError(error.description)
            throw ExitCode(3)
        } catch let error as DiagnosticsError {
            options.report(error.diagnostics, root: loaded.project.root)
            throw ExitCode(3)
        }
        let diff = UnifiedDiff(colored: options.isColored())
        for (guide, bytes) in result.guides {
            let changes = LineDiff(old: diffLines(guide.source), new: diffLines(bytes))
            print(diff.render(changes, oldName: guide.path, newName: guide.path), terminator: "")
        }
        for outcome in result.outcomes { tell(outcome) }
        // A mode that was changed, or a file that is gone, is no edit of a text.
        let carried = Set(result.outcomes.map(\.path))
        for drift in drifts where drift.file != nil && !carried.contains(drift.path) {
            print("\(drift.message); \(drift.help)")
        }
        let settled = result.outcomes.filter(\.isSettled)
        if result.outcomes.isEmpty { printMessage("no file was edited") }
        if !settled.isEmpty, !dryRun {
            try await write(result.guides, files: Set(settled.map(\.path)), of: loaded)
        }
        if result.outcomes.contains(where: \.isProblem) { throw ExitCode(1) }
    }

    /// A file as the last commit has it; nil where there is no git, no repository or no such file in it.
    private static func committed(_ path: String, root: String) -> [UInt8]? {
        guard let answer = ShortCommand.run(named: "git", ["-C", root, "show", "HEAD:./\(path)"]), answer.status == 0
        else { return nil }
        return Array(answer.output.utf8)
    }

    private func chosen(_ drifts: [Drift], of loaded: LoadedProject) throws -> [Drift] {
        guard !files.isEmpty else { return drifts }
        let paths = try files.map { file in
            let path = ProjectPath.relative(file, to: loaded.project.root)
            guard loaded.plan.files.contains(where: { $0.path == path }) else {
                let near = nearestName(to: path, among: loaded.plan.files.map(\.path))
                throw ValidationError(
                    "no guide describes \"\(file)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
            }
            return path
        }
        return drifts.filter { paths.contains($0.path) }
    }

    private func write(_ guides: [(guide: Guide, bytes: [UInt8])], files: Set<String>, of loaded: LoadedProject)
        async throws
    {
        let root = loaded.project.root
        try CheckRun.orExit(options) {
            try ProjectLock.hold(root) {
                for (guide, _) in guides where try FileBytes.read("\(root)/\(guide.path)") != guide.source {
                    throw CouldNotRun("\(guide.path) was changed meanwhile", help: "run launchpad stitch again")
                }
                for (guide, bytes) in guides { try AtomicFile.replace("\(root)/\(guide.path)", with: bytes) }
            }
        }
        // The files get what a guide cannot hold: their provenance line, and a line's end at the end.
        let (again, diagnostics) = await LoadedProject.load(loaded.project)
        guard let again else {
            options.report(diagnostics, root: root)
            throw ExitCode(3)
        }
        do {
            _ = try await again.tangler().write(only: files.union(again.plan.files.filter(\.isGenerated).map(\.path)))
        } catch let error as TangleError {
            options.printError(error.description)
            throw ExitCode(3)
        }
    }

    // MARK: - Words

    private func tell(_ outcome: Stitcher.Outcome) {
        switch outcome.verdict {
        case .carried(let isMerged):
            let what = isMerged ? "merged with what changed in" : "carried into"
            printMessage("\(outcome.path): the edit is \(what) \(outcome.guide)")
        case .guideMoved:
            printMessage("\(outcome.path): only \(outcome.guide) has changed; to write it, run: launchpad tangle")
        case .sameLines:
            printMessage(
                "\(outcome.path): its lines are those of \(outcome.guide), and a guide cannot hold how they end, or that a "
                    + "file has no provenance line; it is written as the guide says")
        case .refused(let reason):
            options.printError("\(outcome.path) is left alone: \(reason)")
        case .conflict(let conflicts):
            for conflict in conflicts {
                writeStandardError(Self.text(of: conflict, outcome))
            }
            options.printError(
                "\(outcome.path) and \(outcome.guide) are left alone: both changed the same lines in different ways. Make "
                    + "them the same, take those of the file with --take file, or those of the guide with launchpad tangle"
            )
        }
    }

    private static func text(of conflict: Stitcher.Conflict, _ outcome: Stitcher.Outcome) -> String {
        func side(_ mark: String, _ lines: [String]) -> String {
            lines.isEmpty ? "  \(mark) (no line)\n" : lines.map { "  \(mark) \($0)\n" }.joined()
        }
        return "tangled last\n" + side(" ", conflict.base)
            + "\(outcome.guide):\(conflict.guideLine)\n" + side("-", conflict.guide)
            + "\(outcome.path):\(conflict.fileLine)\n" + side("+", conflict.file)
    }
}

extension Stitcher.Outcome {
    /// Whether the file is written as its guide says now.
    fileprivate var isSettled: Bool {
        switch verdict {
        case .carried, .sameLines: true
        case .guideMoved, .refused, .conflict: false
        }
    }

    fileprivate var isProblem: Bool {
        switch verdict {
        case .conflict, .refused: true
        case .carried, .guideMoved, .sameLines: false
        }
    }
}
