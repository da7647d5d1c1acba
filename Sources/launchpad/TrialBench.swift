import ArgumentParser
import Guides
import Proving
import Tangling

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What runs beside `launchpad check` have in common.
struct TrialBench: Sendable {
    let engine: any Engine
    let isolation: Isolation
    let tool = Ledger.Tool(name: "launchpad", version: LaunchpadCommand.configuration.version)
    private let root: String
    private let executable: String

    /// - Parameter files: what the guides describe, whose services are to run; nil for an engine without services.
    /// - Throws: ``CouldNotRun`` where this machine does not have the engine.
    init(project: Project, engine choice: EngineChoice, isolation: Isolation, files: [TangledFile]?) throws {
        executable = try ExecutablePath.current()
        if let files {
            engine = try choice.makeWithServices(
                of: files, project: project, executable: executable, isolation: isolation)
        } else {
            engine = try choice.make(executable: executable)
        }
        self.isolation = isolation
        root = project.root
    }

    /// What besides guides and files decides what comes of a run.
    var environment: String {
        var information = stat()
        let size = stat(executable, &information) == 0 ? Int(information.st_size) : 0
        #if canImport(Darwin)
        let time = information.st_mtimespec.tv_sec
        #else
        let time = information.st_mtim.tv_sec
        #endif
        return "\(tool.version) \(size) \(time) \(engine.identity.name) \(engine.identity.version) \(isolation.name)"
    }

    /// Whether commands of a guide find a program of this name.
    func hasTool(_ name: String) -> Bool {
        engine.tools[name] != nil || ExecutableSearch.find(name, in: ExecutableSearch.systemPath) != nil
    }

    /// - Parameters:
    ///   - survey: go on where only an output differs.
    ///   - timeout: no command may take longer, whatever its block says.
    ///   - only: the blocks to run; all of them where it is empty.
    ///   - keeps: the proofs, where the guides run as they are, or nothing.
    ///   - force: run also what is proven.
    func checker(
        _ scenarios: [Scenario], guides: [Guide], plan: TanglePlan, timeout: Duration?, survey: Bool = false,
        only: [String] = [], keeps: CheckOptions.Keeping = .nothing, force: Bool = true, observer: any RunObserver
    ) -> Checker {
        Checker(
            root: root,
            scenarios: scenarios,
            guides: guides,
            plan: plan,
            engine: engine,
            isolation: isolation,
            executable: executable,
            tool: tool,
            options: CheckOptions(only: only, force: force, timeout: timeout, survey: survey, keeps: keeps),
            observer: observer
        )
    }
}
