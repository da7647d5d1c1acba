import Foundation
import TestSupport
import Testing

@testable import Guides

@Suite("Projects")
struct ProjectTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func codes(_ diagnostics: [Diagnostic]) -> [String] {
        diagnostics.map { "\($0.file): \($0.code)" }
    }

    @Test("the nearest launchpad.yml above a folder makes the root, even above a nearer docs folder")
    func configurationWins() throws {
        try folder.write("launchpad.yml", "title: T\n")
        try folder.write("inner/docs/deep/a.md", "")
        let project = try Project.locate(from: folder.path + "/inner/docs/deep")
        #expect(project.root == folder.path)
        #expect(project.configuration.title == "T")
    }

    @Test("without a launchpad.yml the nearest docs folder makes the root")
    func docsFolder() throws {
        try folder.write("a/docs/x.md", "")
        #expect(try Project.locate(from: folder.path + "/a/docs").root == folder.path + "/a")
    }

    @Test("where no project is, the error says what makes one")
    func nothing() throws {
        try folder.write("empty/file", "")
        let error = #expect(throws: Project.LocateError.self) { try Project.locate(from: folder.path + "/empty") }
        #expect(error?.description.contains("launchpad.yml") == true)
        #expect(error?.description.contains(folder.path + "/empty") == true)
    }

    @Test("a root that is no folder is refused")
    func noFolder() throws {
        try folder.write("file", "")
        #expect(throws: Project.LocateError.self) { try Project.open(root: folder.path + "/file") }
        #expect(throws: Project.LocateError.self) { try Project.open(root: folder.path + "/missing") }
    }

    @Test("guides are found below docs, sorted; hidden files and other endings are not")
    func paths() throws {
        for name in ["b.md", "a/z.md", "a/.hidden.md", ".git/c.md", "a/notes.txt", "a/B.md"] {
            try folder.write("docs/" + name, "")
        }
        #expect(try Project.open(root: folder.path).guidePaths() == ["docs/a/B.md", "docs/a/z.md", "docs/b.md"])
    }

    @Test("a guide that is a pipe does not hold anything up")
    func pipe() async throws {
        try folder.write("docs/a.md", "# A\n")
        #expect(mkfifo(folder.path + "/docs/p.md", 0o600) == 0)
        let (guides, diagnostics) = try await Project.open(root: folder.path).loadGuides()
        #expect(guides.map(\.path) == ["docs/a.md"])
        #expect(codes(diagnostics) == ["docs/p.md: unreadable-guide"])
    }

    @Test("links out of the project, to nowhere and to folders are told; links to guides inside are followed")
    func links() async throws {
        let outside = try TemporaryDirectory()
        try outside.write("x.md", "# X\n")
        try folder.write("docs/a.md", "# A\n")
        try folder.write("docs/sub/b.md", "# B\n")
        let links = ["out.md": outside.path + "/x.md", "gone.md": "nowhere", "loop": "..", "in.md": "sub/b.md"]
        for (name, target) in links {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/docs/" + name, withDestinationPath: target)
        }
        let (guides, diagnostics) = try await Project.open(root: folder.path).loadGuides()
        #expect(guides.map(\.path) == ["docs/a.md", "docs/in.md", "docs/sub/b.md"])
        #expect(
            Set(codes(diagnostics)) == [
                "docs/gone.md: broken-link", "docs/loop: link-not-followed", "docs/out.md: link-out",
            ]
        )
        #expect(diagnostics.first { $0.code == "link-out" }?.severity == .error)
    }

    @Test("a project without the folder of its guides says so")
    func noGuides() async throws {
        try folder.write("launchpad.yml", "docs: guides\n")
        let (guides, diagnostics) = try await Project.open(root: folder.path).loadGuides()
        #expect(guides.isEmpty)
        #expect(codes(diagnostics) == ["guides: no-guides"])
    }

    @Test("guides that differ only in case, and needs that lead nowhere, are errors")
    func together() async throws {
        try folder.write("docs/a.md", "---\nneeds: [docs/bb.md, docs/a.md]\n---\n")
        try folder.write("docs/b.md", "")
        try folder.write("docs/A.md", "")
        let (_, diagnostics) = try await Project.open(root: folder.path).loadGuides()
        #expect(
            codes(diagnostics) == ["docs/a.md: guide-path", "docs/a.md: unknown-guide", "docs/a.md: unknown-guide"])
        #expect(diagnostics[1].help?.contains("did you mean \"docs/b.md\"?") == true)
        #expect(diagnostics[1].range == SourceRange(line: 2, column: 9, length: 10))
    }

    @Test("all errors of all guides come in one go, in the order of the guides, however many there are")
    func manyGuides() async throws {
        for index in 100..<300 {
            try folder.write("docs/\(index).md", index % 3 == 0 ? "```sh nmae=a\n```\n" : "# Guide \(index)\n")
        }
        let (guides, diagnostics) = try await Project.open(root: folder.path).loadGuides()
        #expect(guides.map(\.name) == (100..<300).map(String.init))
        #expect(diagnostics.map(\.file) == (100..<300).filter { $0 % 3 == 0 }.map { "docs/\($0).md" })
    }

    @Test("every key of launchpad.yml is read")
    func configuration() {
        let text = """
            title: "A: site"
            description: D
            url: https://docs.example.com/x
            repository: https://github.com/a/b
            edit: https://github.com/a/b/edit/main/
            docs: guides
            ops: run
            runners:
              kotlin: {command: "kotlinc -script {file}", tool: kotlinc}
              python: python3
            """
        let (configuration, diagnostics) = ProjectConfiguration.parse(file: "launchpad.yml", bytes: Array(text.utf8))
        #expect(diagnostics.isEmpty)
        #expect(configuration.title == "A: site")
        #expect(configuration.url == "https://docs.example.com/x")
        #expect(configuration.docs == "guides")
        #expect(configuration.ops == "run")
        #expect(configuration.runners["kotlin"]?.tool == "kotlinc")
        #expect(configuration.runners["python"]?.command == "python3")
    }

    @Test(
        "mistakes in launchpad.yml are told with their place",
        arguments: [
            ("titel: A\n", "unknown-key", 1, 1), ("title: A\ndocs: ../x\n", "bad-configuration", 2, 7),
            ("title: [a]\n", "bad-configuration", 1, 8), ("url: example.com\n", "bad-configuration", 1, 6),
            ("title: A\ntitle: B\n", "repeated-key", 2, 1), ("é: [\n", "bad-yaml", 1, 6),
            ("runners: {kotlin: {comand: x}}\n", "unknown-key", 1, 20),
            ("runners: {ts: {command: \"node {file}\", folder: $MODULES}}\n", "bad-configuration", 1, 48),
            ("runners:\n  py: {command: \"py {folder}/x\"}\n", "bad-configuration", 2, 17),
            ("runners:\n  py:\n    command: py\n    probe: py {folder}\n", "bad-configuration", 4, 12),
            ("runners:\n  py: {command: py, probe: \"py {file}\"}\n", "bad-configuration", 2, 28),
            ("runners:\n  py: {command: py, file: ../x}\n", "bad-configuration", 2, 27),
            ("runners:\n  py: {command: A=1 py}\n", "bad-configuration", 2, 17),
            ("runners: [a]\n", "bad-configuration", 1, 10),
            ("title: A\n\u{e9}t: B: C\n", "bad-yaml", 2, 7),
        ]
    )
    func configurationMistakes(text: String, code: String, line: Int, column: Int) throws {
        let diagnostics = ProjectConfiguration.parse(file: "launchpad.yml", bytes: Array(text.utf8)).diagnostics
        let first = try #require(diagnostics.first)
        #expect(first.code == code)
        #expect(first.range?.start == SourcePosition(line: line, column: column))
    }

    @Test(
        "a runner's folder is relative to the project, and variables that are set stand in front of their defaults",
        arguments: [
            ("lib", "/p/lib"), ("/opt/lib", "/opt/lib"), ("${HOME}/lib", "/home/me/lib"), ("${UNSET}", nil),
            ("${UNSET:-a/b}", "/p/a/b"), ("${HOME:-a}", "/home/me"), ("${EMPTY:-/a}", "/a"),
            ("x-${HOME:-y}", "/p/x-/home/me"),
        ] as [(String, String?)]
    )
    func runnerFolder(folder: String, path: String?) {
        let runner = ProjectConfiguration.Runner(command: "x", file: "x", tool: "x", folder: folder)
        let environment = ["HOME": "/home/me", "EMPTY": ""]
        #expect(runner.folderPath(root: "/p") { environment[$0] } == path)
    }

    @Test("a launchpad.yml that is not UTF-8 is told by its place")
    func configurationBytes() {
        let bytes = Array("title: ".utf8) + [0xE9, 0x0A]
        let diagnostics = ProjectConfiguration.parse(file: "launchpad.yml", bytes: bytes).diagnostics
        #expect(diagnostics.map(\.code) == ["not-utf8"])
        #expect(diagnostics.first?.range?.start == SourcePosition(line: 1, column: 8))
    }
}
