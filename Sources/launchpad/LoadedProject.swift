import Guides
import Proving
import Tangling

/// A project whose guides are read and free of errors, with all that follows from them.
struct LoadedProject {
    let project: Project
    /// Sorted by path.
    let guides: [Guide]
    /// One for each guide, in the same order.
    let scenarios: [Scenario]
    /// The files that the guides describe: what their workspaces hold.
    let described: TanglePlan
    /// Every file that is tangled: the described ones and the check scripts.
    let plan: TanglePlan

    /// Compares the files that are tangled with the disk, and writes them.
    ///
    /// - Throws: ``DiagnosticsError``.
    func tangler() throws -> Tangler {
        try Tangler(root: project.root, configuration: project.configuration, plan: plan)
    }

    /// Reads `project`.
    ///
    /// - Parameters:
    ///   - memory: what is as it remembers it is not worked out again.
    ///   - held: guides that count as they are here, whatever their files say now.
    /// - Returns: the loaded project, nil when a guide has an error, and all diagnostics.
    static func load(
        _ project: Project, remembering memory: ProjectMemory? = nil, holding held: [Guide] = []
    ) async -> (loaded: LoadedProject?, diagnostics: [Diagnostic]) {
        var (guides, diagnostics) = await project.loadGuides(remembering: memory?.guides)
        if !held.isEmpty {
            let paths = Set(held.map(\.path))
            guides = (guides.filter { !paths.contains($0.path) } + held).sorted { $0.path < $1.path }
            diagnostics.removeAll { paths.contains($0.file) }
        }
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            // Files and checks are still looked at, so that all errors show in one go.
            diagnostics +=
                TanglePlan.make(from: guides, root: project.root, configuration: project.configuration).diagnostics
            return (nil, diagnostics)
        }
        let made = await guides.concurrentMap { guide in
            memory?.scenario(of: guide, in: project) ?? ScenarioReading(guide, project)
        }
        diagnostics += made.flatMap(\.diagnostics)
        let scenarios = made.map(\.scenario)
        let described = TanglePlan.make(from: guides, root: project.root, configuration: project.configuration)
        diagnostics += described.diagnostics
        diagnostics += FrontMatterFiles(guides: guides, plan: described.plan).check()
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            return (nil, diagnostics)
        }
        let byPath = Dictionary(guides.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        let scripts = await scenarios.concurrentMap {
            CheckScript.file(for: $0, guides: byPath, folder: project.configuration.ops)
        }
        let all = described.plan.adding(scripts.compactMap { $0 })
        diagnostics += all.diagnostics
        guard all.diagnostics.isEmpty else {
            return (nil, diagnostics)
        }
        let loaded = LoadedProject(
            project: project, guides: guides, scenarios: scenarios, described: described.plan, plan: all.plan
        )
        return (loaded, diagnostics)
    }
}
