import Guides
import Tangling

/// Runs the checks of one guide, in document order, in a workbench of its own. Blocks its thread.
struct GuideRunner {
    let scenario: Scenario
    /// What the workspace holds.
    let files: [TangledFile]
    let engine: any Engine
    /// What runners of samples need.
    let folders: RunnerFolders
    /// True where its services run outside of the workbench, which then shares the machine's network.
    let usesMachine: Bool
    /// Tells for each check why it is not run on this machine or in this run; nil runs it.
    let skipReason: @Sendable (Check) -> String?
    /// True for the checks that this run is about; others are left out altogether.
    let isSelected: @Sendable (Check) -> Bool
    /// Overrides the time of checks that do not set their own.
    let timeout: Duration?
    /// No check may take longer than this, whatever it says itself.
    let longest: Duration?
    /// True when an output that differs stops nothing.
    let isSurvey: Bool
    /// The block in whose workbench a person at a terminal gets a shell when it fails.
    let entrance: Entrance?
    let observer: any RunObserver
    let cancellation: RunCancellation

    struct Entrance: Sendable {
        var block: String
        var terminal: PersonsTerminal
    }

    var path: String { scenario.guide.path }

    /// - Parameter directoryName: distinguishes the guide's directory from those of the run's other guides.
    func run(in factory: WorkbenchFactory, directoryName: String, inputHash: String) -> GuideProof {
        let started = ContinuousClock.now
        var proof = GuideProof(
            path: path,
            title: scenario.guide.title,
            state: .skipped,
            startedAt: Timestamp.now(),
            durationMilliseconds: 0,
            inputHash: inputHash,
            filesHash: GuideFiles.hash(files, of: scenario.guide),
            blocks: []
        )
        var progress = GuideProgress()
        do {
            try runChecks(in: factory, directoryName, &progress)
        } catch {
            proof.reason = cancellation.isCancelled ? "interrupted" : "\(error)"
        }
        for awaited in progress.awaited {
            observer.receive(.blockFinished(guide: path, proof: progress.proofs[awaited.position]))
        }
        // After a break every check still stands in the ledger: not run, and why.
        for check in selected.dropFirst(progress.proofs.count) {
            let reason = proof.reason ?? "the guide's workbench broke"
            finish(check, BlockProof(check, state: .blocked, reason: reason), &progress)
        }
        proof.blocks = progress.proofs
        proof.standIns = progress.standIns.isEmpty ? nil : progress.standIns
        proof.state = proof.reason == nil ? GuideProof.state(of: proof.blocks) : .error
        proof.durationMilliseconds = started.duration(to: .now) / .milliseconds(1)
        return proof
    }

    private var selected: [Check] { scenario.checks.filter(isSelected) }

    /// True when this run leaves out blocks of the guide. What a command in the background prints may depend on them.
    var isPartial: Bool { selected.count < scenario.checks.count }

