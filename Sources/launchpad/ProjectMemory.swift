import Guides
import Proving
import Publishing
import Synchronization

/// What a project came to the last time, so that after a change only what depends on it is worked out anew.
///
/// It holds for one configuration: where `launchpad.yml` changes, a new one is needed.
final class ProjectMemory: Sendable {
    let guides = GuideMemory()
    let scenarios = GuideResults<ScenarioReading>()
    let markups = GuideResults<MarkupReading>()
    let site = SiteMemory()
    private let states = Mutex<[String: String]>([:])

    /// A guide's checks, worked out unless they are known.
    func scenario(of guide: Guide, in project: Project) -> ScenarioReading {
        scenarios.value(path: guide.path, source: guide.source) { ScenarioReading(guide, project) }
    }

    /// A guide's text as a tree, made unless it is known.
    func markup(of guide: Guide) -> MarkupReading {
        markups.value(path: guide.path, source: guide.source) { MarkupReading(guide) }
    }

    /// Remembers how guides' files were when they were read.
    func noteStates(of guides: [String], in root: String) async {
        let states = await guides.concurrentMap { FileState(of: root + "/" + $0, .contents).text }
        self.states.withLock { $0 = Dictionary(zip(guides, states)) { first, _ in first } }
    }

    /// The guides whose files have changed since their states were noted.
    func editedGuides(in root: String) async -> [String] {
        let former = states.withLock { $0 }
        return await former.map { $0 }.concurrentMap { guide, state in
            FileState(of: root + "/" + guide, .contents).text == state ? nil : guide
        }.compactMap { $0 }
    }

    /// The files of guides that were edited, as the next build will have them; none where that cannot be told yet.
    func preview(of project: Project) async -> [SiteFile] {
        let edited = await editedGuides(in: project.root)
        // Who changes many guides at once is no author at work.
        guard (1...4).contains(edited.count) else { return [] }
        let (guides, diagnostics) = await project.loadGuides(edited, remembering: self.guides)
        guard guides.count == edited.count, !diagnostics.contains(where: { $0.severity == .error }) else { return [] }
        return guides.flatMap { guide in
            let entry = SiteSource.Entry(
                guide: guide, markup: markup(of: guide).markup, scenario: scenario(of: guide, in: project).scenario)
            return site.preview(entry) ?? []
        }
    }
}

/// A guide's checks and what is wrong with them.
struct ScenarioReading: Sendable {
    var scenario: Scenario
    var diagnostics: [Diagnostic]

    init(_ guide: Guide, _ project: Project) {
        (scenario, diagnostics) = Scenario.make(from: guide, runners: project.configuration.runners)
    }
}

/// A guide's text as a tree and what is wrong with it.
struct MarkupReading: Sendable {
    var markup: Markup
    var diagnostics: [Diagnostic]

    init(_ guide: Guide) {
        (markup, diagnostics) = guide.markup()
    }
}

/// The memory for the configuration that a project has now.
final class ConfiguredMemory: Sendable {
    private let last = Mutex<(configuration: ProjectConfiguration, memory: ProjectMemory)?>(nil)

    /// The project with its memory as they were the last time, and nil before the first.
    func memory(at root: String) -> (project: Project, memory: ProjectMemory)? {
        last.withLock { $0 }.map { (Project(root: root, configuration: $0.configuration), $0.memory) }
    }

    func memory(for configuration: ProjectConfiguration) -> ProjectMemory {
        last.withLock { last in
            if let last, last.configuration == configuration { return last.memory }
            let memory = ProjectMemory()
            last = (configuration, memory)
            return memory
        }
    }
}
