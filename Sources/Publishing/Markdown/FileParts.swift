import Guides
import Tangling

/// Whole files and named parts of them, which blocks show with `include=`.
///
/// A part is what stands between a line with `ANCHOR: name` and one with `ANCHOR_END: name`, or between `#region name` and
/// `#endregion`, both usually in comments; in a generated file it is also the part of that name. `#L3-L9` are lines.
struct FileParts: Sendable {
    /// Why there is nothing to include.
    enum Failure: Error {
        case missing(String)
        case noPart(String, path: String, known: [String])
        case noLines(String, count: Int)
        case differs(String)

        func diagnostic(file: String, range: SourceRange) -> Diagnostic {
            switch self {
            case .missing(let path):
                Diagnostic(
                    code: "broken-include", "there is no text file \"\(path)\" to include", file: file, range: range,
                    help: "the path counts from the project's root")
            case .noPart(let part, let path, let known):
                Diagnostic(
                    code: "broken-include", "\(path) has no part \"\(part)\"", file: file, range: range,
                    help: known.isEmpty
                        ? "put ANCHOR: \(part) and ANCHOR_END: \(part) around it, in comments"
                        : "its parts are: \(known.joined(separator: ", "))")
            case .noLines(let lines, let count):
                Diagnostic(
                    code: "broken-include", "\"\(lines)\" are no lines of this file, which has \(count)", file: file,
                    range: range, help: "write #L3 or #L3-L9")
            case .differs(let reference):
                Diagnostic(
                    code: "include-drift", "this block is not what \(reference) says", file: file, range: range,
                    help: "copy it from there, or leave the block empty: the site fills it in")
            }
        }
    }

    let files: any ProjectFiles
    /// Files that the guides describe, by their paths.
    let generated: [String: TangledFile]
    /// The names of the blocks' parts, by guide and the block's index.
    let partNames: [String: [Int: String]]

    /// The file that a reference names.
    static func path(_ reference: String) -> String {
        String(reference.prefix { $0 != "#" })
    }

    /// What `path`, `path#part` or `path#L3-L9` stands for, without the indentation that all its lines have.
    func text(of reference: String) throws(Failure) -> String {
        let path = Self.path(reference)
        guard RelativePath.resolve(path, in: "") == path,
            let bytes = generated[path]?.contents ?? files.contents(of: path),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw .missing(path) }
        let part = String(reference.dropFirst(path.count + 1))
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        guard !part.isEmpty else { return Self.joined(lines.filter { Self.marker(in: $0) == nil }) }
        if let range = Self.lines(part) {
            guard range.lowerBound >= 1, range.upperBound <= lines.count else {
                throw .noLines(part, count: lines.count)
            }
            return Self.joined(Array(lines[(range.lowerBound - 1)..<range.upperBound]))
        }
        if let range = described(part, in: path), range.upperBound - 1 <= lines.count {
            return Self.joined(Array(lines[(range.lowerBound - 1)..<(range.upperBound - 1)]))
        }
        guard let found = Self.marked(part, in: lines) else {
            throw .noPart(part, path: path, known: Self.names(in: lines) + describedNames(path))
        }
        return Self.joined(found)
    }

    // MARK: Parts of generated files

    private func described(_ part: String, in path: String) -> Range<Int>? {
        generated[path]?.parts.first { $0.block.flatMap { partNames[generated[path]?.guide ?? ""]?[$0] } == part }?
            .fileLines
    }

    private func describedNames(_ path: String) -> [String] {
        guard let file = generated[path] else { return [] }
        return file.parts.compactMap { $0.block.flatMap { partNames[file.guide]?[$0] } }
    }

    // MARK: Marked parts

    private enum Marker: Equatable {
        case start(String), end(String?)
    }

    private static func marked(_ part: String, in lines: [Substring]) -> [Substring]? {
        guard let start = lines.firstIndex(where: { marker(in: $0) == .start(part) }) else { return nil }
        var depth = 0
        var found: [Substring] = []
        for line in lines[(start + 1)...] {
            switch marker(in: line) {
            case .end(part): return found
            case .end(nil) where depth == 0: return found
            case .end(nil): depth -= 1
            case .start where line.contains("#region"): depth += 1
            case .start, .end: continue
            case nil: found.append(line)
            }
        }
        return nil
    }

    private static func names(in lines: [Substring]) -> [String] {
        lines.compactMap { if case .start(let name) = marker(in: $0) { name } else { nil } }
    }

    private static func marker(in line: Substring) -> Marker? {
        if let place = line.firstRange(of: "ANCHOR_END:") { return .end(name(line[place.upperBound...])) }
        if let place = line.firstRange(of: "ANCHOR:") { return name(line[place.upperBound...]).map { .start($0) } }
        if line.firstRange(of: "#endregion") != nil { return .end(nil) }
        if let place = line.firstRange(of: "#region") { return name(line[place.upperBound...]).map { .start($0) } }
        return nil
    }

    private static func name(_ rest: Substring) -> String? {
        let name = rest.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }
        return name.isEmpty ? nil : String(name)
    }

    // MARK: Lines

    private static func lines(_ part: String) -> ClosedRange<Int>? {
        let ends = part.split(separator: "-", maxSplits: 1).map { $0.hasPrefix("L") ? Int($0.dropFirst()) : nil }
        guard let first = ends.first ?? nil, let last = ends.count > 1 ? ends[1] : first, first <= last else {
            return nil
        }
        return first...last
    }

    private static func joined(_ lines: [Substring]) -> String {
        let filled = lines.filter { !$0.allSatisfy(\.isWhitespace) }
        let indentation = filled.map { $0.prefix { $0 == " " || $0 == "\t" }.count }.min() ?? 0
        return lines.map { ($0.count >= indentation ? $0.dropFirst(indentation) : "") + "\n" }.joined()
    }
}
