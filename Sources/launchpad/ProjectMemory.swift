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
}

/// A guide's checks and what is wrong with them.
struct ScenarioReading: Sendable {
    var scenario: Scenario
    var diagnostics: [Diagnostic]
}

/// A guide's text as a tree and what is wrong with it.
struct MarkupReading: Sendable {
    var markup: Markup
    var diagnostics: [Diagnostic]
}

/// The memory for the configuration that a project has now.
final class ConfiguredMemory: Sendable {
    private let last = Mutex<(configuration: ProjectConfiguration, memory: ProjectMemory)?>(nil)

    func memory(for configuration: ProjectConfiguration) -> ProjectMemory {
        last.withLock { last in
            if let last, last.configuration == configuration { return last.memory }
            let memory = ProjectMemory()
            last = (configuration, memory)
            return memory
        }
    }
}
