/// The line that says where a generated file comes from.
package enum Provenance {
    /// What every provenance line contains, and nothing else should: files that have it belong to Launchpad.
    package static let marker = "Written by Launchpad from "

    /// The text of the line for a file of `guide`, without comment signs.
    package static func text(guide: String) -> String {
        "\(marker)\(guide). Do not edit: change the guide and run `launchpad tangle`."
    }

    /// The guide that a file says, in its first lines, to be written from; nil where Launchpad did not write it.
    static func guide(in contents: [UInt8]) -> String? {
        let head = contents.prefix(4096).split(separator: 0x0A, maxSplits: 12, omittingEmptySubsequences: false)
        for line in head.prefix(12) {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            // "Written by Launchpad from docs/a.md. Do not edit: ..."
            let mark = marker.split(separator: " ")
            if let start = words.indices.first(where: { words[$0...].starts(with: mark) }),
                words.count > start + mark.count
            {
                let path = words[start + mark.count]
                return String(path.hasSuffix(".") ? path.dropLast() : path)
            }
        }
        return nil
    }

    /// Puts the provenance line into `contents`: first, but behind everything that must itself stand first.
    ///
    /// - Parameter language: the language of the block that describes the file, for files whose name says nothing.
    /// - Returns: the new contents and the number of the line that was put in; nil for a format without comments.
    static func insert(
        into contents: [UInt8],
        path: String,
        language: String = "",
        guide: String
    ) -> (contents: [UInt8], line: Int)? {
        let head = contents.prefix(8192).split(separator: 0x0A, maxSplits: 64, omittingEmptySubsequences: false)
        let lines = head.prefix(64).lazy.map { String(decoding: $0, as: UTF8.self) }
        guard let syntax = CommentSyntax.forFile(at: path, firstLine: (lines.first ?? "")[...], language: language),
            let comment = syntax.line(text(guide: guide))
        else {
            return nil
        }
        var split = 0
        var number = 1
        for _ in 0..<linesThatStayFirst(in: lines, syntax: syntax) {
            guard let end = contents[split...].firstIndex(of: 0x0A) else {
                break
            }
            split = end + 1
            number += 1
        }
        return (Array(contents[..<split]) + Array("\(comment)\n".utf8) + contents[split...], number)
    }

    /// How many lines must stay first: a shebang, `#cloud-config`, an XML declaration, a document type, `<?php`, `@charset`,
    /// a comment that names the encoding, Docker's directives, or the front matter of a Markdown file.
    private static func linesThatStayFirst(in lines: some RandomAccessCollection<String>, syntax: CommentSyntax) -> Int
    {
        let folded = { (number: Int) in lines.dropFirst(number).first?.lowercased() ?? "" }
        var count = ["#!", "#cloud-", "<?xml", "<?php", "@charset"].contains { folded(0).hasPrefix($0) } ? 1 : 0
        while folded(count).hasPrefix("<!doctype") {
            count += 1
        }
        if syntax == .hash {
            // Python (PEP 263) and Ruby look for an encoding in the first two lines only.
            if count < 2, folded(count).hasPrefix("#"), folded(count).contains("coding") {
                count += 1
            }
            while isDockerDirective(folded(count)) {
                count += 1
            }
        }
        if count == 0, folded(0) == "---", !syntax.closing.isEmpty {
            let end = lines.dropFirst().firstIndex(of: "---")
            return end.map { lines.distance(from: lines.startIndex, to: $0) + 1 } ?? 0
        }
        return count
    }

    /// `# syntax=docker/dockerfile:1` counts only above every other comment.
    private static func isDockerDirective(_ line: String) -> Bool {
        guard line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else {
            return false
        }
        let name = line[line.index(after: line.startIndex)..<equals].split(separator: " ")
        return name.count == 1 && ["syntax", "escape", "check"].contains(name[0])
    }
}
