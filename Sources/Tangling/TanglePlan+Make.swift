package import Guides

extension TanglePlan {
    /// Works out every file that `guides` describe.
    ///
    /// Blocks with one `file=` are joined in document order, byte for byte; the provenance line comes first. Nothing is
    /// read from or written to the disk, except that links in a path are followed to see whether they leave the project.
    ///
    /// - Parameters:
    ///   - root: the project's root, absolute.
    ///   - configuration: says which folders are Launchpad's own.
    /// - Returns: the plan, and everything that is wrong. With errors the plan must not be written.
    package static func make(
        from guides: [Guide],
        root: String,
        configuration: ProjectConfiguration
    ) -> (plan: TanglePlan, diagnostics: [Diagnostic]) {
        var builder = PlanBuilder(root: root, configuration: configuration)
        for guide in guides {
            for block in guide.blocks where block.kind == .file {
                builder.add(block, of: guide)
            }
        }
        let plan = builder.finish()
        return (plan, builder.diagnostics)
    }

    /// The plan with files that were generated elsewhere, such as check scripts.
    ///
    /// - Returns: the plan, and an error for every path that a guide describes, too.
    package func adding(_ generated: [TangledFile]) -> (plan: TanglePlan, diagnostics: [Diagnostic]) {
        var byPath = Dictionary(uniqueKeysWithValues: files.map { ($0.path.lowercased(), $0) })
        var diagnostics: [Diagnostic] = []
        for file in generated {
            if let other = byPath.updateValue(file, forKey: file.path.lowercased()) {
                diagnostics.append(Self.conflict(of: other, with: file))
            }
        }
        for file in byPath.values {
            for folder in file.folders {
                guard let other = byPath[folder.lowercased()] else {
                    continue
                }
                // What guides describe was checked against itself before; one of these two is generated.
                diagnostics.append(
                    generated.contains(other)
                        ? Self.conflict(of: file, with: other) : Self.conflict(of: other, with: file)
                )
            }
        }
        return (TanglePlan(files: byPath.values.sorted { $0.path < $1.path }), diagnostics)
    }

    private static func conflict(of file: TangledFile, with generated: TangledFile) -> Diagnostic {
        let place = file.parts.first { $0.block != nil }
        return Diagnostic(
            code: "generated-path",
            file.path == generated.path
                ? "\"\(file.path)\" is a file that Launchpad generates from \(generated.guide)"
                : "\"\(file.path)\" gets in the way of \"\(generated.path)\", which Launchpad generates from "
                    + generated.guide,
            file: file.guide,
            range: place.map { SourceRange(line: max(1, $0.guideLine - 1), column: 1) },
            help: "give the file in this guide another path, or rename one of the guides"
        )
    }
}

extension TangledFile {
    /// The folders above the file, nearest first: `ops/checks`, `ops`.
    var folders: [String] {
        var folders: [String] = []
        var rest = path[...]
        while let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            folders.append(String(rest))
        }
        return folders
    }
}

private struct PlanBuilder {
    private let rules: PathRules
    private var links: FolderLinks
    private(set) var diagnostics: [Diagnostic] = []
    /// Paths by their lower-case form.
    private var spelling: [String: String] = [:]
    private var order: [String] = []
    private var drafts: [String: Draft] = [:]

    private struct Draft {
        var guide: String
        var pieces: [(block: Block, part: String?)]
        var mode: UInt16?
    }

    init(root: String, configuration: ProjectConfiguration) {
        rules = PathRules(configuration)
        links = FolderLinks(root: root, rules: rules)
    }

    mutating func add(_ block: Block, of guide: Guide) {
        guard let entry = block.attributes.entry("file") else {
            return
        }
        let part = block.attributes["part"]
        guard let draft = drafts[entry.value] else {
            guard isAllowed(entry, of: guide) else {
                return
            }
            checkCase(of: entry, in: guide)
            order.append(entry.value)
            drafts[entry.value] = Draft(guide: guide.path, pieces: [(block, part)], mode: mode(of: block))
            return
        }
        let first = draft.pieces[0].block
        let firstPlace = Diagnostic.Note(
            "it is first described here", file: draft.guide, range: first.attributes.entry("file")?.valueRange
        )
        guard draft.guide == guide.path else {
            reject(
                guide, entry.valueRange, code: "file-of-another-guide",
                "\"\(entry.value)\" is described in two guides",
                help: "one guide owns a file: describe it in one of them and link to it from the other",
                note: firstPlace
            )
            return
        }
        if let same = draft.pieces.first(where: { $0.part == part }) {
            let place = same.block.attributes.entry("part") ?? same.block.attributes.entry("file")
            let message =
                part.map { "\"\(entry.value)\" has two parts called \"\($0)\"" }
                ?? "\"\(entry.value)\" is described twice without part names"
            reject(
                guide, block.attributes.entry("part")?.valueRange ?? entry.valueRange, code: "duplicate-part", message,
                help: "give each block of a file its own part=NAME",
                note: Diagnostic.Note("the other one is here", file: guide.path, range: place?.valueRange)
            )
            return
        }
        if part == nil || draft.pieces[0].part == nil {
            reject(
                guide, entry.valueRange, code: "part-without-name",
                "\"\(entry.value)\" has several blocks, and not all of them have a part name",
                help: "give each block of a file its own part=NAME", note: firstPlace
            )
        }
        if let mode = mode(of: block) {
            if let other = draft.mode, other != mode {
                reject(
                    guide, block.attributes.entry("mode")?.valueRange ?? entry.valueRange, code: "two-modes",
                    "\"\(entry.value)\" is given two modes", help: "give mode= once", note: firstPlace
                )
            }
            drafts[entry.value]?.mode = mode
        }
        drafts[entry.value]?.pieces.append((block, part))
    }

