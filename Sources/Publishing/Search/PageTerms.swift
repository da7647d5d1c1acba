/// The terms of one page's sections, worked out beside the page itself, so that only joining them is left for the whole.
struct PageTerms: Sendable {
    /// How much a term says about its section.
    enum Weight: UInt8, Sendable, CaseIterable {
        /// In the text once or twice.
        case text
        /// More often.
        case often
        /// In the title of the page, or a key of a file that the section describes.
        case page
        /// In the section's own heading.
        case heading
    }

    struct Entry: Sendable {
        /// FNV-1a over the term's bytes: two terms with one hash would be one term, which is as good as impossible.
        var hash: UInt64
        /// The term's place in ``bytes``.
        var start: Int32
        /// The section's index in its page.
        var section: UInt16
        var count: UInt8
        var weight: Weight
    }

    /// A term as it came up last.
    private struct Latest {
        var start: Int32
        /// How often it is in the section.
        var times: Int32
        var section: UInt16
        /// Its entry in its group.
        var entry: Int
    }

    private(set) var bytes: [UInt8] = []
    /// Each term of each section once, by sections, in a list for each of the ``groups``.
    private(set) var entries = [[Entry]](repeating: [], count: groups)

    /// Terms that a section has so often are worth more.
    private static let often = 3

    /// Terms are joined in so many groups at a time; all terms of a group come before those of the next.
    static let groups = 8

    /// The group of the terms that start with a byte; the groups are about as large as each other.
    private static func group(of first: UInt8) -> Int {
        switch first {
        case ...UInt8(ascii: "b"): 0
        case ...UInt8(ascii: "c"): 1
        case ...UInt8(ascii: "e"): 2
        case ...UInt8(ascii: "i"): 3
        case ...UInt8(ascii: "n"): 4
        case ...UInt8(ascii: "r"): 5
        case ...UInt8(ascii: "s"): 6
        default: 7
        }
    }

    init(_ sections: [SearchSection]) {
        var numbers = TermNumbers()
        var latest: [Latest] = []
        latest.reserveCapacity(256)
        bytes.reserveCapacity(2048)
        for (index, section) in sections.enumerated().prefix(Int(UInt16.max)) {
            let texts = [
                (section.title, Weight.heading), (section.page, .page), (section.keys, .page), (section.text, .text),
            ]
            for (text, weight) in texts {
                var text = text
                text.withUTF8 { utf8 in
                    SearchTokenizer.terms(in: utf8) { add($0, weight, UInt16(index), &numbers, &latest) }
                }
            }
            for facet in section.facets {
                var facet = facet
                facet.withUTF8 { add($0, .heading, UInt16(index), &numbers, &latest) }
            }
        }
    }

    private mutating func add(
        _ term: UnsafeBufferPointer<UInt8>,
        _ weight: Weight,
        _ section: UInt16,
        _ numbers: inout TermNumbers,
        _ latest: inout [Latest]
    ) {
        guard let first = term.first, term.count <= Int(UInt8.max) else { return }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in term {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let group = Self.group(of: first)
        let number = numbers.number(of: hash)
        if number == latest.count {
            latest.append(Latest(start: Int32(bytes.count), times: 1, section: section, entry: entries[group].count))
            bytes += term
        } else if latest[number].section == section {
            latest[number].times += 1
            let entry = latest[number].entry
            if latest[number].times >= Self.often, entries[group][entry].weight == .text {
                entries[group][entry].weight = .often
            }
            return
        } else {
            latest[number].section = section
            latest[number].times = 1
            latest[number].entry = entries[group].count
        }
        entries[group].append(
            Entry(
                hash: hash, start: latest[number].start, section: section, count: UInt8(term.count), weight: weight))
    }
}
