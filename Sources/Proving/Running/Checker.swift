package import Guides
import Synchronization
package import Tangling

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs the checks of a project's guides and writes down what came of it.
///
/// 1. Each guide's inputs are hashed; a guide that passed with the same ones is not run again.
/// 2. The others run in workbenches of their own, several at once where they cannot meet.
/// 3. The proofs make the ledger.
package final class Checker: Sendable {
    let root: String
    let scenarios: [Scenario]
    private let guides: [Guide]
    private let files: GuideFiles
    package let engine: any Engine
    private let isolation: Isolation
    private let executable: String
    private let programs: Programs
    private let folders: RunnerFolders
    private let cache: ProofCache
    private let tool: Ledger.Tool
    private let options: CheckOptions
    private let observer: SerialObserver
    private let cancellation = RunCancellation()
    /// Guides that use the machine itself take turns.
    private let machineTurn = Turn()

    /// - Parameters:
    ///   - root: the project's root; what is remembered lies in its `.launchpad`.
    ///   - scenarios: the guides to check.
    ///   - guides: all guides of the project, for what `needs:` names.
    ///   - plan: the files that the guides describe.
    ///   - executable: absolute path of the `launchpad` binary.
    package init(
        root: String,
        scenarios: [Scenario],
        guides: [Guide],
        plan: TanglePlan,
        engine: any Engine,
        isolation: Isolation,
        executable: String,
        tool: Ledger.Tool,
        options: CheckOptions = CheckOptions(),
        observer: any RunObserver
    ) {
        self.root = root
        self.scenarios = scenarios.sorted { $0.guide.path < $1.guide.path }
        self.guides = guides
        files = GuideFiles(guides: guides, plan: plan)
        self.engine = engine
        programs = Programs(engine: engine, executable: executable)
        folders = RunnerFolders(root: root)
        cache = ProofCache(root: root)
        self.isolation = isolation
        self.executable = executable
        self.tool = tool
        self.options = options
        self.observer = SerialObserver(observer, until: cancellation)
    }

    /// Ends the run: every guide that is running is broken off and cleaned up, the others are not started.
    package func cancel() {
        cancellation.cancel()
    }

    /// Runs the checks and returns the proofs of this run alone.
    ///
    /// A run of all blocks also updates `.launchpad/ledger.json`, in which guides that were not part of it keep their proofs.
    ///
    /// - Throws: ``CouldNotRun`` when nothing can be run at all, ``LedgerNotSaved`` when everything was run, `CancellationError`
    ///   after ``cancel()``.
    package func run() async throws -> Ledger {
        let started = ContinuousClock.now
        let selection = try Selection(options.only, in: scenarios)
        var chosen = scenarios.filter { selection.includes($0) }
        if let entrance = options.shellOnFailure {
            let paths = Set(try Selection.named(entrance, in: chosen).map(\.scenario.guide.path))
            chosen.removeAll { !paths.contains($0.guide.path) }
        }
        let workbenches = LazyWorkbenches { [isolation, executable, engine] in
            try WorkbenchFactory(
                isolation: isolation, executable: executable, tools: engine.tools, supplies: engine.supplies)
        }
        defer { workbenches.end() }
        var ledger = Ledger(
            tool: tool,
            engine: engine.identity,
            isolation: isolation.name,
            startedAt: Timestamp.now(),
            durationMilliseconds: 0,
            shard: options.shard,
            guides: []
        )
        let counts = chosen.map { (path: $0.guide.path, checks: selection.checks(of: $0).count) }
        observer.receive(.runStarted(guides: counts, engine: engine.identity, isolation: isolation.name))
        ledger.guides = try await withThrowingTaskGroup(of: GuideProof.self) { group in
            var proofs: [GuideProof] = []
            var waiting = chosen.enumerated().makeIterator()
            for _ in 0..<jobs {
                guard let (index, scenario) = waiting.next() else { break }
                group.addTask { try await self.prove(scenario, index, selection, workbenches) }
            }
            while let proof = try await group.next() {
                proofs.append(proof)
                guard !cancellation.isCancelled, let (index, scenario) = waiting.next() else { continue }
                group.addTask { try await self.prove(scenario, index, selection, workbenches) }
            }
            return proofs.sorted { $0.path < $1.path }
        }
        if cancellation.isCancelled { throw CancellationError() }
        ledger.durationMilliseconds = started.duration(to: .now) / .milliseconds(1)
        observer.receive(.runFinished(ledger))
        if options.writesLedger {
            do {
                let file = LedgerFile(root: root)
                let known = Set(guides.map(\.path))
                let isUnchanged = ledger.guides.allSatisfy(\.cached)
                try isUnchanged ? file.confirm(ledger, known: known) : file.update(with: ledger, known: known)
            } catch {
                throw LedgerNotSaved(ledger: ledger, reason: "\(error)")
            }
        }
        return ledger
    }

    private var jobs: Int {
        guard isolation.isPrivate, options.shellOnFailure == nil else { return 1 }
        return max(1, options.jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// What the guide's proof depends on, and where it is remembered.
    func inputs(of scenario: Scenario) -> GuideInputs {
        let own = files.of(scenario.guide)
        return GuideInputs(
            of: scenario,
            files: own,
            engine: engine.identity,
            isolation: isolation,
            programs: programs,
            folders: folders,
            services: usesServices(scenario) ? engine.identities(ofServicesIn: own) : [:]
        )
    }

    private func key(of scenario: Scenario) -> ProofCache.Key {
        ProofCache.Key(guide: scenario.guide.path, engine: engine.identity.name, isolation: isolation.name)
    }

    /// What the remembered proof of a guide depended on, and when it was made; nil where there is none.
    func remembered(_ scenario: Scenario) -> (inputs: GuideInputs, provenAt: String)? {
        cache.inputs(key(of: scenario))
    }

    private func prove(
        _ scenario: Scenario, _ index: Int, _ selection: Selection, _ workbenches: LazyWorkbenches
    ) async throws -> GuideProof {
        let inputs = inputs(of: scenario)
        let hash = inputs.hash
        observer.receive(.guideStarted(path: scenario.guide.path))
        if options.readsProofs, let proof = cache.proof(key(of: scenario), inputHash: hash, of: scenario) {
            for block in proof.blocks { observer.receive(.blockFinished(guide: proof.path, proof: block)) }
            observer.receive(.guideFinished(proof))
            return proof
        }
        let usesMachine = engine.supplies.machine != nil && usesServices(scenario)
        guard usesMachine else { return try await run(scenario, index, selection, workbenches, inputs) }
        await machineTurn.take()
        do {
            let proof = try await run(scenario, index, selection, workbenches, inputs, usesMachine: true)
            await machineTurn.give()
            return proof
        } catch {
            await machineTurn.give()
            throw error
        }
    }

    private func run(
        _ scenario: Scenario, _ index: Int, _ selection: Selection, _ workbenches: LazyWorkbenches,
        _ inputs: GuideInputs, usesMachine: Bool = false
    ) async throws -> GuideProof {
        let factory = try workbenches.factory()
        let obstacle = obstacle(to: scenario, files.of(scenario.guide))
        let runner = GuideRunner(
            scenario: scenario,
            files: files.of(scenario.guide),
            engine: engine,
            folders: folders,
            // Where services cannot be had there is nothing to look after, and what has their names is somebody else's.
            usesMachine: usesMachine && obstacle == nil,
            skipReason: { [programs, folders, engine] check in
                if let reason = check.skip { return reason }
                // What needs the services only through other blocks is left out with those.
                if let obstacle, scenario.guide.frontMatter.services != nil || check.usesServices { return obstacle }
                if let other = check.engine, !engine.offers(other) { return "runs on the engine \(other) only" }
                if let tool = check.tools.first(where: { programs.path(of: $0) == nil }) {
                    let found = "no \(tool) here"
                    return tool == check.runner?.tool ? check.runner?.notRun(found) : "not run: \(found)"
                }
                return folders.obstacle(to: check)
                    ?? check.steps.lazy.compactMap { engine.obstacle(toCommand: $0.command) }.first
            },
            isSelected: { selection.includes($0, of: scenario) },
            timeout: options.timeout,
            longest: options.keeps == .nothing ? options.timeout : nil,
            isSurvey: options.survey,
            entrance: try options.shellOnFailure.map { name in
                GuideRunner.Entrance(
                    block: name.split(separator: "#").last.map(String.init) ?? name, terminal: try PersonsTerminal())
            },
            observer: observer,
            cancellation: cancellation
        )
        let proof = try await DedicatedThread.run {
            runner.run(in: factory, directoryName: String(index), inputHash: inputs.hash)
        }
        // The cache saves time; a run whose proof cannot be remembered is as good.
        if options.writesProofs, proof.state == .passed { try? cache.remember(proof, of: inputs, key(of: scenario)) }
        observer.receive(.guideFinished(proof))
        return proof
    }
}

/// Whether a guide has services, and whether they can be had.
extension Checker {
    private func usesServices(_ scenario: Scenario) -> Bool {
        scenario.guide.frontMatter.services != nil
            || scenario.checks.contains { $0.skip == nil && $0.usesServices }
    }

    private func obstacle(to scenario: Scenario, _ files: [TangledFile]) -> String? {
        guard usesServices(scenario) else { return nil }
        guard isolation.isPrivate || engine.supplies.machine != nil else {
            return "not run: its services need a sandbox of their own (bubblewrap)"
        }
        return engine.obstacle(toServicesIn: files)
    }
}

extension Check {
    /// Whether it types commands about services.
    fileprivate var usesServices: Bool {
        steps.contains { step in
            // Every check of every guide is asked, also where nothing is run: most are told apart by the first word.
            step.command.withCString { strstr($0, "docker") != nil }
                && (step.command.contains("docker compose ") || step.command.contains("docker-compose "))
        }
    }
}

/// Everything was run and told, but what came of it could not be written down; the former ledger is as it was.
package struct LedgerNotSaved: Error, CustomStringConvertible {
    package var ledger: Ledger
    /// What happened, with the path, and what to do.
    package var reason: String

    package var description: String { "the proofs of this run are not kept: \(reason)" }
}

/// The workbenches of a run, made ready when the first one is needed: most runs of many guides need none.
private final class LazyWorkbenches: Sendable {
    private let make: @Sendable () throws -> WorkbenchFactory
    private let made = Mutex<WorkbenchFactory?>(nil)

    init(_ make: @escaping @Sendable () throws -> WorkbenchFactory) {
        self.make = make
    }

    func factory() throws -> WorkbenchFactory {
        try made.withLock { made in
            if let made { return made }
            let factory = try make()
            made = factory
            return factory
        }
    }

    /// No workbench may be in use.
    func end() {
        made.withLock { $0 }?.end()
    }
}

/// Passes events on, one call at a time, until the run is cancelled: of what is broken off there is nothing to tell.
private final class SerialObserver: RunObserver {
    private let observer: any RunObserver
    private let cancellation: RunCancellation
    private let turn = Mutex(())

    init(_ observer: any RunObserver, until cancellation: RunCancellation) {
        self.observer = observer
        self.cancellation = cancellation
    }

    func receive(_ event: RunEvent) {
        turn.withLock { _ in
            if !cancellation.isCancelled { observer.receive(event) }
        }
    }
}
