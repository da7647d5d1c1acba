import Adopting
import ArgumentParser
import Guides
import Proving
import Tangling

/// The pages that `launchpad adopt` works on, and the project that they are or become part of.
struct PageSource {
    let project: Project
    /// By path; what is wrong with them does not count yet.
    let pages: [Guide]
    /// Files that cannot be read as pages.
    let unreadable: [AdoptionReport.Page]
    /// Whether the folder becomes a project only by being adopted.
    private let isNew: Bool

    /// - Throws: an exit status, after saying why.
    init(_ folder: String, _ options: ProjectOptions) throws {
        guard let path = realPath(folder) else {
            options.printError("there is no folder or file \(folder); name the documentation's folder")
            throw ExitCode(3)
        }
        let isPage = Self.isMarkdown(path)
        let directory = isPage ? Self.parent(of: path) : path
        var project = try? Project.locate(from: directory)
        if let found = project, !(directory + "/").hasPrefix("\(found.root)/\(found.configuration.docs)/") {
            project = nil
        }
        isNew = project == nil
        if let project {
            self.project = project
        } else {
            var configuration = ProjectConfiguration()
            configuration.docs = directory.split(separator: "/").last.map(String.init) ?? "docs"
            self.project = Project(root: Self.parent(of: directory), configuration: configuration)
        }
        let owner = self.project
        var pages: [Guide] = []
        var unreadable: [AdoptionReport.Page] = []
        for file in (isPage ? [path] : Self.pages(below: path)).sorted() {
            let relative = String(file.dropFirst(owner.root.count + 1))
            func reject(_ problem: String) {
                unreadable.append(AdoptionReport.Page(path: relative, problems: [problem]))
            }
            guard file.hasSuffix(".md") else {
                reject("only files that end in .md are guides; to have it tried, rename it")
                continue
            }
            guard let bytes = try? FileBytes.read(file) else {
                reject("it cannot be read")
                continue
            }
            let (guide, diagnostics) = GuideParser.parse(
                path: relative, name: owner.guideName(of: relative), bytes: bytes)
            if let guide {
                if guide.name != "launchpad-server" { pages.append(guide) }
            } else {
                let said = diagnostics.first
                reject((said?.range.map { "line \($0.start.line): " } ?? "") + (said?.message ?? "it cannot be read"))
            }
        }
        self.pages = pages
        self.unreadable = unreadable
        guard !pages.isEmpty else {
            for page in unreadable { options.printError("\(page.path): \(page.problems.joined(separator: "; "))") }
            options.printError("there is no Markdown file in \(folder)")
            throw ExitCode(3)
        }
    }

    /// Writes the pages with their attributes, the server's page where one needs it, and a configuration where there is none.
    func write(_ adopted: [Adopter.Adopted], server: (path: String, text: String)) throws {
        for one in adopted {
            guard let bytes = one.bytes, let page = pages.first(where: { $0.path == one.page.path }),
                bytes != page.source
            else { continue }
            guard try FileBytes.read("\(project.root)/\(page.path)") == page.source else {
                throw CouldNotRun("\(page.path) was changed while it was tried", help: "run launchpad adopt again")
            }
            try AtomicFile.replace("\(project.root)/\(one.page.path)", with: bytes)
            printMessage("wrote \(one.page.path)")
        }
        if adopted.contains(where: \.needsServer) {
            try AtomicFile.write(Array(server.text.utf8), to: "\(project.root)/\(server.path)")
            printMessage("wrote \(server.path)")
        }
        if isNew, project.configuration.docs != "docs" {
            try AtomicFile.write(
                Array("docs: \(project.configuration.docs)\n".utf8), to: "\(project.root)/launchpad.yml")
            printMessage("wrote launchpad.yml")
        }
        let others = adopted.flatMap(\.page.examples).count { $0.outcome == .otherOutput }
        printMessage("to go on, run launchpad tangle and launchpad check in \(project.root)")
        if others > 0 {
            printMessage(
                "\(others) example\(others == 1 ? " prints" : "s print") something else now; launchpad accept takes that over"
            )
        }
    }

    /// Shows what would be written.
    func difference(_ adopted: [Adopter.Adopted], isColored: Bool) -> String {
        let diff = UnifiedDiff(colored: isColored)
        return adopted.map { one in
            guard let bytes = one.bytes, let page = pages.first(where: { $0.path == one.page.path }),
                bytes != page.source
            else { return "" }
            return diff.render(
                LineDiff(old: diffLines(page.source), new: diffLines(bytes)), oldName: page.path, newName: page.path)
        }.joined()
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private static func isMarkdown(_ name: String) -> Bool {
        [".md", ".mdx", ".markdown"].contains { name.lowercased().hasSuffix($0) }
    }

    private static func pages(below folder: String) -> [String] {
        let entries = (try? FolderEntry.all(in: folder)) ?? []
        return entries.filter { !$0.name.hasPrefix(".") && $0.name != "node_modules" }.flatMap { entry -> [String] in
            let path = "\(folder)/\(entry.name)"
            switch entry.kind {
            case .folder: return pages(below: path)
            case .file: return isMarkdown(entry.name) ? [path] : []
            case .link: return []
            }
        }
    }
}
