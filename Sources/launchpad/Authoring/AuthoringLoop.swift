import Guides
import Proving
import Publishing
import Tangling

/// Follows the guides while they are written: tangles and proves what an edit touches, and nothing else.
///
/// 1. The guides are read again whenever something in the project changes. One with a mistake stays as it was for the others.
/// 2. Files of theirs that nobody edited by hand are written.
/// 3. Changed blocks are run at once, with what they need, so that their result shows without waiting for the others.
/// 4. Then the guides that the edit touched are run as a whole, for the ledger. An edit meanwhile breaks that off.
final class AuthoringLoop: Sendable {
    private let root: String
    private let options: ProjectOptions
    private let running: RunningArguments
    private let timeout: TimeLimit?
    private let memories: ConfiguredMemory

    /// - Parameter memories: what is known of the project, shared with who else reads it.
    init(
        root: String, options: ProjectOptions, running: RunningArguments, timeout: TimeLimit? = nil,
        memories: ConfiguredMemory = ConfiguredMemory()
    ) {
        self.memories = memories
        self.root = root
        self.options = options
        self.running = running
        self.timeout = timeout
    }

    /// Runs until its task is cancelled.
    func run() async {
        let watcher = FileWatcher(
            folders: [root], ignored: ["site", ".git", ".build", ".launchpad"].map { "\(root)/\($0)" })
        let changes = watcher.changes()
        var state = State()
        await step(&state)
        for await _ in changes {
            await step(&state)
        }
        await state.breakOff()
    }

    private struct State {
        /// What the guides said when they were last looked at.
        var scenarios: [String: Scenario] = [:]
        var diagnostics: [Diagnostic]?
        /// Files that were told to be edited by hand.
        var edited: [String] = []
        var proving: (checker: CheckerHandle, task: Task<Void, Never>)?

        mutating func breakOff() async {
            proving?.checker.cancel()
            await proving?.task.value
            proving = nil
        }
    }

    private func step(_ state: inout State) async {
        let (loaded, diagnostics) = await read(knowing: state.scenarios)
        // Told once, and again when they have changed.
        if state.diagnostics != diagnostics {
            options.report(diagnostics, root: root)
            if diagnostics.isEmpty, state.diagnostics?.isEmpty == false { say("the guides are in order again\n") }
            state.diagnostics = diagnostics
        }
        guard let loaded else { return }
        let isFirst = state.scenarios.isEmpty
        let changes = GuideChanges(from: state.scenarios, to: loaded)
        state.scenarios = Dictionary(uniqueKeysWithValues: loaded.scenarios.map { ($0.guide.path, $0) })
        await tangle(loaded, &state)
        guard !changes.scenarios.isEmpty else { return }
        await state.breakOff()
        let handle = CheckerHandle()
        let task = Task {
            if !isFirst, !changes.blocks.isEmpty, await self.proveBlocks(changes, loaded, handle) == false { return }
            await self.prove(changes.scenarios, loaded, handle)
        }
        state.proving = (handle, task)
    }

    /// - Parameter former: the guides as they were when all was well with them, by path.
    private func read(
        knowing former: [String: Scenario]
    ) async -> (loaded: LoadedProject?, diagnostics: [Diagnostic]) {
        do {
            // The configuration is read again too, since it may be what has changed.
            let project = try Project.open(root: root)
            let memory = memories.memory(for: project.configuration)
            let (loaded, diagnostics) = await LoadedProject.load(project, remembering: memory)
            guard loaded == nil else { return (loaded, diagnostics) }
            // A guide that is being written is often wrong for a moment, which keeps nobody else from working.
            let wrong = Set(diagnostics.filter { $0.severity == .error }.map(\.file))
            let held = wrong.compactMap { former[$0]?.guide }
            guard held.count == wrong.count else { return (nil, diagnostics) }
            return (await LoadedProject.load(project, remembering: memory, holding: held).loaded, diagnostics)
        } catch let error as DiagnosticsError {
            return (nil, error.diagnostics)
        } catch {
            return (nil, [Diagnostic(code: "unreadable-project", "\(error)", file: "launchpad.yml")])
        }
    }

    // MARK: - Files

    /// Writes what nobody edited by hand, and tells of the rest once.
    private func tangle(_ loaded: LoadedProject, _ state: inout State) async {
        do {
            let tangler = try loaded.tangler()
            let drifts = try await tangler.compare()
            let (own, others) = (drifts.filter(\.isOurs), drifts.filter { !$0.isOurs && $0.kind != .manifest })
            if !own.isEmpty {
                let summary = try await tangler.write(only: Set(own.map(\.path)))
                for path in summary.written { say("wrote \(path)\n") }
            }
            for drift in others where !state.edited.contains(drift.message) {
                let isText = drift.file.map { !$0.isGenerated } ?? false
                say(
                    drift.message + "; "
                        + (isText ? "to carry the edit into the guide, run: launchpad stitch" : drift.help) + "\n")
            }
            state.edited = others.map(\.message)
        } catch let error as DiagnosticsError {
            options.report(error.diagnostics, root: root)
        } catch {
            options.printError("\(error)")
        }
    }

    // MARK: - Proofs

    /// Runs the changed blocks alone.
    ///
    /// - Returns: false when the run was broken off.
    private func proveBlocks(_ changes: GuideChanges, _ loaded: LoadedProject, _ handle: CheckerHandle) async -> Bool {
        let settings = CheckOptions(only: changes.blocks, timeout: timeout?.duration)
        let observer = ChangedBlockReport(blocks: Set(changes.blocks), guides: loaded.guides) { self.say($0) }
        return await run(changes.scenarios, loaded, settings, observer, handle)
    }

    private func prove(_ scenarios: [Scenario], _ loaded: LoadedProject, _ handle: CheckerHandle) async {
        let traits = TerminalTraits(isTerminal: false, usesColor: options.isColored())
        let report = ReportFormat.pretty.observer(writingTo: StandardOutputSink(), terminal: traits)
        _ = await run(scenarios, loaded, CheckOptions(timeout: timeout?.duration), report, handle)
    }

    private func run(
        _ scenarios: [Scenario], _ loaded: LoadedProject, _ settings: CheckOptions, _ observer: any RunObserver,
        _ handle: CheckerHandle
    ) async -> Bool {
        do {
            let checker = try running.checker(
                for: loaded, scenarios: scenarios, options: settings, observer: observer)
            guard handle.use(checker) else { return false }
            _ = try await checker.run()
            return true
        } catch is CancellationError {
            return false
        } catch {
            options.printError("\(error)")
            return true
        }
    }

    private func say(_ text: String) {
        StandardOutputSink().write(text)
    }
}

extension Drift {
    /// Whether tangling replaces only what Launchpad itself wrote.
    fileprivate var isOurs: Bool {
        switch kind {
        case .missing, .mode, .changed(_, editedByHand: false): true
        case .changed, .foreign, .orphan, .notAFile, .manifest: false
        }
    }
}
