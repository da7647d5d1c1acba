import Guides
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The folders of this machine that runners of samples need. Each is read once.
final class RunnerFolders: Sendable {
    private let root: String
    private let known = Mutex<[String: String]>([:])

    /// - Parameter root: the project's root, an absolute path.
    init(root: String) {
        self.root = root
    }

    /// Where the folder of a check's runner is to be; nil where it needs none.
    func path(for check: Check) -> String? {
        check.runner?.folderPath(root: root) { name in getenv(name).map { String(cString: $0) } }
    }

    /// Why a check cannot be run for want of its runner's folder; nil where it is there, or none is needed.
    func obstacle(to check: Check) -> String? {
        guard let runner = check.runner, let folder = runner.folder else { return nil }
        if let path = path(for: check), Self.isFolder(path) { return nil }
        return runner.notRun("there is no folder \(folder)")
    }

    /// The folders that a scenario's samples need and that are there.
    func shown(to scenario: Scenario) -> Set<String> {
        Set(scenario.checks.compactMap { path(for: $0) }.filter(Self.isFolder))
    }

    /// The folders that take part in a scenario, as they are written, each with what tells it from the one it was before.
    func takingPart(in scenario: Scenario) -> [(name: String, identity: String)] {
        var identities: [String: String] = [:]
        for check in scenario.checks {
            guard let name = check.runner?.folder else { continue }
            identities[name] = path(for: check).map(identity) ?? "nowhere"
        }
        return identities.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func identity(of path: String) -> String {
        known.withLock { known in
            if let identity = known[path] { return identity }
            let identity = "\(path), \(Self.contents(of: path))"
            known[path] = identity
            return identity
        }
    }

    /// A hash over the paths, sizes and times of change of all that lies in the folder; links are not followed below it.
    private static func contents(of path: String) -> String {
        guard isFolder(path) else { return "not there" }
        var fields = HashFields()
        var waiting = [path]
        while let folder = waiting.popLast() {
            for entry in (try? FolderEntry.all(in: folder)) ?? [] {
                let inside = "\(folder)/\(entry.name)"
                if entry.kind == .folder { waiting.append(inside) }
                fields.add(String(inside.dropFirst(path.count)), FileIdentity.of(inside))
            }
        }
        return "contents \(fields.hash.prefix(12))"
    }

    private static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }
}

extension ProjectConfiguration.Runner {
    /// Why a sample is not run: what the project says about it, or what was found.
    func notRun(_ found: String) -> String { "not run: \(missing ?? found)" }
}
