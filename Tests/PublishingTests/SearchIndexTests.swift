import Foundation
import Guides
import Testing

@testable import Publishing

/// Reads an index as `search.js` does.
private struct IndexReader {
    var sections = 0
    /// The sections of each term with its weight class: 0 for headings.
    var terms: [String: [(section: Int, weight: Int)]] = [:]
    var counts: [String: Int] = [:]
    /// The words of each list, by its key.
    var words: [String: [String]] = [:]
    /// Address, page, title, state, text.
    var texts: [[String]] = []

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    private struct Meta: Decodable {
        var version: Int
        var build: String
        var sections: Int
        var terms: [String]
        var words: [String]
        var texts: String
    }

    init(_ files: [SiteFile]) throws {
        func arguments(_ name: String) throws -> String {
            let file = try #require(files.first { $0.path == "search/\(name).js" }, "\(name)")
            let text = String(decoding: file.contents, as: UTF8.self)
            let open = try #require(text.firstIndex(of: "("))
            return String(text[text.index(after: open)...].dropLast(3))
        }
        let meta = try JSONDecoder().decode(Meta.self, from: Data(arguments("meta").utf8))
        sections = meta.sections
        var first = 0
        for number in meta.terms.indices {
            let rows = try arguments("terms-\(number)").drop { $0 != "\"" }.dropFirst().dropLast()
            var previous = ""
            for (index, row) in rows.split(separator: ";").enumerated() {
                let parts = row.dropFirst().split(separator: " ")
                let shared = try #require(Self.digits.firstIndex(of: row.first ?? "A"))
                previous = String(previous.prefix(shared)) + parts[0]
                if index == 0 { #expect(previous == meta.terms[number]) }
                counts[previous] = Int(parts[1], radix: 36)
                terms[previous] = Self.postings(parts[2])
            }
        }
        for (number, key) in meta.words.enumerated() {
            let rows = try arguments("words-\(number)").drop { $0 != "\"" }.dropFirst().dropLast()
            var previous = ""
            for row in rows.split(separator: ";") {
                let shared = try #require(Self.digits.firstIndex(of: row.first ?? "A"))
                previous = String(previous.prefix(shared)) + row.dropFirst(2)
                words[key, default: []].append(previous)
            }
        }
        for (number, distance) in Self.numbers(meta.texts).enumerated() {
            #expect(distance == (number == 0 ? 0 : texts.count - first))
            first = texts.count
            texts += try JSONDecoder().decode(
                [[String]].self, from: Data(arguments("texts-\(number)").drop { $0 != "[" }.utf8))
        }
    }

    private static func postings(_ lists: Substring) -> [(section: Int, weight: Int)] {
        var found: [(section: Int, weight: Int)] = []
        for (weight, list) in lists.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            var section = 0
            for distance in numbers(list) {
                section += distance
                found.append((section, weight))
            }
        }
        return found
    }

    private static func numbers(_ text: some StringProtocol) -> [Int] {
        var found: [Int] = []
        var value = 0
        var shift = 0
        for character in text {
            let digit = digits.firstIndex(of: character) ?? 0
            value |= (digit & 31) << shift
            shift += 5
            if digit < 32 {
                found.append(value)
                value = 0
                shift = 0
            }
        }
        return found
    }

    func addresses(_ term: String) -> [String] {
        (terms[term] ?? []).map { texts[$0.section][0] }
    }
}

@Suite("Search index")
struct SearchIndexTests {
    private func index(_ source: SiteSource) async throws -> IndexReader {
        try IndexReader(await SiteBuilder(source, theme: try Theme()).build().files)
    }

    private func limits() -> (guide: GuideMaker, source: SiteSource) {
        var guide = GuideMaker("docs/a.md", title: "Guide")
        guide.add(Tree.heading(1, "Guide"), Tree.paragraph(Tree.text("Opening words")))
        guide.add(Tree.heading(2, "Limits"))
        guide.fence(.sample, "conf", "max_payload: 1MB\n")
        guide.console("sub", [("nats sub '$JS.API.>'", "[..]\n")])
        let proof = guide.proof(outputs: ["sub": ["nats: error: Permissions Violation\n"]])
        return (guide, .sample([guide], proofs: [proof]))
    }

