import Guides
import Proving
import Tangling

@testable import Publishing

/// Builds trees as the parser would, in few words.
enum Tree {
    static func node(_ kind: Markup.Kind, _ children: [Markup] = [], line: Int = 1, column: Int = 1) -> Markup {
        Markup(kind, children: children, range: SourceRange(line: line, column: column))
    }

    static func text(_ text: String) -> Markup { node(.text(text)) }

    static func paragraph(_ children: Markup...) -> Markup { node(.paragraph, children) }

    static func heading(_ level: Int, _ title: String) -> Markup { node(.heading(level: level), [text(title)]) }

    static func link(_ destination: String, _ title: String, line: Int = 1, column: Int = 1) -> Markup {
        node(.link(destination: destination, title: ""), [text(title)], line: line, column: column)
    }

    static func code(_ code: String) -> Markup { node(.code(code)) }

    static func list(_ items: [Markup]...) -> Markup {
        node(.bulletList(tight: true), items.map { node(.item(task: nil), $0) })
    }
}

/// Builds a guide with its blocks and their place in the tree.
struct GuideMaker {
    var path: String
    var frontMatter = FrontMatter()
    private(set) var blocks: [Block] = []
    private(set) var children: [Markup] = []
    private(set) var checks: [Check] = []
    private var line = 1

    init(_ path: String, title: String? = nil, order: Int? = nil) {
        self.path = path
        frontMatter.title = title
        frontMatter.order = order
    }

    mutating func add(_ nodes: Markup...) {
        children += nodes
        line += 2 * nodes.count
    }

    /// Adds a fenced block; `attributes` without their places.
    @discardableResult
    mutating func fence(
        _ kind: Block.Kind,
        _ language: String,
        _ text: String,
        name: String? = nil,
        attributes: [(String, String)] = []
    ) -> Block {
        let place = SourceRange(line: line, column: 1)
        let entries = attributes.map {
            Attributes.Entry(key: $0.0, value: $0.1, keyRange: place, valueRange: place)
        }
        let block = Block(
            kind: kind,
            language: language,
            attributes: Attributes(entries),
            name: name ?? "\(kind.rawValue)-\(blocks.count + 1)",
            text: text,
            index: blocks.count,
            range: place,
            contentLine: line + 1,
            indentation: 0,
            contentBytes: 0..<0
        )
        blocks.append(block)
        children.append(Tree.node(.fence(block: block.index), line: line))
        line += text.split(separator: "\n", omittingEmptySubsequences: false).count + 2
        return block
    }

    /// Adds a console block that is a check; `output` is what the guide shows.
    @discardableResult
    mutating func console(
        _ name: String,
        _ steps: [(command: String, output: String)],
        skip: String? = nil
    ) -> Check {
        var text = ""
        var made: [Step] = []
        for step in steps {
            let first = line + 1 + text.utf8.count { $0 == UInt8(ascii: "\n") }
            text += "$ " + step.command.replacing("\n", with: "\n> ") + "\n" + step.output
            made.append(Step(command: step.command, line: first, expectation: nil))
        }
        let block = fence(.console, "console", text, name: name)
        let check = Check(block: block, steps: made, skip: skip, contentHash: GuideMaker.hash(text))
        checks.append(check)
        return check
    }

    /// Adds a script block that is a check.
    mutating func script(_ name: String, _ text: String) -> Check {
        let block = fence(.script, "sh", text, name: name)
        let step = Step(command: text, line: block.contentLine, expectation: nil, isScript: true)
        let check = Check(block: block, steps: [step], contentHash: GuideMaker.hash(text))
        checks.append(check)
        return check
    }

    /// A console block on its own.
    static func block(_ text: String) -> Block {
        var guide = GuideMaker("docs/x.md")
        return guide.fence(.console, "console", text)
    }

