#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A project on disk: its root, its configuration and its guides.
package struct Project: Sendable {
    /// Absolute path, without a trailing slash.
    package let root: String
    package let configuration: ProjectConfiguration

    package init(root: String, configuration: ProjectConfiguration) {
        self.root = root
        self.configuration = configuration
    }

    /// Why no project could be opened.
    package enum LocateError: Error, Sendable, CustomStringConvertible {
        /// Neither the folder nor any folder above it is a project.
        case notFound(from: String)

        package var description: String {
            switch self {
            case .notFound(let folder):
                "no Launchpad project in \(folder) or above it: a project has a launchpad.yml or a docs folder at its root"
            }
        }
    }

    /// Opens the project whose root is `folder` or the nearest folder above it.
    ///
    /// The root is the nearest folder with a `launchpad.yml`; where there is none, the nearest one with a `docs` folder.
    ///
    /// - Throws: ``LocateError``, or ``DiagnosticsError`` when `launchpad.yml` is wrong.
    package static func locate(from folder: String) throws -> Project {
        var ancestors: [String] = []
        var current = absolute(folder)
        while true {
            ancestors.append(current)
            guard current != "/", let slash = current.lastIndex(of: "/") else {
                break
            }
            current = slash == current.startIndex ? "/" : String(current[..<slash])
        }
        let files = FileManager.default
        if let root = ancestors.first(where: { files.fileExists(atPath: $0 + "/launchpad.yml") }) {
            return try open(root: root)
        }
        var isFolder = false
        if let root = ancestors.first(where: {
            files.fileExists(atPath: $0 + "/docs", isDirectory: &isFolder) && isFolder
        }) {
            return try open(root: root)
        }
        throw LocateError.notFound(from: absolute(folder))
    }

    /// Opens the project at `root`, whose configuration may be missing.
    ///
    /// - Throws: ``DiagnosticsError`` when `launchpad.yml` is wrong.
    package static func open(root: String) throws -> Project {
        let root = absolute(root)
        guard let data = FileManager.default.contents(atPath: root + "/launchpad.yml") else {
            return Project(root: root, configuration: ProjectConfiguration())
        }
        let parsed = ProjectConfiguration.parse(file: "launchpad.yml", bytes: Array(data))
        if parsed.diagnostics.contains(where: { $0.severity == .error }) {
            throw DiagnosticsError(parsed.diagnostics)
        }
        return Project(root: root, configuration: parsed.configuration)
    }

    /// The paths of all guides relative to the root, sorted: every `.md` file below the docs folder.
    ///
    /// Hidden files and folders are left out, and so are symbolic links that lead out of the project.
    package func guidePaths() -> [String] {
        var found: [String] = []
        collectGuides(below: configuration.docs, into: &found)
        return found.sorted()
    }

    private func collectGuides(below folder: String, into found: inout [String]) {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: root + "/" + folder)) ?? [] where !name.hasPrefix(".") {
            let path = folder + "/" + name
            var isFolder = false
            guard files.fileExists(atPath: root + "/" + path, isDirectory: &isFolder), !leadsOut(path) else {
                continue
            }
            if isFolder {
                // A link to a folder could form a circle; guides are found where they really are.
                if (try? files.destinationOfSymbolicLink(atPath: root + "/" + path)) == nil {
                    collectGuides(below: path, into: &found)
                }
            } else if name.hasSuffix(".md") {
                found.append(path)
            }
        }
    }

    private func leadsOut(_ path: String) -> Bool {
        guard (try? FileManager.default.destinationOfSymbolicLink(atPath: root + "/" + path)) != nil else {
            return false
        }
        guard let target = realPath(root + "/" + path), let realRoot = realPath(root) else {
            return true
        }
        return !target.hasPrefix(realRoot + "/")
    }

    /// Reads and parses every guide, in parallel where that pays.
    ///
    /// - Parameter paths: the guides to read, relative to the root; all of them when nil.
    /// - Returns: the guides that could be read, sorted by path, and everything that is wrong with any of them.
    package func loadGuides(_ paths: [String]? = nil) async -> (guides: [Guide], diagnostics: [Diagnostic]) {
        let paths = paths ?? guidePaths()
        let workers = min(max(1, paths.count / 16), ProcessInfo.processInfo.activeProcessorCount)
        let share = (paths.count + workers - 1) / max(1, workers)
        let parts = await withTaskGroup(of: (Int, [(Guide?, [Diagnostic])]).self) { group in
            for worker in 0..<workers {
                let mine = paths[min(paths.count, worker * share)..<min(paths.count, (worker + 1) * share)]
                group.addTask { (worker, mine.map(load)) }
            }
            var parts = [[(Guide?, [Diagnostic])]](repeating: [], count: workers)
            for await (worker, part) in group {
                parts[worker] = part
            }
            return parts
        }
        let results = parts.joined()
        return (results.compactMap(\.0), results.flatMap(\.1))
    }

    private func load(_ path: String) -> (Guide?, [Diagnostic]) {
        do {
            let bytes = try FileBytes.read(root + "/" + path)
            return GuideParser.parse(path: path, name: guideName(of: path), bytes: bytes)
        } catch {
            let problem = Diagnostic(
                code: "unreadable-guide", "the guide cannot be read: \(error)", file: path,
                help: "make it a readable file, or take it out of \(configuration.docs)/"
            )
            return (nil, [problem])
        }
    }

    /// The guide's name: its path below the docs folder without `.md`.
    package func guideName(of path: String) -> String {
        var name = path[...]
        if name.hasPrefix(configuration.docs + "/") {
            name = name.dropFirst(configuration.docs.count + 1)
        }
        return String(name.hasSuffix(".md") ? name.dropLast(3) : name)
    }

    private static func absolute(_ path: String) -> String {
        let full = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var parts: [Substring] = []
        for part in full.split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
