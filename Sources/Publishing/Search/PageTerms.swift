/// The terms of one page's sections, worked out beside the page itself, so that only joining them is left for the whole.
struct PageTerms: Sendable {
    /// How much a term says about its section.
    enum Weight: UInt8, Sendable, CaseIterable {
        /// In the text once or twice.
        case text
        /// More often.
        case often
        /// In the title of the page.
        case page
        /// In the section's own heading.
        case heading
    }

    struct Entry: Sendable {
        /// FNV-1a over the term's bytes: two terms with one hash would be one term, which is as good as impossible.
        var hash: UInt64
        /// The term's place in ``bytes``.
        var start: Int32
        var count: UInt8
        var weight: Weight
        /// The section's index in its page.
        var section: UInt16
    }

    private(set) var bytes: [UInt8] = []
    /// Each term of each section once, by sections.
    private(set) var entries: [Entry] = []

    /// Terms that a section has so often are worth more.
    private static let often = 3

    init(_ sections: [SearchSection]) {
        var places: [UInt64: (entry: Int, times: Int)] = [:]
        var starts: [UInt64: Int32] = [:]
        for (index, section) in sections.enumerated().prefix(Int(UInt16.max)) {
            places.removeAll(keepingCapacity: true)
            for (text, weight) in [(section.title, Weight.heading), (section.page, .page), (section.text, .text)] {
                var text = text
                text.withUTF8 { utf8 in
                    SearchTokenizer.terms(in: utf8) { add($0, weight, UInt16(index), &places, &starts) }
                }
            }
            for facet in section.facets {
                var facet = facet
                facet.withUTF8 { add($0, .heading, UInt16(index), &places, &starts) }
            }
        }
    }

    private mutating func add(
        _ term: UnsafeBufferPointer<UInt8>,
        _ weight: Weight,
        _ section: UInt16,
        _ places: inout [UInt64: (entry: Int, times: Int)],
        _ starts: inout [UInt64: Int32]
    ) {
        guard term.count <= Int(UInt8.max) else { return }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in term {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        if let place = places[hash] {
            places[hash] = (place.entry, place.times + 1)
            if entries[place.entry].weight == .text, place.times + 1 >= Self.often {
                entries[place.entry].weight = .often
            }
            return
        }
        let start: Int32
        if let known = starts[hash] {
            start = known
        } else {
            start = Int32(bytes.count)
            bytes += term
            starts[hash] = start
        }
        places[hash] = (entries.count, 1)
        entries.append(
            Entry(hash: hash, start: start, count: UInt8(term.count), weight: weight, section: section))
    }
}