    private func runChecks(in factory: WorkbenchFactory, _ name: String, _ progress: inout GuideProgress) throws {
        let reasons = selected.map { skipReason($0) }
        // A guide of which nothing is run needs no workbench.
        guard reasons.contains(where: { $0 == nil }) else {
            for (check, reason) in zip(selected, reasons) {
                finish(check, BlockProof(check, state: .skipped, reason: reason), &progress)
            }
            return
        }
        let keeper = usesMachine ? try engine.keepServices(of: files, in: factory.workspace(name)) : nil
        defer { keeper?.end() }
        let workbench = try factory.make(
            name: name, files: files, folders: folders.shown(to: scenario), cancellation: cancellation,
            terminal: entrance?.terminal, usesMachine: usesMachine)
        let isPrivate = factory.isolation.isPrivate && !usesMachine
        try workbench.awaitAgent()
        try startBroker(in: workbench, isPrivate: isPrivate)
        try startServices(in: workbench)
        for (check, reason) in zip(selected, reasons) {
            observer.receive(.blockStarted(guide: path, block: check.block.name, line: check.block.range.start.line))
            if let reason {
                finish(check, BlockProof(check, state: .skipped, reason: reason), &progress)
            } else if let (state, reason) = progress.obstacle(for: check, isSurvey: isSurvey) {
                finish(check, BlockProof(check, state: state, reason: reason), &progress)
            } else if let reason = try probe(for: check, in: workbench, &progress) {
                finish(check, BlockProof(check, state: .skipped, reason: reason), &progress)
            } else {
                var runner = CheckRunner(
                    check: check,
                    timeout: effectiveTimeout(check),
                    workbench: workbench,
                    isSurvey: isSurvey,
                    isPrivate: isPrivate,
                    variables: variables(of: check),
                    position: progress.proofs.count
                )
                let proof = try runner.run(&progress.bindings)
                if let service = runner.service { progress.services.append(service) }
                if let awaited = runner.awaited {
                    progress.awaited.append(awaited)
                    progress.proofs.append(proof)
                } else {
                    finish(check, proof, &progress)
                }
                if let entrance, entrance.block == check.block.name, proof.state != .passed, runner.awaited == nil {
                    try workbench.shell(
                        like: check.session, variables: progress.bindings.values, on: entrance.terminal)
                }
            }
            try lookAtAwaited(in: workbench, patience: .zero, &progress)
        }
        try lookAtAwaited(in: workbench, patience: CheckRunner.quiet, &progress)
        try lookForTheDead(in: workbench, &progress)
        progress.standIns = workbench.standIns() + (keeper?.served() ?? [])
        try workbench.stop()
    }

    private func effectiveTimeout(_ check: Check) -> Duration {
        let isOwn = check.block.attributes["timeout"] != nil || scenario.guide.directives["timeout"] != nil
        let wanted = isOwn ? check.timeout : timeout ?? check.timeout
        return longest.map { min($0, wanted) } ?? wanted
    }

    private func finish(_ check: Check, _ proof: BlockProof, _ progress: inout GuideProgress) {
        progress.proofs.append(proof)
        observer.receive(.blockFinished(guide: path, proof: proof))
    }

    private func startBroker(in workbench: Workbench, isPrivate: Bool) throws {
        guard let configuration = scenario.guide.frontMatter.broker else { return }
        let broker = engine.broker(configuration: configuration, statusDirectory: workbench.statusDirectory)
        let command = AgentCommand(
            // A session of its own, under a name that no guide can use.
            session: "",
            text: broker.command,
            timeoutMilliseconds: 10_000
        )
        let ready = AgentReadiness.file(directory: workbench.statusDirectory, suffix: broker.readyFileSuffix)
        let result = try workbench.serve(command, ready: [ready])
        guard result.ending != .running else { return }
        let place = scenario.guide.frontMatter.ranges["broker"].map { "\(path):\($0.start.line): " } ?? ""
        var said = TerminalText.clean(result.output)
        while said.last == "\n" { said.removeLast() }
        if !isPrivate, let port = PortConflict.port(in: said) {
            throw PortConflict.error(port: port, who: "\(place)the broker of this guide")
        }
        let end = result.ending == .died ? "ended before it was ready" : "was not ready after 10 s"
        throw CouldNotRun("\(place)the broker (\(broker.command)) \(end): \(said)")
    }
}

/// What the runners of samples need.
extension GuideRunner {
    /// How long a probe may take.
    private static let probePatience = 30

    /// What a check's commands find set beside what placeholders have captured.
    private func variables(of check: Check) -> [String: String] {
        folders.path(for: check).map { [ProjectConfiguration.Runner.folderVariable: $0] } ?? [:]
    }

