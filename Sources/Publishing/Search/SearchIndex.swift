/// Writes the search's data: many small scripts, of which a search loads only those that it needs, and which a page can
/// load from `file://`, where it could not fetch. `docs/search-index.md` describes the format.
struct SearchIndex {
    /// What a page brings into the index.
    struct Page: Sendable {
        var path: String
        var sections: [SearchSection]
        var terms: PageTerms
    }

    /// A term's sections are kept up to so many, those where it says most first; who types a word that is everywhere
    /// types another one.
    static let longestList = 1500
    /// Of a section's text so many bytes are kept for excerpts; all of it is indexed.
    static let longestText = 1200
    /// What a script with terms, or with texts, holds before the next one starts.
    static let termsSize = 16 * 1024
    static let textsSize = 10 * 1024

    private let pages: [Page]
    /// Every term with its sections, by the term.
    private var lists: [(term: [UInt8], postings: [UInt32])] = []

    init(_ pages: [Page]) {
        self.pages = pages
        var places: [UInt64: Int] = [:]
        var first: UInt32 = 0
        for page in pages {
            for entry in page.terms.entries {
                let posting = (first + UInt32(entry.section)) << 2 | UInt32(entry.weight.rawValue)
                if let place = places[entry.hash] {
                    lists[place].postings.append(posting)
                } else {
                    places[entry.hash] = lists.count
                    let start = Int(entry.start)
                    lists.append((Array(page.terms.bytes[start..<(start + Int(entry.count))]), [posting]))
                }
            }
            first += UInt32(page.sections.count)
        }
        lists.sort { $0.term.lexicographicallyPrecedes($1.term) }
    }

    /// The index's files, `search/meta.js` among them.
    func files() -> [SiteFile] {
        let terms = termFiles()
        let texts = textFiles()
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for file in terms.files + texts.files {
            for byte in file.contents {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
        }
        var out = Array("launchpadSearch.meta({\"version\":1,\"build\":\"\(String(hash, radix: 36))\",".utf8)
        out += Array("\"sections\":\(pages.reduce(0) { $0 + $1.sections.count }),\"terms\":[".utf8)
        for (index, term) in terms.firsts.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            JSONText.append(String(decoding: term, as: UTF8.self), to: &out)
        }
        out += Array("],\"texts\":[\(texts.firsts.map(String.init).joined(separator: ","))]});\n".utf8)
        return [SiteFile(path: "search/meta.js", contents: out)] + terms.files + texts.files
    }

    // MARK: Terms

    private func termFiles() -> (files: [SiteFile], firsts: [[UInt8]]) {
        var files: [SiteFile] = []
        var firsts: [[UInt8]] = []
        var rows: [UInt8] = []
        var previous: [UInt8] = []
        func flush() {
            guard !rows.isEmpty else { return }
            let head = Array("launchpadSearch.terms(\(files.count),\"".utf8)
            files.append(SiteFile(path: "search/terms-\(files.count).js", contents: head + rows + Array("\");\n".utf8)))
            rows = []
        }
        for list in lists {
            if rows.count >= Self.termsSize { flush() }
            if rows.isEmpty {
                firsts.append(list.term)
                previous = []
            }
            let shared = Self.sharedPrefix(previous, list.term)
            rows.append(Self.digits[shared])
            rows += list.term[shared...]
            rows.append(UInt8(ascii: " "))
            rows += String(list.postings.count, radix: 36).utf8
            rows.append(UInt8(ascii: " "))
            Self.append(list.postings, to: &rows)
            rows.append(UInt8(ascii: ";"))
            previous = list.term
        }
        flush()
        return (files, firsts)
    }

    /// How many bytes two terms have in common at their start, as far as they are ASCII and one digit can tell.
    private static func sharedPrefix(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var count = 0
        while count < min(left.count, right.count, 63), left[count] == right[count], left[count] < 0x80 {
            count += 1
        }
        // What follows must not be the rest of a character.
        return count
    }

    /// A list for each weight, the heaviest first, between commas: the distances from section to section.
    private static func append(_ postings: [UInt32], to rows: inout [UInt8]) {
        var room = longestList
        for weight in PageTerms.Weight.allCases.reversed() {
            var previous: UInt32 = 0
            for posting in postings where room > 0 && posting & 3 == UInt32(weight.rawValue) {
                append(number: posting >> 2 - previous, to: &rows)
                previous = posting >> 2
                room -= 1
            }
            if weight != .text { rows.append(UInt8(ascii: ",")) }
        }
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Five bits a digit, the lowest first; the sixth bit says that more follow.
    private static func append(number: UInt32, to rows: inout [UInt8]) {
        var rest = number
        repeat {
            let bits = Int(rest & 31)
            rest >>= 5
            rows.append(digits[rest > 0 ? bits | 32 : bits])
        } while rest > 0
    }

    // MARK: Texts

    private func textFiles() -> (files: [SiteFile], firsts: [Int]) {
        var files: [SiteFile] = []
        var firsts: [Int] = []
        var rows: [UInt8] = []
        var number = 0
        func flush() {
            guard !rows.isEmpty else { return }
            let head = Array("launchpadSearch.texts(\(files.count),[".utf8)
            files.append(
                SiteFile(path: "search/texts-\(files.count).js", contents: head + rows + Array("\n]);\n".utf8)))
            rows = []
        }
        for page in pages {
            let path = RelativePath.encoded(page.path)
            for section in page.sections {
                if rows.count >= Self.textsSize { flush() }
                if rows.isEmpty { firsts.append(number) }
                rows += Array((rows.isEmpty ? "\n[" : ",\n[").utf8)
                let address = section.anchor.isEmpty ? path : path + "#" + RelativePath.encoded(section.anchor)
                let fields = [address, section.page, section.title, section.state?.rawValue ?? ""]
                for field in fields {
                    JSONText.append(JSONText.squeezed(field), to: &rows)
                    rows.append(UInt8(ascii: ","))
                }
                JSONText.append(Self.excerpt(section.text), to: &rows)
                rows.append(UInt8(ascii: "]"))
                number += 1
            }
        }
        flush()
        return (files, firsts)
    }

    /// The start of a text, not cut inside a character.
    private static func excerpt(_ text: String) -> String {
        guard text.utf8.count > longestText else { return JSONText.squeezed(text) }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: longestText)
        while end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return JSONText.squeezed(String(text[..<end]))
    }
}
