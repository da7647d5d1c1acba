/// One node of a guide's text: CommonMark as libcmark parsed it, with tables, task items, alerts, strikethrough and
/// footnotes put in by passes of our own.
///
/// A value tree: publishing walks it once and never goes back to libcmark.
package struct Markup: Sendable, Hashable {
    package enum Alignment: String, Sendable, Hashable {
        case none, left, center, right
    }

    /// GitHub's five alerts (`> [!NOTE]`).
    package enum AlertKind: String, Sendable, Hashable, CaseIterable {
        case note, tip, important, warning, caution
    }

    package enum Kind: Sendable, Hashable {
        // Blocks.
        case document
        case heading(level: Int)
        case paragraph
        case blockQuote
        case alert(AlertKind)
        /// Like an alert, with a title of its own (`:::note A title`); readers unfold one without a kind (`:::details`).
        case admonition(AlertKind?, title: String)
        case bulletList(tight: Bool)
        case orderedList(start: Int, delimiter: Character, tight: Bool)
        /// `task` is nil for an ordinary item, else whether its box is ticked.
        case item(task: Bool?)
        /// A fenced block; `block` is its index in ``Guide/blocks``.
        case fence(block: Int)
        case indentedCode(String)
        case htmlBlock(String)
        case thematicBreak
        case table(alignments: [Alignment])
        /// The first row of a table is its head.
        case tableRow
        case tableCell
        /// All footnotes that are referred to, in the order of their first reference; last child of the document.
        case footnotes
        case footnoteDefinition(label: String, number: Int, references: Int)
        // Inlines.
        case text(String)
        case softBreak
        case lineBreak
        case code(String)
        case html(String)
        case emphasis
        case strong
        case strikethrough
        case link(destination: String, title: String)
        case image(source: String, title: String)
        /// The `occurrence`-th reference (from 1) to footnote `number`.
        case footnoteReference(label: String, number: Int, occurrence: Int)
    }

    package var kind: Kind
    package var children: [Markup]
    /// Exact for blocks; for inlines as near as libcmark tells, at least the right line.
    package var range: SourceRange

    package init(_ kind: Kind, children: [Markup] = [], range: SourceRange) {
        self.kind = kind
        self.children = children
        self.range = range
    }

    /// The text of this node and everything in it, without markup. For titles, slugs and search.
    package var plainText: String {
        switch kind {
        case .text(let text), .code(let text): text
        case .softBreak, .lineBreak: " "
        case .footnoteReference, .footnotes: ""
        default: children.map(\.plainText).joined()
        }
    }
}