    mutating func finish() -> TanglePlan {
        checkFolders()
        let files = order.sorted().compactMap { path in drafts[path].map { file(at: path, $0) } }
        return TanglePlan(files: files)
    }

    private func mode(of block: Block) -> UInt16? {
        block.attributes["mode"].flatMap { UInt16($0, radix: 8) }
    }

    private func file(at path: String, _ draft: Draft) -> TangledFile {
        var contents: [UInt8] = []
        var parts: [TangledFile.Part] = []
        var line = 1
        for (block, _) in draft.pieces {
            let count = block.text.utf8.count { $0 == 0x0A }
            parts.append(
                .init(
                    guide: draft.guide, block: block.index, guideLine: block.contentLine, fileLines: line..<line + count
                )
            )
            contents += Array(block.text.utf8)
            line += count
        }
        let language = draft.pieces[0].block.language
        if let (withLine, number) = Provenance.insert(
            into: contents, path: path, language: language, guide: draft.guide
        ) {
            contents = withLine
            parts = Self.shift(parts, past: number)
            let opening = draft.pieces[0].block.range.start.line
            parts.append(.init(guide: draft.guide, block: nil, guideLine: opening, fileLines: number..<number + 1))
            parts.sort { $0.fileLines.lowerBound < $1.fileLines.lowerBound }
        }
        return TangledFile(path: path, contents: contents, mode: draft.mode ?? 0o644, guide: draft.guide, parts: parts)
    }

    /// The parts after one line was put in as line `number`; a part that it falls into becomes two.
    private static func shift(_ parts: [TangledFile.Part], past number: Int) -> [TangledFile.Part] {
        parts.flatMap { part -> [TangledFile.Part] in
            let lines = part.fileLines
            if lines.lowerBound >= number {
                var moved = part
                moved.fileLines = lines.lowerBound + 1..<lines.upperBound + 1
                return [moved]
            }
            guard lines.upperBound > number else {
                return [part]
            }
            var head = part
            head.fileLines = lines.lowerBound..<number
            var tail = part
            tail.guideLine += number - lines.lowerBound
            tail.fileLines = number + 1..<lines.upperBound + 1
            return [head, tail]
        }
    }

    // MARK: - What a path may be

    private mutating func isAllowed(_ entry: Attributes.Entry, of guide: Guide) -> Bool {
        let problem = rules.problem(with: entry.value) ?? links.problem(above: entry.value)
        if let problem {
            reject(guide, entry.valueRange, code: "path-not-allowed", problem.message, help: problem.help)
        }
        return problem == nil
    }

    /// Reports a path that some file systems take for another one.
    private mutating func checkCase(of entry: Attributes.Entry, in guide: Guide) {
        let folded = entry.value.lowercased()
        defer { spelling[folded] = spelling[folded] ?? entry.value }
        guard let other = spelling[folded], other != entry.value, let draft = drafts[other] else {
            return
        }
        reject(
            guide, entry.valueRange, code: "path-differs-in-case",
            "\"\(entry.value)\" and \"\(other)\" differ only in upper and lower case",
            help: "rename one of them: they are one file on many machines",
            note: Diagnostic.Note(
                "the other one is here", file: draft.guide,
                range: draft.pieces[0].block.attributes.entry("file")?.valueRange
            )
        )
    }

    /// No path may be both a file and a folder of another file.
    private mutating func checkFolders() {
        for path in order {
            var folder = path[...]
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                guard let other = drafts[String(folder)], let draft = drafts[path] else {
                    continue
                }
                let entry = draft.pieces[0].block.attributes.entry("file")
                diagnostics.append(
                    Diagnostic(
                        code: "file-and-folder",
                        "\"\(folder)\" would have to be a file and a folder at once",
                        file: draft.guide,
                        range: entry?.valueRange,
                        help: "choose another path for one of them",
                        notes: [
                            .init(
                                "it is a file here", file: other.guide,
                                range: other.pieces[0].block.attributes.entry("file")?.valueRange
                            )
                        ]
                    )
                )
            }
        }
    }

    private mutating func reject(
        _ guide: Guide,
        _ range: SourceRange,
        code: String,
        _ message: String,
        help: String,
        note: Diagnostic.Note? = nil
    ) {
        diagnostics.append(
            Diagnostic(code: code, message, file: guide.path, range: range, help: help, notes: note.map { [$0] } ?? [])
        )
    }
}
