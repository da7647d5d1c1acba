import Guides

@testable import Tangling

/// A guide with files in blocks at random places, and random edits of it.
struct RandomProject {
    var generator: SeededGenerator

    private static let paths = [
        "ops/a.conf", "ops/b.yml", "ops/c.json", "ops/d.txt", "ops/run.sh", "ops/e.env", "ops/f.sql",
    ]

    /// A line of some file.
    mutating func line() -> String {
        let path = Self.paths.randomElement(using: &generator) ?? ""
        return RandomText.lines(of: path, &generator).randomElement(using: &generator)
            ?? RandomText.oddLine(&generator)
    }

    /// A guide with one to three files of one to three parts, in lists, quotes and on their own.
    mutating func guide() -> String {
        var text = "# T\n\nSome words.\n\n"
        let chosen = Self.paths.shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator))
        var pieces: [(path: String, part: Int, lines: [String])] = []
        for path in chosen {
            for part in 0..<Int.random(in: 1...3, using: &generator) {
                pieces.append((path, part, RandomText.lines(of: path, &generator)))
            }
        }
        pieces.shuffle(using: &generator)
        for piece in pieces {
            let (first, rest) =
                [
                    ("", ""), ("", ""), ("- ", "  "), ("1. Step\n\n   ", "   "), ("> ", "> "), ("  ", "  "),
                    ("- a\n  - b\n\n    ", "    "), ("> - ", ">   "), ("-\ta\n\n\t", "\t"),
                ]
                .randomElement(using: &generator) ?? ("", "")
            let mark = Bool.random(using: &generator) ? "``````" : "~~~~~~"
            text += "\(first)\(mark)conf file=\(piece.path) part=p\(piece.part)\n"
            for line in piece.lines { text += (rest + line) + "\n" }
            text += "\(rest)\(mark)\n\nWords between.\n\n"
        }
        // Some end with the last fence, and without a line's end.
        if Int.random(in: 0..<4, using: &generator) == 0 { text.removeLast("\n\nWords between.\n\n".count) }
        return Bool.random(using: &generator) ? text : text.replacing("\n", with: "\r\n")
    }

    /// Lines as an editor may save them: most often as they are, sometimes with other line ends, without the last one, or without
    /// Launchpad's own line.
    mutating func saved(_ lines: [String], below head: [String]) -> String {
        let text = (head + lines).map { $0 + "\n" }.joined()
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: return text.replacing("\n", with: "\r\n")
        case 1 where !(lines.last ?? "").isEmpty: return String(text.dropLast())
        case 2 where !head.isEmpty && !lines.isEmpty: return lines.map { $0 + "\n" }.joined()
        default: return text
        }
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
