import Foundation
import Testing

/// One case of a fixture file: sections of lines under a name.
///
/// Cases start with `=== name`, sections with `--- title`. In a section whose title ends with `escaped`, `\e`, `\r`, `\b`, `\a`,
/// `\0`, `\n` and `\xHH` stand for bytes, and lines are joined without a newline behind the last.
struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var sections: [String: [String]] = [:]

    var testDescription: String { name }

    /// The section's lines, each with a newline; for an escaped one, what its escapes stand for.
    func text(_ title: String) -> String {
        if let escaped = sections[title + " escaped"] {
            return String(decoding: Self.unescape(escaped.joined(separator: "\n")), as: UTF8.self)
        }
        return sections[title, default: []].map { $0 + "\n" }.joined()
    }

    func bytes(_ title: String) -> [UInt8] {
        sections[title + " escaped"].map { Self.unescape($0.joined(separator: "\n")) } ?? Array(text(title).utf8)
    }

    /// The cases of a file in the fixture folder. The file must hold some.
    static func load(_ file: String) -> [Case] {
        guard let folder = Bundle.module.url(forResource: "Fixtures", withExtension: nil),
            let data = try? Data(contentsOf: folder.appendingPathComponent(file))
        else {
            return [Case(name: "\(file) is missing")]
        }
        var cases: [Case] = []
        var section = ""
        var lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        for line in lines {
            if line.hasPrefix("=== ") {
                cases.append(Case(name: String(line.dropFirst(4))))
                section = ""
            } else if line.hasPrefix("--- ") {
                section = String(line.dropFirst(4))
                cases[cases.count - 1].sections[section] = []
            } else if !cases.isEmpty, section != "" {
                cases[cases.count - 1].sections[section]?.append(String(line))
            }
        }
        return cases
    }

    private static func unescape(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = bytes.popFirst() else {
                result.append(byte)
                continue
            }
            switch kind {
            case UInt8(ascii: "e"): result.append(0x1b)
            case UInt8(ascii: "r"): result.append(0x0d)
            case UInt8(ascii: "n"): result.append(0x0a)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "a"): result.append(0x07)
            case UInt8(ascii: "0"): result.append(0x00)
            case UInt8(ascii: "x"):
                result.append(UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16) ?? 0x3f)
                bytes = bytes.dropFirst(2)
            default: result.append(kind)
            }
        }
        return result
    }
}
