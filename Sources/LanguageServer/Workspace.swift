import Guides
import Proving
import Tangling

/// A project as it stands in the editor: open documents as they are there, everything else as it is on disk.
struct Workspace: Sendable {
    /// All that is known of the project at one moment.
    struct State: Sendable {
        var guides: [Guide] = []
        var scenarios: [Scenario] = []
        var plan = TanglePlan(files: [])
        /// By path.
        var diagnostics: [String: [Diagnostic]] = [:]

        func guide(_ path: String) -> Guide? { guides.first { $0.path == path } }
        func scenario(_ path: String) -> Scenario? { scenarios.first { $0.guide.path == path } }
        func file(_ path: String) -> TangledFile? { plan.files.first { $0.path == path } }
    }

    let project: Project
    let findBrokenLinks: @Sendable (Project, [Guide], [Scenario], TanglePlan) async -> [Diagnostic]
    /// The text of open documents, by path relative to the root.
    var open: [String: [UInt8]] = [:]

    /// Works out everything anew.
    func state() async -> State {
        var (guides, diagnostics) = await project.loadGuides()
        for (path, bytes) in open where isGuide(path) {
            guides.removeAll { $0.path == path }
            diagnostics.removeAll { $0.file == path }
            let parsed = GuideParser.parse(path: path, name: project.guideName(of: path), bytes: bytes)
            diagnostics += parsed.diagnostics
            if let guide = parsed.guide { guides.append(guide) }
        }
        guides.sort { $0.path < $1.path }
        var state = State(guides: guides)
        let made = guides.map { Scenario.make(from: $0, runners: project.configuration.runners) }
        state.scenarios = made.map(\.scenario)
        diagnostics += made.flatMap(\.diagnostics)
        let planned = TanglePlan.make(from: guides, root: project.root, configuration: project.configuration)
        state.plan = planned.plan
        diagnostics += planned.diagnostics
        diagnostics += await drifts(planned.plan)
        // A guide that cannot be read is there all the same, and links to it are not broken.
        let (read, known) = (Set(guides.map(\.path)), Set(diagnostics))
        if !diagnostics.contains(where: { $0.severity == .error && !read.contains($0.file) }) {
            diagnostics += await findBrokenLinks(project, guides, state.scenarios, planned.plan)
                .filter { !known.contains($0) }
        }
        for diagnostic in diagnostics { state.diagnostics[diagnostic.file, default: []].append(diagnostic) }
        return state
    }

    func isGuide(_ path: String) -> Bool {
        path.hasPrefix(project.configuration.docs + "/") && path.hasSuffix(".md")
    }

    /// The path of an address relative to the root; nil for one outside.
    func path(_ uri: String?) -> String? {
        guard let uri, let absolute = FileAddress.path(uri) else { return nil }
        let real = realPath(absolute) ?? absolute
        for (candidate, root) in [(real, realPath(project.root) ?? project.root), (absolute, project.root)]
        where candidate.hasPrefix(root + "/") {
            return String(candidate.dropFirst(root.count + 1))
        }
        return nil
    }

    func uri(_ path: String) -> String { FileAddress.uri("\(project.root)/\(path)") }

    /// The text of a file as the editor has it, or as it is on disk.
    func text(_ path: String) -> SourceText? {
        (open[path] ?? (try? FileBytes.read("\(project.root)/\(path)"))).map { SourceText($0) }
    }

    private func drifts(_ plan: TanglePlan) async -> [Diagnostic] {
        guard let tangler = try? Tangler(root: project.root, configuration: project.configuration, plan: plan),
            let drifts = try? await tangler.compare()
        else { return [] }
        // Files that no guide of this plan describes are not this guide's business: check scripts are among them.
        return drifts.filter { $0.file != nil }.map { $0.diagnostic(.warning) }
    }
}
