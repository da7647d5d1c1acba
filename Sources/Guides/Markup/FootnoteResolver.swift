/// Numbers footnotes by their first reference, in reading order: the text first, then the footnotes themselves.
struct FootnoteResolver {
    private struct Footnote {
        var markup: Markup
        var range: SourceRange
        var label: String
        var number = 0
        var references = 0
    }

    private let file: String
    private var footnotes: [String: Footnote] = [:]
    /// The keys of the footnotes that are referred to, by number.
    private var order: [String] = []
    private var diagnostics: [Diagnostic] = []

    /// Resolves every reference in `document` and adds the footnotes to its end.
    ///
    /// - Parameters:
    ///   - definitions: the definitions in document order, each with the range of its label.
    ///   - file: the guide's path, for messages.
    static func resolve(
        _ document: inout Markup,
        definitions: [(markup: Markup, label: String, range: SourceRange)],
        file: String
    ) -> [Diagnostic] {
        var resolver = FootnoteResolver(file: file)
        for definition in definitions {
            resolver.define(definition.markup, label: definition.label, range: definition.range)
        }
        resolver.number(&document)
        var done: [Markup] = []
        while done.count < resolver.order.count {
            let key = resolver.order[done.count]
            guard var markup = resolver.footnotes[key]?.markup else {
                break
            }
            resolver.number(&markup)
            done.append(markup)
        }
        for (index, key) in resolver.order.enumerated() {
            if let footnote = resolver.footnotes[key] {
                done[index].kind = .footnoteDefinition(
                    label: footnote.label, number: footnote.number, references: footnote.references
                )
            }
        }
        if let first = done.first, let last = done.last {
            let range = SourceRange(
                start: done.map(\.range.start).min() ?? first.range.start,
                end: done.map(\.range.end).max() ?? last.range.end
            )
            document.children.append(Markup(.footnotes, children: done, range: range))
        }
        resolver.reportUnused()
        return resolver.diagnostics.sorted { left, right in
            guard let left = left.range?.start, let right = right.range?.start else {
                return false
            }
            return left < right
        }
    }

    private init(file: String) {
        self.file = file
    }

    /// Labels are compared without regard to case.
    private static func key(_ label: String) -> String { label.lowercased() }

    private mutating func define(_ markup: Markup, label: String, range: SourceRange) {
        let key = Self.key(label)
        if let first = footnotes[key] {
            diagnostics.append(
                Diagnostic(
                    code: "duplicate-footnote",
                    "footnote \"\(label)\" is defined twice",
                    file: file,
                    range: range,
                    help: "give one of them another label",
                    notes: [Diagnostic.Note("the first definition is here", file: file, range: first.range)]
                )
            )
        } else {
            footnotes[key] = Footnote(markup: markup, range: range, label: label)
        }
    }

    /// Numbers the references in and below `markup`; one that leads nowhere becomes text.
    private mutating func number(_ markup: inout Markup) {
        if case .footnoteReference(let label, _, _) = markup.kind {
            let key = Self.key(label)
            guard var footnote = footnotes[key] else {
                reportMissing(label, range: markup.range)
                markup.kind = .text("[^\(label)]")
                return
            }
            if footnote.references == 0 {
                order.append(key)
                footnote.number = order.count
            }
            footnote.references += 1
            footnotes[key] = footnote
            markup.kind = .footnoteReference(
                label: footnote.label, number: footnote.number, occurrence: footnote.references
            )
            return
        }
        if case .image = markup.kind {
            Self.dissolveReferences(in: &markup)
            return
        }
        for index in markup.children.indices {
            number(&markup.children[index])
        }
    }

    /// Makes references in the text of an image, which is no place for a link, what they were written as.
    private static func dissolveReferences(in markup: inout Markup) {
        if case .footnoteReference(let label, _, _) = markup.kind {
            markup.kind = .text("[^\(label)]")
        }
        for index in markup.children.indices {
            dissolveReferences(in: &markup.children[index])
        }
    }

    private mutating func reportMissing(_ label: String, range: SourceRange) {
        // Comparing every label with every other would take too long in a text full of both.
        let near = footnotes.count > 100 ? nil : nearestName(to: label, among: footnotes.values.map(\.label).sorted())
        diagnostics.append(
            Diagnostic(
                code: "missing-footnote",
                "footnote \"\(label)\" is not defined",
                file: file,
                range: range,
                help: (near.map { "did you mean [^\($0)]? " } ?? "")
                    + "define it with a line \"[^\(label)]: …\", or write \\[^\(label)] if no footnote is meant"
            )
        )
    }

    private mutating func reportUnused() {
        for footnote in footnotes.values where footnote.references == 0 {
            diagnostics.append(
                Diagnostic(
                    code: "unused-footnote",
                    "nothing refers to footnote \"\(footnote.label)\", so it is not shown",
                    file: file,
                    range: footnote.range,
                    help: "refer to it with [^\(footnote.label)], or remove it"
                )
            )
        }
    }
}
