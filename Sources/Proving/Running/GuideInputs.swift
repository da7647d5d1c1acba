import Guides
import Tangling

/// Everything that could change what comes of a guide: its blocks, the files they run with or name, the engine, the isolation, the
/// programs that take part.
///
/// Prose is no input, nor is the line on which a block stands: who mends a sentence keeps the proofs.
package struct GuideInputs: Codable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        case rules, engine, isolation, program
        case frontMatter = "front matter"
        case folder, file
        case machineFile = "file of the machine"
        case block
    }

    /// One of them, with a value that is another one whenever it has changed.
    package struct Input: Codable, Sendable, Hashable {
        package var kind: Kind
        /// A path, a block's name, a program's name.
        package var name: String
        package var value: String
    }

    package var all: [Input] = []

    /// Raised when the meaning of a proof changes, so that those of older versions are not taken for new ones.
    private static let version = "2"

    init() {}

    /// - Parameters:
    ///   - files: what the guide's workspace holds.
    ///   - programs: the absolute paths of those that take part.
    ///   - folders: where those of runners are.
    ///   - services: what tells the services from those that they were before, by name.
    init(
        of scenario: Scenario, files: [TangledFile], engine: EngineIdentity, isolation: Isolation, programs: Programs,
        folders: RunnerFolders, services: [String: String] = [:]
    ) {
        add(.rules, "of this version", Self.version)
        add(.engine, engine.name, engine.version)
        add(.isolation, "sandbox", isolation.name)
        add(.frontMatter, "broker", scenario.guide.frontMatter.broker ?? "")
        add(.frontMatter, "services", scenario.guide.frontMatter.services ?? "")
        for (name, identity) in programs.taking(part: scenario) {
            add(.program, name, identity)
        }
        for (name, identity) in folders.takingPart(in: scenario) {
            add(.folder, name, identity)
        }
        for (name, identity) in services.sorted(by: { $0.key < $1.key }) { add(.program, name, identity) }
        for file in files {
            var fields = HashFields()
            fields.add("mode", String(file.mode))
            fields.add("contents", file.contents)
            add(.file, file.path, fields.hash)
        }
        for (path, identity) in MachineFiles.named(in: scenario, isolation: isolation) {
            add(.machineFile, path, identity)
        }
        for check in scenario.checks {
            let settings =
                "\(check.session)|\(check.serve)|\(check.timeout)|\(check.skip ?? "")|\(check.engine ?? "")|"
                + "\(check.needs.joined(separator: ","))|\(check.tools.joined(separator: ","))"
                + (check.runner.map { "|\($0.folder ?? "")|\($0.probe ?? "")|\($0.missing ?? "")" } ?? "")
            add(.block, check.block.name, "\(check.contentHash) \(settings)")
        }
    }

    private mutating func add(_ kind: Kind, _ name: String, _ value: String) {
        all.append(Input(kind: kind, name: name, value: value))
    }

    /// SHA-256 over all of them, in lower-case hexadecimal.
    package var hash: String {
        var fields = HashFields()
        for input in all {
            fields.add(input.kind.rawValue, input.name)
            fields.add("value", input.value)
        }
        return fields.hash
    }

    /// What is another thing now than it was in `former`.
    package func changes(since former: GuideInputs) -> [Change] {
        func key(_ input: Input) -> [String] { [input.kind.rawValue, input.name] }
        let before = Dictionary(former.all.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
        let now = Dictionary(all.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
        var changes = all.compactMap { input -> Change? in
            guard let other = before[key(input)] else { return Change(what: .added, input: input) }
            return other.value == input.value ? nil : Change(what: .changed(from: other.value), input: input)
        }
        changes += former.all.filter { now[key($0)] == nil }.map { Change(what: .removed, input: $0) }
        if changes.isEmpty, all != former.all, let first = all.first(where: { $0.kind == .block }) {
            changes.append(Change(what: .moved, input: first))
        }
        return changes
    }

    /// One input that is not what it was.
    package struct Change: Sendable, Hashable {
        package enum What: Sendable, Hashable {
            case added, removed
            case changed(from: String)
            /// The same things in another order.
            case moved
        }

        package var what: What
        package var input: Input
    }
}
