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
        /// The folder that was named as the root is none.
        case notAFolder(String)

        package var description: String {
            switch self {
            case .notFound(let folder):
                "no Launchpad project in \(folder) or above it: a project has a launchpad.yml or a docs folder at its root. "
                    + "Go to its folder, or name it with --root"
            case .notAFolder(let path):
                "\(path) is not a folder. Name the project's folder: it has a launchpad.yml or a docs folder"
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
    /// - Throws: ``LocateError``, or ``DiagnosticsError`` when `launchpad.yml` is wrong or cannot be read.
    package static func open(root: String) throws -> Project {
        let root = absolute(root)
        var isFolder = false
        guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder else {
            throw LocateError.notAFolder(root)
        }
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(root + "/launchpad.yml")
        } catch {
            guard error.isMissing else {
                throw DiagnosticsError([
                    Diagnostic(
                        code: "unreadable-configuration", "the configuration cannot be read: \(error)",
                        file: "launchpad.yml", help: "make it a readable file"
                    )
                ])
            }
            return Project(root: root, configuration: ProjectConfiguration())
        }
        let parsed = ProjectConfiguration.parse(file: "launchpad.yml", bytes: bytes)
        if parsed.diagnostics.contains(where: { $0.severity == .error }) {
            throw DiagnosticsError(parsed.diagnostics)
        }
        return Project(root: root, configuration: parsed.configuration)
    }

    func load(_ path: String, remembering memory: GuideMemory?) -> (Guide?, [Diagnostic]) {
        do {
            let bytes = try FileBytes.read(root + "/" + path)
            guard let memory else {
                return GuideParser.parse(path: path, name: guideName(of: path), bytes: bytes)
            }
            let reading = memory.value(path: path, source: bytes) {
                let (guide, diagnostics) = GuideParser.parse(path: path, name: guideName(of: path), bytes: bytes)
                return GuideReading(guide: guide, diagnostics: diagnostics)
            }
            return (reading.guide, reading.diagnostics)
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
