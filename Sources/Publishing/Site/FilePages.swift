import Guides
import Tangling

/// Pages that show whole files: those that the guides describe, each line linked to its guide, and those that they link to.
struct FilePages {
    let source: SiteSource
    let statuses: [String: FileStatus]
    let template: PageTemplate
    private let outlinesByGuide: [String: PageOutline]
    private let checks: FileChecks

    init(
        source: SiteSource, outlines: [PageOutline], statuses: [String: FileStatus], checks: FileChecks,
        template: PageTemplate
    ) {
        self.source = source
        self.statuses = statuses
        self.checks = checks
        self.template = template
        outlinesByGuide = Dictionary(outlines.map { ($0.guidePath, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func render(_ files: [PublishedFile]) -> [SiteFile] {
        let generated = Dictionary(source.plan.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        return files.compactMap { file in
            switch file {
            case .copy(let path):
                return source.files.contents(of: path).map { SiteFile(path: file.path, contents: $0) }
            case .view(let path):
                if let tangled = generated[path] {
                    return page(file, tangled.contents, parts: tangled.parts, tangled: tangled)
                }
                return source.files.contents(of: path).map { page(file, $0, parts: [], tangled: nil) }
            }
        }
    }

    private func page(
        _ file: PublishedFile,
        _ contents: [UInt8],
        parts: [TangledFile.Part],
        tangled: TangledFile?
    ) -> SiteFile {
        let root = PageOutline.root(of: file.path)
        var writer = HTMLWriter(capacity: contents.count * 4)
        if let status = statuses[file.source], let tangled {
            state(status.state, tangled, root, &writer)
            checks.write(file.source, root: root, to: &writer)
        }
        let valid = String(validating: contents, as: UTF8.self) != nil
        writer.raw("<div class=\"lines\">\n")
        contents.withUnsafeBufferPointer { text in
            let language = valid ? Highlighter.language(ofFile: file.source) : .plain
            let lines = LineSplitter.split(Highlighter.tokens(text, language), of: text)
            let runs =
                parts.isEmpty ? [Run(lines: 1..<(lines.count + 1), part: nil)] : Run.all(parts, count: lines.count)
            for run in runs {
                if let part = run.part {
                    origin(part, root, &writer)
                }
                writer.raw("<pre><code>")
                let guide = run.part.flatMap(self.guide)
                for number in run.lines where lines.indices.contains(number - 1) {
                    writer.raw("<span class=\"ln\" id=\"L")
                    writer.number(number)
                    writer.raw("\"><a href=\"#L")
                    writer.number(number)
                    writer.raw("\">")
                    writer.number(number)
                    writer.raw("</a>")
                    if let guide, let part = run.part {
                        // Each line leads to the line of the guide that it comes from.
                        writer.raw("<a class=\"gl\"")
                        writer.attribute("href", root + guide)
                        writer.raw(" title=\"line ")
                        writer.number(part.guideLine + number - part.fileLines.lowerBound)
                        writer.raw(" of the guide\">")
                        writer.number(part.guideLine + number - part.fileLines.lowerBound)
                        writer.raw("</a>")
                    }
                    writer.code(text, tokens: lines[number - 1])
                    writer.raw("\n</span>")
                }
                writer.raw("</code></pre>\n")
            }
        }
        writer.raw("</div>\n")
        let name = file.source.split(separator: "/").last.map(String.init) ?? file.source
        let page = PageContent(
            path: file.path,
            title: file.source,
            heading: escapedHTML(name),
            content: writer.bytes,
            crumbs: file.source.contains("/") ? [(RelativePath.directory(of: file.source), nil)] : [],
            layout: "wide"
        )
        return template.render(page)
    }

    /// Lines of one origin.
    private struct Run {
        var lines: Range<Int>
        var part: TangledFile.Part?

        /// The parts in order, with what lies between them.
        static func all(_ parts: [TangledFile.Part], count: Int) -> [Run] {
            var runs: [Run] = []
            var next = 1
            for part in parts.sorted(by: { $0.fileLines.lowerBound < $1.fileLines.lowerBound }) {
                if part.fileLines.lowerBound > next {
                    runs.append(Run(lines: next..<part.fileLines.lowerBound, part: nil))
                }
                runs.append(Run(lines: part.fileLines, part: part.block == nil ? nil : part))
                next = max(next, part.fileLines.upperBound)
            }
            if next <= count {
                runs.append(Run(lines: next..<(count + 1), part: nil))
            }
            return runs
        }
    }

    /// The address, from the site's root, of the block that a part comes from.
    private func guide(_ part: TangledFile.Part) -> String? {
        outlinesByGuide[part.guide].map { outline in
            RelativePath.encoded(outline.path)
                + (part.block.flatMap { outline.blockAnchors[$0] }.map { "#" + $0 } ?? "")
        }
    }

    private func origin(_ part: TangledFile.Part, _ root: String, _ writer: inout HTMLWriter) {
        guard let outline = outlinesByGuide[part.guide] else { return }
        writer.raw("<p class=\"from\">From <a")
        let anchor = part.block.flatMap { outline.blockAnchors[$0] }.map { "#" + $0 } ?? ""
        writer.attribute("href", root + RelativePath.encoded(outline.path) + anchor)
        writer.raw(">")
        writer.text(outline.title)
        writer.raw("</a>, ")
        writer.text(outline.guidePath)
        writer.raw(" from line ")
        writer.number(part.guideLine)
        writer.raw("</p>\n")
    }

    private func state(
        _ state: FileStatus.State,
        _ file: TangledFile,
        _ root: String,
        _ writer: inout HTMLWriter
    ) {
        writer.trusted("<p class=\"rollup is-\(state.cssName)\"><span class=\"state\">".utf8)
        writer.trusted("<svg class=\"i\"><use href=\"#i-\(state.cssName)\"/></svg>\(state.label)</span><span>".utf8)
        switch state {
        case .matches: writer.raw("The file on disk is exactly this, as its guide describes it.")
        case .drifted: writer.raw("The file on disk differs. This is what the guide describes.")
        case .missing: writer.raw("The file is not on disk yet. This is what the guide describes.")
        }
        if let outline = outlinesByGuide[file.guide] {
            writer.raw(" Described in <a")
            writer.attribute("href", root + RelativePath.encoded(outline.path))
            writer.raw(">")
            writer.text(outline.title)
            writer.raw("</a>.")
        }
        writer.raw("</span></p>\n")
    }
}
