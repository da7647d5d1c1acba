import Guides

/// One section of a page as the search sees it.
struct SearchSection: Sendable, Hashable {
    /// The page's title.
    var page: String
    /// The section's heading; the page's title for what stands in front of the first heading.
    var title: String
    var anchor: String
    /// Prose, code, transcripts and error texts, in the order in which they are shown.
    var text = ""
    /// The keys of configuration files that the section describes, with blanks between them.
    var keys = ""
    /// What can be asked for besides words: `status:failed`, `engine:bundled`, `lang:yaml`.
    var facets: Set<String> = []
    /// The state that the section's checks have together; nil where it has none.
    var state: BlockState?
}

/// Gathers the sections of a page while it is rendered.
struct SearchCollector {
    private var sections: [SearchSection]
    private var tally = ProofTally()

    init(title: String) {
        sections = [SearchSection(page: title, title: title, anchor: "")]
    }

    mutating func startSection(_ title: String, anchor: String) {
        tally = ProofTally()
        sections.append(SearchSection(page: sections[0].page, title: title, anchor: anchor))
    }

    mutating func text(_ text: String) {
        append(text)
    }

    /// Code, transcripts and error texts are found like any other text.
    mutating func code(_ text: String) {
        append(text)
    }

    /// Whoever asks for a key wants the section that sets it before those that only show it.
    mutating func keys(_ names: [String]) {
        guard !names.isEmpty else { return }
        sections[sections.count - 1].keys += names.joined(separator: " ") + " "
    }

    /// Adds what a reader may ask for about a block.
    mutating func block(_ block: Block, _ status: BlockStatus?, engine: String?) {
        let last = sections.count - 1
        // Only the names of known languages: a facet must not hold what separates terms in the index.
        let language = block.language.lowercased()
        if Highlighter.language(named: language) != nil {
            sections[last].facets.insert("lang:\(language)")
        }
        guard let status else { return }
        sections[last].facets.insert("status:\(status.state.rawValue)")
        if status.proof != nil, let engine {
            sections[last].facets.insert("engine:\(engine)")
        }
        tally.add(status)
        sections[last].state = tally.state
    }

    func finish() -> [SearchSection] {
        sections.filter { !$0.text.isEmpty || $0.title != $0.page || sections.count == 1 }
    }

    private mutating func append(_ text: String) {
        let last = sections.count - 1
        if !sections[last].text.isEmpty {
            sections[last].text += " "
        }
        sections[last].text += text
    }
}