    /// Asks the probe of a check's runner, once a guide, and tells why the check cannot be run.
    private func probe(
        for check: Check, in workbench: Workbench, _ progress: inout GuideProgress
    ) throws -> String? {
        guard let runner = check.runner, let script = runner.probeScript else { return nil }
        if let known = progress.probes[runner] { return known }
        let result = try workbench.run(
            AgentCommand(
                // A session of its own, under a name that no guide can use.
                session: " probe",
                text: script,
                isScript: true,
                exports: variables(of: check),
                timeoutMilliseconds: Double(Self.probePatience * 1000)
            ))
        var reason: String?
        if result.ending != .exited {
            reason = runner.notRun("the probe of \(check.block.language) had not ended after \(Self.probePatience) s")
        } else if let status = result.status, status != 0 {
            reason = runner.notRun("the probe of \(check.block.language) ended with exit status \(status)")
        }
        progress.probes[runner] = .some(reason)
        return reason
    }
}

/// The services of a guide's front matter.
extension GuideRunner {
    /// How long they may take to be ready.
    private static let patience = 120

    private func startServices(in workbench: Workbench) throws {
        guard let configuration = scenario.guide.frontMatter.services,
            let command = engine.services(configuration: configuration)
        else { return }
        let result = try workbench.run(
            AgentCommand(session: "", text: command, timeoutMilliseconds: Double(Self.patience * 1000)))
        guard result.ending != .exited || result.status != 0 else { return }
        let place = scenario.guide.frontMatter.ranges["services"].map { "\(path):\($0.start.line): " } ?? ""
        let end = result.ending == .timedOut ? "were not ready after \(Self.patience) s" : "could not be started"
        throw CouldNotRun("\(place)the services (\(command)) \(end): \(TerminalText.clean(result.output))")
    }
}

/// What a guide's run has come to so far.
struct GuideProgress {
    var bindings = Bindings()
    var proofs: [BlockProof] = []
    /// Commands in the background that have more to print; their proofs are failed ones until they have.
    var awaited: [AwaitedOutput] = []
    /// The commands in the background that were ready.
    var services: [StartedService] = []
    /// What has stood in for something that the guide asked for.
    var standIns: [StandInProof] = []
    /// What the probes of runners have come to: why their samples cannot be run, or nil.
    var probes: [ProjectConfiguration.Runner: String?] = [:]

    /// Why `check` cannot be run because of a block that it needs, or nil.
    func obstacle(for check: Check, isSurvey: Bool) -> (state: ProofState, reason: String)? {
        for name in check.needs {
            guard let needed = proofs.last(where: { $0.name == name }), needed.state != .passed else { continue }
            if awaited.contains(where: { $0.check.block.name == name }) { continue }
            if isSurvey, needed.state == .failed, needed.steps.allSatisfy(\.didItsPart) { continue }
            switch needed.state {
            case .skipped:
                // Nothing has failed: what was left out takes with it what builds on it.
                return (.skipped, "needs \"\(name)\", which was not run: \(needed.reason ?? "skipped")")
            case .blocked: return (.blocked, "needs \"\(name)\", which was blocked itself")
            case .passed, .failed, .error: return (.blocked, "needs \"\(name)\", which failed")
            }
        }
        return nil
    }
}

extension StepProof {
    /// True when the command passed, or when only what it printed is another thing than the guide shows.
    var didItsPart: Bool {
        state == .passed || (mismatch != nil && !truncated && (status == nil || status == expectedStatus))
    }
}

extension GuideProof {
    /// The worst state of the blocks, those left out aside.
    static func state(of blocks: [BlockProof]) -> ProofState {
        let states = Set(blocks.map(\.state))
        return [.error, .failed, .blocked, .passed].first { states.contains($0) } ?? .skipped
    }
}

extension BlockProof {
    /// The proof of a check that was not run, or not yet.
    init(_ check: Check, state: ProofState, reason: String? = nil) {
        self.init(
            name: check.block.name,
            index: check.block.index,
            kind: check.block.kind.rawValue,
            line: check.block.range.start.line,
            state: state,
            reason: reason,
            contentHash: check.contentHash
        )
    }
}
