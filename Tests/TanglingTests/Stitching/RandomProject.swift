import Guides

@testable import Tangling

/// A guide with files in blocks at random places, and random edits of it.
struct RandomProject {
    var generator: SeededGenerator

    private static let lines = [
        "port: 4222", "", "max_payload: 1MB", "  nested: yes", "\tindented by a tab", "jetstream {", "}", "# a comment",
        "```", "~~~~", "> quoted", "- item", "trailing ", "ümläut: 名前", "    four", "server_name: x", "$ not a command",
        "<!-- launchpad: tool=x -->", "`````", "a: 1", "b: 2", "c: 3",
    ]
    private static let paths = ["ops/a.conf", "ops/b.yml", "ops/c.json", "ops/d.txt", "ops/run.sh"]

    mutating func line() -> String { Self.lines.randomElement(using: &generator) ?? "" }

    /// Text for one block. A fence of six marks holds any line.
    private mutating func content(atMost count: Int) -> [String] {
        (0..<Int.random(in: 0...count, using: &generator)).map { _ in line() }
    }

    /// A guide with one to three files of one to three parts, in lists, quotes and on their own.
    mutating func guide() -> String {
        var text = "# T\n\nSome words.\n\n"
        let chosen = Self.paths.shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator))
        var pieces: [(path: String, part: Int, lines: [String])] = []
        for path in chosen {
            for part in 0..<Int.random(in: 1...3, using: &generator) {
                pieces.append((path, part, content(atMost: 7)))
            }
        }
        pieces.shuffle(using: &generator)
        for piece in pieces {
            let (first, rest) =
                [("", ""), ("", ""), ("- ", "  "), ("1. Step\n\n   ", "   "), ("> ", "> "), ("  ", "  ")]
                .randomElement(using: &generator) ?? ("", "")
            let mark = Bool.random(using: &generator) ? "``````" : "~~~~~~"
            text += "\(first)\(mark)conf file=\(piece.path) part=p\(piece.part)\n"
            for line in piece.lines { text += (rest + line) + "\n" }
            text += "\(rest)\(mark)\n\nWords between.\n\n"
        }
        return Bool.random(using: &generator) ? text : text.replacing("\n", with: "\r\n")
    }

    /// Lines with some of them replaced, removed, doubled, put in or reformatted.
    mutating func edited(_ lines: [String]) -> [String] {
        var lines = lines
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...lines.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0 where place < lines.count: lines[place] = line()
            case 1 where place < lines.count: lines.remove(at: place)
            case 2 where place < lines.count: lines.insert(lines[place], at: place)
            case 3: lines.insert(contentsOf: [line(), line(), "added"], at: place)
            case 4: lines = lines.map { $0.hasPrefix("  ") ? "  " + $0 : $0 }
            default: lines.append(line())
            }
        }
        return lines
    }
}