    @Test("sections are found by prose, code, config keys, commands and real outputs, and by parts of identifiers")
    func sections() async throws {
        let index = try await index(limits().source)
        #expect(index.texts.map { $0[0] } == ["a.html", "a.html#limits"])
        #expect(index.texts[0] == ["a.html", "Guide", "Guide", "", "Opening words"])
        #expect(index.addresses("opening") == ["a.html"])
        for term in ["max_payload", "max", "payload", "js", "api", "nats", "permissions", "violation", "1mb"] {
            #expect(index.addresses(term) == ["a.html#limits"], "\(term)")
        }
        let text = index.texts[1][4]
        for part in ["max_payload: 1MB", "nats sub '$JS.API.>'", "Permissions Violation"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("[..]"))
    }

    @Test("what stands in a heading weighs more than what stands in the text")
    func weights() async throws {
        let index = try await index(limits().source)
        #expect(index.terms["limits"]?.map(\.weight) == [0])
        #expect(
            index.terms["guide"]?.map(\.weight) == [0, 1], "the title of the page, on its own and on other sections")
        #expect(index.terms["opening"]?.map(\.weight) == [3])
    }

    @Test("a key weighs more where a file is described that sets it than where it is only shown")
    func keys() async throws {
        var guide = GuideMaker("docs/a.md", title: "Guide")
        guide.add(Tree.heading(2, "Shown"))
        guide.fence(.sample, "conf", "max_payload: 1MB\n")
        guide.add(Tree.heading(2, "Set"))
        guide.fence(.file, "conf", "max_payload: 1MB\n", attributes: [("file", "ops/nats.conf")])
        let index = try await index(.sample([guide]))
        let weights = try #require(index.terms["max_payload"]).map { (index.texts[$0.section][0], $0.weight) }
        #expect(weights.first { $0.0 == "a.html#set" }?.1 == 1)
        #expect(weights.first { $0.0 == "a.html#shown" }?.1 == 3)
        #expect(index.addresses("payload").count == 2)
    }

    @Test("sections can be asked for by state, engine and language, and results say how their checks ended")
    func facets() async throws {
        let index = try await index(limits().source)
        for facet in ["status:passed", "engine:bundled", "lang:conf", "lang:console"] {
            #expect(index.addresses(facet) == ["a.html#limits"], "\(facet)")
        }
        #expect(index.terms["status:failed"] == nil)
        #expect(index.texts.map { $0[3] } == ["", "passed"])
    }

    @Test("any text is a valid string in a script")
    func hostile() async throws {
        let text = "</script><!-- \"quoted\" \\ \u{1} \u{2028} é \n\t x; 日本語 y"
        var guide = GuideMaker("docs/a.md", title: "T")
        guide.add(Tree.paragraph(Tree.text(text)))
        guide.fence(.sample, "\";alert(1);\"", "x\n")
        let site = await SiteBuilder(SiteSource.sample([guide]), theme: try Theme()).build()
        for file in site.files where file.path.hasPrefix("search/") {
            #expect(!String(decoding: file.contents, as: UTF8.self).contains("</script"), "\(file.path)")
        }
        let index = try IndexReader(site.files)
        #expect(index.texts[0][4] == "</script><!-- \"quoted\" \\ \u{1} \u{2028} é x; 日本語 y x ")
        #expect(index.terms.keys.contains("本"))
        #expect(index.terms.keys.allSatisfy { !$0.contains("\"") })
    }

    @Test("a word that is in very many sections keeps those where it says most, and the true number")
    func longLists() async throws {
        let sections = (0..<1700).map { number in
            SearchSection(
                page: "Guide", title: number == 1699 ? "Common" : "Other", anchor: "s\(number)", text: "common words")
        }
        let page = SearchIndex.Page(path: "a.html", sections: sections)
        let index = try IndexReader(await SearchIndex([page]).files())
        #expect(index.counts["common"] == 1700)
        let common = try #require(index.terms["common"])
        #expect(common.count == SearchIndex.longestList)
        #expect(common[0].weight == 0)
        #expect(index.texts[common[0].section][2] == "Common")
        #expect(index.texts.count == index.sections)
    }

    @Test("words are listed by their first letters and lengths, for those who misspell them")
    func words() async throws {
        let index = try await index(limits().source)
        #expect(index.words["m3"] == ["max"])
        #expect(index.words["p7"] == ["payload"])
        #expect(index.words["p11"] == ["permissions"])
        #expect(index.words["j2"] == nil, "too short to be misspelt")
        #expect(index.words.values.joined().allSatisfy { !$0.contains(":") }, "nobody misspells a filter")
    }

    @Test("the files that one search may take are no more than 300 KB, with room for the index's own and the script")
    func bound() throws {
        let script = try #require(try Theme().assets.first { $0.path.hasPrefix("assets/search.") })
        let text = String(decoding: script.contents, as: UTF8.self)
        func limit(_ name: String) throws -> Int {
            let range = try #require(text.firstRange(of: "\(name) = "))
            return try #require(Int(text[range.upperBound...].prefix { $0.isNumber }))
        }
        let most =
            try limit("termLimit") * SearchIndex.termsSize + limit("wordLimit") * SearchIndex.wordsSize
            + limit("batch") * SearchIndex.textsSize
        // Of ten thousand pages of real documentation `meta.js` has 15 to 25 KB.
        #expect(most + 25_000 + script.contents.count <= 300_000)
    }

    @Test("no script is larger than what a search may take of its kind, and rare words give way to others")
    func sizes() async throws {
        // Words of one length with one first letter; the first three hundred of them are in two sections.
        func word(_ number: Int) -> String { "w" + String(100_000_000 + number * 7_919_993 % 900_000_000) }
        let all = (0..<4000).map(word)
        let texts = [all.joined(separator: " "), all.prefix(300).joined(separator: " ")]
        let page = SearchIndex.Page(
            path: "a.html",
            sections: texts.map { SearchSection(page: "Words", title: "Words", anchor: "", text: $0) }
                + (0..<200).map { SearchSection(page: "Words", title: "S\($0)", anchor: "s", text: all[$0]) })
        let files = await SearchIndex([page]).files()
        for (kind, size) in [
            ("terms", SearchIndex.termsSize), ("words", SearchIndex.wordsSize), ("texts", SearchIndex.textsSize),
        ] {
            let scripts = files.filter { $0.path.hasPrefix("search/\(kind)-") }
            #expect(!scripts.isEmpty)
            // The call around the rows comes on top.
            #expect(scripts.allSatisfy { $0.contents.count <= size + 48 }, "\(kind)")
        }
        let index = try IndexReader(files)
        #expect(index.terms.count > 4000)
        let kept = Set(try #require(index.words["w10"]))
        #expect(kept.isSuperset(of: all.prefix(300)) && kept.count < 4000)
    }

    @Test(
        "words are taken apart where people see parts",
        arguments: [
            ("max_payload", ["max_payload", "max", "payload"]),
            ("JetStream", ["jetstream", "jet", "stream"]),
            ("JSONPath x", ["jsonpath", "json", "path"]),
            ("$JS.API.STREAM", ["js", "api", "stream"]),
            ("nats-server/4222", ["nats", "server", "4222"]),
            ("__init__", ["__init__", "init"]),
            ("Über straße", ["über", "straße"]),
            ("日本語", ["日", "本", "語"]),
            (String(repeating: "a", count: 41), []),
        ] as [(String, [String])])
    func tokens(_ text: String, _ expected: [String]) {
        var terms: [String] = []
        var text = text
        text.withUTF8 { SearchTokenizer.terms(in: $0) { terms.append(String(decoding: $0, as: UTF8.self)) } }
        #expect(terms == expected)
    }
}
