import ArgumentParser
import Guides
import Proving

/// `launchpad init`: makes a small project that works.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a small project whose guide is proven.",
        discussion: """
            Writes launchpad.yml, docs/index.md and a line for .gitignore. Files that are there already are left alone. To \
            bring documentation that exists, see launchpad adopt.

            Exit status: 0 made, 1 a file cannot be written, or there is a project already, 64 wrong usage.
            """
    )

    @Option(help: ArgumentHelp("Use colours: auto (on a terminal), always or never.", valueName: "when"))
    var color: ColorChoice = .auto

    @Option(help: ArgumentHelp("The project's name, for the site.", valueName: "text"))
    var title: String?

    @Argument(help: ArgumentHelp("The project's folder; it is made where there is none.", valueName: "dir"))
    var folder = "."

    func run() throws {
        let root = folder.hasSuffix("/") && folder.count > 1 ? String(folder.dropLast()) : folder
        for path in ["launchpad.yml", "docs/index.md"] where exists("\(root)/\(path)") {
            writeStandardError(
                "error: \(root)/\(path) is there already, so this is a project. Go on with launchpad tangle and launchpad "
                    + "check\n")
            throw ExitCode(1)
        }
        do {
            try write(InitTemplate.configuration(title: title ?? "Operations"), to: "launchpad.yml", in: root)
            try write(InitTemplate.guide, to: "docs/index.md", in: root)
            try ignore(in: root)
        } catch let error as CouldNotRun {
            writeStandardError("error: \(error)\n")
            throw ExitCode(1)
        }
        let go = root == "." ? "" : "  cd \(root)\n"
        printMessage(
            """

            Next:
            \(go)  launchpad tangle   writes the files that the guide describes
              launchpad check    runs its commands and compares what they print
              launchpad serve    shows the site, and follows what you change in docs/index.md
            """)
    }

    private func exists(_ path: String) -> Bool {
        (try? FileBytes.read(path)) != nil
    }

    private func write(_ text: String, to path: String, in root: String) throws {
        try AtomicFile.write(Array(text.utf8), to: "\(root)/\(path)")
        printMessage("wrote \(path)")
    }

    /// Adds what is not to be committed to `.gitignore`.
    private func ignore(in root: String) throws {
        let path = "\(root)/.gitignore"
        let former = (try? FileBytes.read(path)) ?? []
        var text = String(decoding: former, as: UTF8.self)
        let lines = Set(text.split(separator: "\n").map(String.init))
        let missing = InitTemplate.ignored.filter { !lines.contains($0) }
        guard !missing.isEmpty else { return }
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
        try write(text + missing.map { "\($0)\n" }.joined(), to: ".gitignore", in: root)
    }
}
