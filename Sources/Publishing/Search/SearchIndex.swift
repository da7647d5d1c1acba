import Guides

/// Writes the search's data: many small scripts, of which a search loads only those that it needs, and which a page can
/// load from `file://`, where it could not fetch. `docs/search-index.md` describes the format.
struct SearchIndex: Sendable {
    /// What a page brings into the index.
    struct Page: Sendable {
        var terms: PageTerms
        /// The rows of its sections for the scripts with texts, each behind a comma and a line end.
        var rows: [UInt8] = []
        /// Where each row ends.
        var ends: [Int] = []

        init(path: String, sections: [SearchSection]) {
            terms = PageTerms(sections)
            let path = RelativePath.encoded(path)
            for section in sections {
                let address = section.anchor.isEmpty ? path : path + "#" + RelativePath.encoded(section.anchor)
                rows += ",\n[".utf8
                for field in [address, section.page, section.title, section.state?.rawValue ?? ""] {
                    JSONText.append(field, squeezed: true, to: &rows)
                    rows.append(UInt8(ascii: ","))
                }
                JSONText.append(SearchIndex.excerpt(section.text), squeezed: true, to: &rows)
                rows.append(UInt8(ascii: "]"))
                ends.append(rows.count)
            }
        }
    }

    /// Rows that become one script with texts.
    private struct TextPart {
        /// The number of the first section.
        var first: UInt32
        var stretches: [(page: Int, rows: Range<Int>)] = []
        var size = 0
    }

    /// A term's sections are kept up to so many, those where it says most first; who types a word that is everywhere
    /// types another one.
    static let longestList = 1500
    /// Of a section's text so many bytes are kept for excerpts; all of it is indexed.
    static let longestText = 1200
    /// What a script holds at most, unless one row alone is larger. A search loads a number of scripts of each kind, which
    /// `search.js` limits, so that these sizes limit what it loads as a whole.
    static let termsSize = 7 * 1024
    static let wordsSize = 7 * 1024
    static let textsSize = 5 * 1024

    private let pages: [Page]

    init(_ pages: [Page]) {
        self.pages = pages
    }

    /// The index's files, `search/meta.js` among them.
    func files() async -> [SiteFile] {
        var firstSections: [UInt32] = []
        var sections: UInt32 = 0
        for page in pages {
            firstSections.append(sections)
            sections += UInt32(page.ends.count)
        }
        let (terms, firsts) = (pages.map(\.terms), firstSections)
        let groups = await Array(0..<PageTerms.groups).concurrentMap(atLeast: 1) { group in
            let lists = TermLists(terms, group: group, firstSections: firsts)
            return (lists.rows(size: Self.termsSize, longest: Self.longestList), lists.frequencies)
        }
        var wordLists = WordLists()
        for (_, frequencies) in groups {
            wordLists.add(frequencies)
        }
        let rows = groups.flatMap(\.0)
        let words = wordLists.rows(size: Self.wordsSize)
        let texts = textParts(firstSections)
        let scripts =
            rows.enumerated().map { Script(kind: "terms", number: $0, rows: $1.bytes) }
            + words.enumerated().map { Script(kind: "words", number: $0, rows: $1.bytes) }
        let files = await scripts.concurrentMap { $0.file }
        let pages = pages
        let textFiles = await Array(texts.enumerated()).concurrentMap { number, part in
            Self.file(number, part, pages)
        }
        let all = files + textFiles
        let hashes = await all.concurrentMap { FastHash.of($0.contents) }
        let build = hashes.withUnsafeBytes { FastHash.of($0) }

        var out = Array("launchpadSearch.meta({\"version\":2,\"build\":\"\(String(build, radix: 36))\",".utf8)
        out += Array("\"sections\":\(sections),\"terms\":".utf8)
        Self.append(rows.map { String(decoding: $0.first, as: UTF8.self) }, to: &out)
        out += Array(",\"words\":".utf8)
        Self.append(words.map(\.key), to: &out)
        out += Array(",\"texts\":\"".utf8)
        var previous: UInt32 = 0
        for part in texts {
            SearchDigits.append(part.first - previous, to: &out)
            previous = part.first
        }
        out += Array("\"});\n".utf8)
        return [SiteFile(path: "search/meta.js", contents: out)] + all
    }

    private static func append(_ list: [String], to out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        for (index, text) in list.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            JSONText.append(text, to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    /// A script with rows that need no quoting.
    private struct Script: Sendable {
        var kind: String
        var number: Int
        var rows: [UInt8]

        var file: SiteFile {
            var contents: [UInt8] = []
            contents.reserveCapacity(rows.count + 48)
            contents += "launchpadSearch.\(kind)(\(number),\"".utf8
            contents += rows
            contents += "\");\n".utf8
            return SiteFile(path: "search/\(kind)-\(number).js", contents: contents)
        }
    }

    // MARK: Texts

    private func textParts(_ firstSections: [UInt32]) -> [TextPart] {
        var parts: [TextPart] = []
        for (number, page) in pages.enumerated() {
            var start = 0
            for (section, end) in page.ends.enumerated() {
                if parts.isEmpty || parts[parts.count - 1].size + end - start > Self.textsSize {
                    parts.append(TextPart(first: firstSections[number] + UInt32(section)))
                }
                let last = parts.count - 1
                parts[last].size += end - start
                if let stretch = parts[last].stretches.last, stretch.page == number {
                    parts[last].stretches[parts[last].stretches.count - 1].rows = stretch.rows.lowerBound..<end
                } else {
                    parts[last].stretches.append((number, start..<end))
                }
                start = end
            }
        }
        return parts
    }

    private static func file(_ number: Int, _ part: TextPart, _ pages: [Page]) -> SiteFile {
        var contents: [UInt8] = []
        contents.reserveCapacity(part.size + 48)
        contents += "launchpadSearch.texts(\(number),[".utf8
        for (index, stretch) in part.stretches.enumerated() {
            // No comma in front of the first row.
            contents += pages[stretch.page].rows[stretch.rows].dropFirst(index == 0 ? 1 : 0)
        }
        contents += "\n]);\n".utf8
        return SiteFile(path: "search/texts-\(number).js", contents: contents)
    }

    /// The start of a text, not cut inside a character.
    private static func excerpt(_ text: String) -> Substring {
        guard text.utf8.count > longestText else { return text[...] }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: longestText)
        while end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return text[..<end]
    }
}
