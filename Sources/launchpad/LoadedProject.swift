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

    /// How the disk differs from the files that are tangled.
    ///
    /// - Throws: ``DiagnosticsError``, ``TangleError``.
    func drifts() throws -> [Drift] {
        try Tangler(root: project.root, configuration: project.configuration, plan: plan).compare()
    }

    /// Reads `project`.
    ///
    /// - Returns: the loaded project, nil when a guide has an error, and all diagnostics.
    static func load(_ project: Project) async -> (loaded: LoadedProject?, diagnostics: [Diagnostic]) {
        var (guides, diagnostics) = await project.loadGuides()
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            // Files and checks are still looked at, so that all errors show in one go.
            diagnostics +=
                TanglePlan.make(from: guides, root: project.root, configuration: project.configuration).diagnostics
            return (nil, diagnostics)
        }
        let made = guides.map { Scenario.make(from: $0, runners: project.configuration.runners) }
        diagnostics += made.flatMap(\.diagnostics)
        let scenarios = made.map(\.scenario)
        let described = TanglePlan.make(from: guides, root: project.root, configuration: project.configuration)
        diagnostics += described.diagnostics
        diagnostics += FrontMatterFiles(guides: guides, plan: described.plan, ops: project.configuration.ops).check()
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            return (nil, diagnostics)
        }
        let scripts = CheckScript.files(for: scenarios, folder: project.configuration.ops)
        let all = described.plan.adding(scripts)
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
