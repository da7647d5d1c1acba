import Testing

@testable import Tangling

@Suite("Comparing lines")
struct LineDiffTests {
    private func render(_ old: String, _ new: String) -> String {
        let diff = LineDiff(old: diffLines(Array(old.utf8)), new: diffLines(Array(new.utf8)))
        return UnifiedDiff(colored: false).render(diff, oldName: "a", newName: "b")
    }

    @Test("edits lead from one text to the other, and are as few as can be", arguments: 0..<300)
    func edits(seed: Int) {
        var random = SeededGenerator(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
        let text = { (random: inout SeededGenerator) in
            (0..<Int.random(in: 0...12, using: &random)).map { _ in
                ["a", "b", "c", ""].randomElement(using: &random) ?? ""
            }
        }
        let (old, new) = (text(&random), text(&random))
        var (left, right): ([String], [String]) = ([], [])
        var changes = 0
        for edit in LineDiff(old: old, new: new).edits {
            switch edit {
            case .keep(let from, let to):
                #expect(old[from] == new[to])
                left.append(old[from])
                right.append(new[to])
            case .remove(let index):
                left.append(old[index])
                changes += 1
            case .insert(let index):
                right.append(new[index])
                changes += 1
            }
        }
        #expect(left == old)
        #expect(right == new)
        #expect(changes == old.count + new.count - 2 * Self.longestCommonSubsequence(old, new))
    }

    private static func longestCommonSubsequence(_ old: [String], _ new: [String]) -> Int {
        var table = [[Int]](repeating: [Int](repeating: 0, count: new.count + 1), count: old.count + 1)
        for (row, left) in old.enumerated() {
            for (column, right) in new.enumerated() {
                table[row + 1][column + 1] =
                    left == right ? table[row][column] + 1 : max(table[row][column + 1], table[row + 1][column])
            }
        }
        return table[old.count][new.count]
    }

    @Test("hunks have three lines around them, and close ones are one")
    func hunks() {
        let old = (1...20).map { "\($0)\n" }.joined()
        let near = old.replacing("5\n6\n", with: "5\nx\n").replacing("12\n", with: "y\n")
        #expect(render(old, near).split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -3,13 +3,13 @@"])
        let far = old.replacing("2\n3\n", with: "2\nx\n").replacing("18\n", with: "")
        #expect(
            render(old, far).split(separator: "\n").filter { $0.hasPrefix("@@") }
                == ["@@ -1,6 +1,6 @@", "@@ -15,6 +15,5 @@"]
        )
    }

    @Test("control characters are seen, not obeyed: CRLF differs from LF by a sign")
    func controls() {
        #expect(
            render("a\r\n\tb\u{1B}[2J\u{7F}\n", "a\n\tb\n")
                == "--- a\n+++ b\n@@ -1,2 +1,2 @@\n-a␍\n-\tb␛[2J␡\n+a\n+\tb\n"
        )
    }

    @Test("a missing line feed at the end shows, as diff -u shows it")
    func lineFeed() {
        #expect(render("a\nb\n", "a\nb") == "--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n")
        #expect(render("a\n", "") == "--- a\n+++ b\n@@ -1 +0,0 @@\n-a\n")
        #expect(render("", "a\n") == "--- a\n+++ b\n@@ -0,0 +1 @@\n+a\n")
    }
}
