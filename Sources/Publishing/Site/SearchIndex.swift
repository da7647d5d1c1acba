import Guides

/// One section of a page as the search sees it.
struct SearchSection: Sendable, Hashable {
    /// The page's title.
    var page: String
    /// The section's heading; the page's title for what stands in front of the first heading.
    var title: String
    var anchor: String
    var text: String
}

/// Gathers the sections of a page while it is rendered.
struct SearchCollector {
    private var sections: [SearchSection]

    init(title: String) {
        sections = [SearchSection(page: title, title: title, anchor: "", text: "")]
    }

    mutating func startSection(_ title: String, anchor: String) {
        sections.append(SearchSection(page: sections[0].page, title: title, anchor: anchor, text: ""))
    }

    mutating func text(_ text: String) {
        append(text)
    }

    /// Code, transcripts and error texts are found like any other text.
    mutating func code(_ text: String) {
        append(text)
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

/// Writes the search's data as a script, which a page can load from `file://`, where it could not fetch.
enum SearchIndex {
    /// `launchpadSearch([[address, page, title, text], …])`.
    static func script(_ pages: [(path: String, sections: [SearchSection])]) -> [UInt8] {
        var out = Array("launchpadSearch([".utf8)
        var isFirst = true
        for page in pages {
            for section in page.sections {
                out += Array((isFirst ? "\n[" : ",\n[").utf8)
                isFirst = false
                let address = RelativePath.encoded(page.path) + (section.anchor.isEmpty ? "" : "#" + section.anchor)
                for (index, field) in [address, section.page, section.title, section.text].enumerated() {
                    if index > 0 { out.append(UInt8(ascii: ",")) }
                    JSONText.append(JSONText.squeezed(field), to: &out)
                }
                out.append(UInt8(ascii: "]"))
            }
        }
        return out + Array("\n]);\n".utf8)
    }
}
