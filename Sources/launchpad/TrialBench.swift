import ArgumentParser
import Auditing
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

/// What runs that keep nothing have in common.
struct TrialBench: Sendable {
    let engine: any Engine
    let isolation: Isolation
    let tool = Ledger.Tool(name: "launchpad", version: LaunchpadCommand.configuration.version)
    private let root: String
    private let guides: [Guide]
    private let executable: String

    /// - Throws: ``CouldNotRun`` where this machine does not have the engine.
    init(_ loaded: LoadedProject, engine choice: EngineChoice, isolation: Isolation) throws {
        executable = try ExecutablePath.current()
        engine = try choice.make(executable: executable)
        self.isolation = isolation
        root = loaded.project.root
        guides = loaded.guides
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

    func checker(_ request: Auditor.TrialRequest) -> Checker {
        Checker(
            root: root,
            scenarios: request.scenarios,
            guides: guides,
            plan: request.plan,
            engine: engine,
            isolation: isolation,
            executable: executable,
            tool: tool,
            options: CheckOptions(force: true, timeout: request.timeout, isTrial: true),
            observer: request.observer
        )
    }
}
