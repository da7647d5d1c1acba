#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Guides

/// The project's files on the disk. Nothing outside of the project is seen, nor what is hidden.
package struct DiskFiles: ProjectFiles {
    private let root: String
    private let realRoot: String

    /// - Parameter root: absolute path of the project.
    package init(root: String) {
        self.root = root
        realRoot = URL(filePath: root).resolvingSymlinksInPath().path
    }

    package func kind(of path: String) -> ProjectFileKind? {
        guard isVisible(path) else { return nil }
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isDirectory) else { return nil }
        return isDirectory ? .directory : .file
    }

    package func contents(of path: String) -> [UInt8]? {
        isVisible(path) ? try? FileBytes.read(root + "/" + path) : nil
    }

    private func isVisible(_ path: String) -> Bool {
        guard !path.split(separator: "/").contains(where: { $0 == ".." || $0 == ".git" || $0 == ".launchpad" }) else {
            return false
        }
        FileTrace.note(root + "/" + path, .presence)
        let real = URL(filePath: root + "/" + path).resolvingSymlinksInPath().path
        return real == realRoot || real.hasPrefix(realRoot + "/")
    }
}

extension Theme {
    /// The theme of the project at `root`: Launchpad's own, with the files of `site/theme` in the place of ours.
    ///
    /// - Throws: ``DiagnosticsError`` where a template is not valid.
    package static func load(root: String) throws -> Theme {
        let directory = root + "/site/theme"
        var overrides: Files = [:]
        FileTrace.note(directory)
        for name in (try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? [] {
            // A folder counts with what is in it.
            FileTrace.note(directory + "/" + name)
            guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }),
                let contents = try? FileBytes.read(directory + "/" + name)
            else { continue }
            overrides[name] = contents
        }
        // What explains the folder to authors is no part of the site.
        overrides["README.md"] = nil
        return try Theme(overrides: overrides)
    }
}
