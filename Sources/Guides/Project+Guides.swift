#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Project {
    /// The code of the diagnostic that says that a project has no guide at all.
    package static let noGuides = "no-guides"

    /// The paths of all guides relative to the root, sorted: every `.md` file below the docs folder.
    ///
    /// Hidden files and folders are left out. ``loadGuides(_:)`` tells of what else is left out.
    package func guidePaths() -> [String] {
        findGuides().paths
    }

    /// Reads and parses every guide, in parallel where that pays.
    ///
    /// - Parameter paths: the guides to read, relative to the root; all of them when nil.
    /// - Returns: the guides that could be read, sorted by path, and everything that is wrong with any of them.
    package func loadGuides(_ paths: [String]? = nil) async -> (guides: [Guide], diagnostics: [Diagnostic]) {
        await loadGuides(paths, remembering: nil)
    }

    /// The same, where guides that are as `memory` remembers them are not parsed again.
    package func loadGuides(
        _ paths: [String]? = nil, remembering memory: GuideMemory?
    ) async -> (guides: [Guide], diagnostics: [Diagnostic]) {
        var found = paths.map { ($0, []) } ?? findGuides()
        if found.0.isEmpty, found.1.isEmpty {
            let problem = Diagnostic(
                code: Self.noGuides, "there is no guide in this folder", file: configuration.docs,
                help: "write one, such as \(configuration.docs)/index.md; launchpad.yml can name another folder"
            )
            found.1.append(problem)
        }
        let results = await found.0.concurrentMap { load($0, remembering: memory) }
        let guides = results.compactMap(\.0)
        var diagnostics = found.1 + results.flatMap(\.1)
        if paths == nil {
            diagnostics += Self.checkTogether(guides)
        }
        return (guides, diagnostics)
    }

    /// What is wrong with guides only because of each other.
    private static func checkTogether(_ guides: [Guide]) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        var byName: [String: String] = [:]
        for guide in guides {
            if let other = byName.updateValue(guide.path, forKey: guide.name.lowercased()) {
                diagnostics.append(
                    Diagnostic(
                        code: "guide-path",
                        "this guide and \(other) differ only in upper and lower case",
                        file: guide.path,
                        help: "rename one of them: they are one file on many machines, and one address on many servers"
                    )
                )
            }
        }
        let known = Set(guides.map(\.path))
        for guide in guides {
            for (index, need) in guide.frontMatter.needs.enumerated() where !known.contains(need) || need == guide.path
            {
                let isItself = need == guide.path
                diagnostics.append(
                    Diagnostic(
                        code: "unknown-guide",
                        isItself ? "this guide needs itself" : "there is no guide \"\(need)\"",
                        file: guide.path,
                        range: guide.frontMatter.place(of: "needs", index),
                        help: isItself
                            ? "remove it: a guide has its own files anyway" : advice(about: need, among: guides)
                    )
                )
            }
        }
        return diagnostics
    }

    /// The guide that was probably meant by `need`, and how guides are named.
    private static func advice(about need: String, among guides: [Guide]) -> String {
        let paths = guides.map(\.path)
        let near = guides.first { $0.name == need }?.path ?? nearestName(to: need, among: paths)
        let guess = near.map { "did you mean \"\($0)\"? " } ?? ""
        return paths.count <= 8
            ? guess + "the guides are: \(paths.joined(separator: ", "))"
            : guess + "name guides by their path in the project, such as \(paths[0])"
    }

    // MARK: - Finding

    private func findGuides() -> (paths: [String], diagnostics: [Diagnostic]) {
        var search = GuideSearch(project: self)
        search.visit(configuration.docs)
        return (search.paths.sorted(), search.diagnostics)
    }
}

/// Walks the folder of the guides.
private struct GuideSearch {
    let project: Project
    var paths: [String] = []
    var diagnostics: [Diagnostic] = []

    mutating func visit(_ folder: String) {
        let entries: [FolderEntry]
        do {
            entries = try FolderEntry.all(in: project.root + "/" + folder)
        } catch {
            report(
                folder, code: error.isMissing ? Project.noGuides : "unreadable-folder",
                error.isMissing ? "there is no folder \(folder)" : "this folder cannot be read",
                help:
                    "guides are Markdown files in \(project.configuration.docs)/; launchpad.yml can name another folder"
            )
            return
        }
        for entry in entries where !entry.name.hasPrefix(".") {
            let path = folder + "/" + entry.name
            let isGuide = entry.name.hasSuffix(".md")
            switch entry.kind {
            case .link: visitLink(path, isGuide: isGuide)
            case .folder: visit(path)
            // Whether it is a file that can be read shows when it is read.
            case .file where isGuide: paths.append(path)
            case .file: break
            }
        }
    }

    private mutating func visitLink(_ path: String, isGuide: Bool) {
        let full = project.root + "/" + path
        FileTrace.note(full, .presence)
        var isFolder = false
        guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), let target = realPath(full) else {
            if isGuide {
                report(path, code: "broken-link", "this link leads nowhere", help: "remove it, or point it at a file")
            }
            return
        }
        guard isGuide || isFolder else {
            return
        }
        guard let root = realPath(project.root), target == root || target.hasPrefix(root == "/" ? "/" : root + "/")
        else {
            report(
                path, code: "link-out", "this link leads out of the project, to \(target)",
                help: "copy the file into the project: what a guide says must not depend on the machine"
            )
            return
        }
        if isFolder {
            // It could form a circle; guides are found where they really are.
            report(
                path, severity: .warning, code: "link-not-followed", "links to folders are not followed",
                help: "move the folder here, or remove the link"
            )
        } else {
            paths.append(path)
        }
    }

    private mutating func report(
        _ path: String,
        severity: Diagnostic.Severity = .error,
        code: String,
        _ message: String,
        help: String
    ) {
        diagnostics.append(Diagnostic(severity, code: code, message, file: path, help: help))
    }
}