    /// Stands in for the SHA-256 that proving works out; here only sameness matters.
    static func hash(_ text: String) -> String {
        let digits = String(
            text.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }, radix: 16)
        return String(repeating: digits, count: 4)
    }

    var entry: SiteSource.Entry {
        let name = String(path.dropFirst("docs/".count).dropLast(".md".count))
        let guide = Guide(
            path: path,
            source: Array("# \(name)\n".utf8),
            frontMatter: frontMatter,
            bodyOffset: 0,
            bodyLineOffset: 0,
            blocks: blocks,
            directives: Attributes(),
            name: name
        )
        let markup = Tree.node(.document, children)
        let scenario = checks.isEmpty ? nil : Scenario(guide: guide, checks: checks)
        return SiteSource.Entry(guide: guide, markup: markup, scenario: scenario, filesHash: "files")
    }

    /// The guide's part of a ledger in which `state` is what became of each check, with `outputs` by block.
    func proof(
        _ states: [String: ProofState] = [:],
        outputs: [String: [String]] = [:],
        filesHash: String = "files"
    ) -> GuideProof {
        let proofs = checks.map { check in
            let state = states[check.block.name] ?? .passed
            return BlockProof(
                name: check.block.name,
                index: check.block.index,
                kind: check.block.kind.rawValue,
                line: check.block.range.start.line,
                state: state,
                reason: state == .passed ? nil : "because the test says so",
                durationMilliseconds: 42,
                contentHash: check.contentHash,
                steps: state == .skipped || state == .blocked
                    ? []
                    : check.steps.enumerated().map { index, step in
                        StepProof(
                            command: step.command,
                            line: step.line,
                            status: 0,
                            output: outputs[check.block.name]?[index] ?? "real output \(index + 1)\n",
                            durationMilliseconds: 21,
                            state: state
                        )
                    }
            )
        }
        return GuideProof(
            path: path,
            title: path,
            state: .passed,
            startedAt: "2026-11-22T03:14:15Z",
            durationMilliseconds: 120,
            inputHash: "",
            filesHash: filesHash,
            blocks: proofs
        )
    }
}

/// Project files that lie in memory.
struct MemoryFiles: ProjectFiles {
    var files: [String: [UInt8]] = [:]
    var directories: Set<String> = ["ops", "docs"]

    func kind(of path: String) -> ProjectFileKind? {
        files[path] != nil ? .file : directories.contains(path) ? .directory : nil
    }

    func contents(of path: String) -> [UInt8]? { files[path] }
}

extension SiteSource {
    /// A site from `guides`, with a ledger where there are proofs.
    static func sample(
        _ guides: [GuideMaker],
        proofs: [GuideProof]? = nil,
        plan: [TangledFile] = [],
        files: MemoryFiles = MemoryFiles(),
        configuration: SiteConfiguration = SiteConfiguration()
    ) -> SiteSource {
        let ledger = proofs.map {
            Ledger(
                tool: Ledger.Tool(name: "launchpad", version: "0.1.0"),
                engine: EngineIdentity(name: "bundled", version: "Launchpad 0.1.0 (nats-server 2.15.1)"),
                isolation: "bubblewrap 0.8.0",
                startedAt: "2026-11-22T03:14:15Z",
                durationMilliseconds: 1234,
                guides: $0
            )
        }
        return SiteSource(
            entries: guides.map(\.entry),
            plan: TanglePlan(files: plan),
            ledger: ledger,
            ledgerDocument: ledger == nil ? [] : Array("{}".utf8),
            files: files,
            configuration: configuration
        )
    }

    /// The site's file at `path` as text; empty where there is none.
    func built(_ path: String) async throws -> String {
        let site = await SiteBuilder(self, theme: try Theme()).build()
        return site.files.first { $0.path == path }.map { String(decoding: $0.contents, as: UTF8.self) } ?? ""
    }

    func diagnostics() async throws -> [Diagnostic] {
        await SiteBuilder(self, theme: try Theme()).build().diagnostics
    }
}
