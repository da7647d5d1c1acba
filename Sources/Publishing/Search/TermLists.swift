/// The terms of one group, in their order, each with its sections.
struct TermLists {
    /// One script's worth of rows.
    struct Rows: Sendable {
        var first: [UInt8]
        var bytes: [UInt8]
    }

    private var terms: [[UInt8]] = []
    /// Sections with weights, by terms: those of a term end where ``ends`` says.
    private var postings: [UInt32] = []
    private var ends: [Int] = []
    /// The numbers of the terms in the order of their bytes.
    private var order: [Int] = []

    /// - Parameter firstSections: the number of each page's first section.
    init(_ pages: [PageTerms], group: Int, firstSections: [UInt32]) {
        var numbers = TermNumbers()
        // Which term each entry is of; looking terms up is most of the work, so it is done once.
        var found: [UInt32] = []
        for page in pages {
            for entry in page.entries[group] {
                let number = numbers.number(of: entry.hash)
                if number == ends.count {
                    let start = Int(entry.start)
                    terms.append(Array(page.bytes[start..<(start + Int(entry.count))]))
                    ends.append(0)
                }
                ends[number] += 1
                found.append(UInt32(number))
            }
        }
        var next = 0
        for number in ends.indices {
            next += ends[number]
            ends[number] = next - ends[number]
        }
        postings = Array(repeating: 0, count: next)
        var index = 0
        for (page, first) in zip(pages, firstSections) {
            for entry in page.entries[group] {
                let number = Int(found[index])
                postings[ends[number]] = (first + UInt32(entry.section)) << 2 | UInt32(entry.weight.rawValue)
                ends[number] += 1
                index += 1
            }
        }
        let keys = terms.map(Self.key)
        order = terms.indices.sorted {
            keys[$0] == keys[$1] ? terms[$0].lexicographicallyPrecedes(terms[$1]) : keys[$0] < keys[$1]
        }
    }

    /// The first eight bytes as a number that is in the order of the terms, as far as it goes.
    private static func key(_ term: [UInt8]) -> UInt64 {
        var key: UInt64 = 0
        for index in 0..<8 {
            key = key << 8 | (index < term.count ? UInt64(term[index]) : 0)
        }
        return key
    }

    /// In how many sections each term is, in the terms' order.
    var frequencies: [(term: [UInt8], count: Int)] {
        order.map { (terms[$0], sections(of: $0).count) }
    }

    private func sections(of number: Int) -> ArraySlice<UInt32> {
        postings[(number > 0 ? ends[number - 1] : 0)..<ends[number]]
    }

    /// The rows of the scripts with terms, none of them larger than `size` where there is more than one row in it.
    ///
    /// - Parameter longest: so many sections of a term are kept, those first where it says most.
    func rows(size: Int, longest: Int) -> [Rows] {
        var scripts: [Rows] = []
        var rows: [UInt8] = []
        var first: [UInt8] = []
        var previous: [UInt8] = []
        var lists: [UInt8] = []
        for number in order {
            let term = terms[number]
            let sections = sections(of: number)
            lists.removeAll(keepingCapacity: true)
            Self.append(sections, longest: longest, to: &lists)
            if !rows.isEmpty, rows.count + term.count + lists.count + 12 > size {
                scripts.append(Rows(first: first, bytes: rows))
                rows.removeAll(keepingCapacity: true)
            }
            if rows.isEmpty {
                first = term
                previous = []
            }
            let shared = SearchDigits.sharedPrefix(previous, term)
            rows.append(SearchDigits.digit(shared))
            rows += term[shared...]
            rows.append(UInt8(ascii: " "))
            rows += String(sections.count, radix: 36).utf8
            rows.append(UInt8(ascii: " "))
            rows += lists
            rows.append(UInt8(ascii: ";"))
            previous = term
        }
        if !rows.isEmpty { scripts.append(Rows(first: first, bytes: rows)) }
        return scripts
    }

    /// A list for each weight, the heaviest first, between commas: the distances from section to section.
    private static func append(_ postings: ArraySlice<UInt32>, longest: Int, to lists: inout [UInt8]) {
        var room = longest
        for weight in PageTerms.Weight.allCases.reversed() {
            var previous: UInt32 = 0
            for posting in postings where room > 0 && posting & 3 == UInt32(weight.rawValue) {
                SearchDigits.append(posting >> 2 - previous, to: &lists)
                previous = posting >> 2
                room -= 1
            }
            if weight != .text { lists.append(UInt8(ascii: ",")) }
        }
    }
}

/// How the index writes numbers, and terms that begin as the one before does.
enum SearchDigits {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The digit for 0 to 63; what is more becomes 63.
    static func digit(_ number: Int) -> UInt8 { digits[min(number, 63)] }

    /// Five bits a digit, the lowest first; the sixth bit says that more follow.
    static func append(_ number: UInt32, to out: inout [UInt8]) {
        var rest = number
        repeat {
            let bits = Int(rest & 31)
            rest >>= 5
            out.append(digits[rest > 0 ? bits | 32 : bits])
        } while rest > 0
    }

    /// How many bytes two terms have in common at their start, as far as they are ASCII and one digit can tell.
    static func sharedPrefix(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var count = 0
        // What follows must not be the rest of a character.
        while count < min(left.count, right.count, 63), left[count] == right[count], left[count] < 0x80 {
            count += 1
        }
        return count
    }
}
