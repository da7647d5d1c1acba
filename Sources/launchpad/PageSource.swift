import Adopting
import ArgumentParser
import Guides
import Proving

/// The pages that `launchpad adopt` works on, and the project that they are or become part of.
struct PageSource {
    let project: Project
    /// By path; what is wrong with them does not count yet.
    let pages: [Guide]
    /// Whether the folder becomes a project only by being adopted.
    private let isNew: Bool

    /// - Throws: an exit status, after saying why.
    init(_ folder: String, _ options: ProjectOptions) throws {
        guard let path = realPath(folder) else {
            options.printError("there is no folder or file \(folder); name the documentation's folder")
            throw ExitCode(3)
        }
        let isPage = path.hasSuffix(".md")
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
        let root = owner.root + "/"
        var found = isPage ? [path] : Self.pages(below: path)
        found.sort()
        pages = found.compactMap { file in
            guard let bytes = try? FileBytes.read(file) else { return nil }
            let relative = String(file.dropFirst(root.count))
            return GuideParser.parse(path: relative, name: owner.guideName(of: relative), bytes: bytes).guide
        }.filter { $0.name != "launchpad-server" }
        guard !pages.isEmpty else {
            options.printError("there is no Markdown file in \(folder)")
            throw ExitCode(3)
        }
    }

    /// Writes the pages with their attributes, the server's page where one needs it, and a configuration where there is none.
    func write(_ adopted: [Adopter.Adopted], server: (path: String, text: String)) throws {
        for one in adopted {
            guard let bytes = one.bytes else { continue }
            try AtomicFile.replace("\(project.root)/\(one.page.path)", with: bytes)
            print("wrote \(one.page.path)")
        }
        if adopted.contains(where: \.needsServer) {
            try AtomicFile.write(Array(server.text.utf8), to: "\(project.root)/\(server.path)")
            print("wrote \(server.path)")
        }
        if isNew, project.configuration.docs != "docs" {
            try AtomicFile.write(
                Array("docs: \(project.configuration.docs)\n".utf8), to: "\(project.root)/launchpad.yml")
            print("wrote launchpad.yml")
        }
        print(
            "to go on, run launchpad tangle and launchpad check in \(project.root); launchpad accept takes over other output"
        )
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private static func pages(below folder: String) -> [String] {
        let entries = (try? FolderEntry.all(in: folder)) ?? []
        return entries.filter { !$0.name.hasPrefix(".") && $0.name != "node_modules" }.flatMap { entry -> [String] in
            let path = "\(folder)/\(entry.name)"
            switch entry.kind {
            case .folder: return pages(below: path)
            case .file: return entry.name.hasSuffix(".md") ? [path] : []
            case .link: return []
            }
        }
    }
}
