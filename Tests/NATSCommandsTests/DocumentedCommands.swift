import Foundation
import Testing

/// The commands of the fixture `documented-commands.txt`: what is typed, the exit status, and the shape of the output.
///
/// A line `== NAME` begins a group, whose commands share a server. `$ COMMAND` is run to its end, `& COMMAND` goes on behind
/// those that follow. `? STATUS` follows where the status is not 0, and the lines of the output stand behind `| `. In them
/// `[..]` stands for anything, `...` alone for any lines, and how many blanks or dashes stand together does not matter: they
/// change with the numbers in a table.
struct DocumentedCommands {
    struct Command: Sendable {
        var line: String
        var isBackground: Bool
        var status: Int32 = 0
        var output: [String] = []
    }

    struct Group: Sendable, CustomTestStringConvertible {
        var name: String
        var commands: [Command]
        var testDescription: String { name }
    }

    static let groups: [Group] = {
        let url = Bundle.module.url(forResource: "Fixtures/documented-commands", withExtension: "txt")
        guard let url, let text = try? String(contentsOf: url, encoding: .utf8) else { return [] }
        return parse(text)
    }()

    static func parse(_ text: String) -> [Group] {
        var groups: [Group] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let rest = String(line.dropFirst(2))
            let last = (groups.last?.commands.count ?? 0) - 1
            switch line.prefix(2) {
            case "==": groups.append(Group(name: String(rest.dropFirst()), commands: []))
            case "$ ", "& ":
                groups[groups.count - 1].commands.append(Command(line: rest, isBackground: line.hasPrefix("&")))
            case "? ": groups[groups.count - 1].commands[last].status = Int32(rest) ?? -1
            case "| ", "|": groups[groups.count - 1].commands[last].output.append(rest)
            default: break
            }
        }
        return groups
    }

    /// The first line of `output` that is not as expected, `nil` if all are.
    static func difference(_ expected: [String], _ output: String) -> String? {
        var actual = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while actual.last?.isEmpty == true { actual.removeLast() }
        var wanted = expected
        while wanted.last?.isEmpty == true { wanted.removeLast() }
        return difference(wanted[...], actual[...])
    }

    private static func difference(_ wanted: ArraySlice<String>, _ actual: ArraySlice<String>) -> String? {
        guard let first = wanted.first else {
            return actual.first.map { "unexpected: \($0)" }
        }
        if first == "..." {
            let rest = wanted.dropFirst()
            let ways = (actual.startIndex...actual.endIndex).lazy.map { difference(rest, actual[$0...]) }
            return ways.contains(nil) ? nil : "nothing matches what follows ..."
        }
        guard let line = actual.first else { return "missing: \(first)" }
        guard matches(collapsed(first), collapsed(line)) else { return "expected: \(first)\n   found: \(line)" }
        return difference(wanted.dropFirst(), actual.dropFirst())
    }

    private static func collapsed(_ line: String) -> String {
        line.replacing(#/ +/#, with: " ").replacing(#/─+/#, with: "─")
    }

    private static func matches(_ pattern: String, _ line: String) -> Bool {
        let parts = pattern.split(separator: "[..]", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return pattern == line }
        var rest = line[...]
        guard rest.hasPrefix(parts[0]) else { return false }
        rest = rest.dropFirst(parts[0].count)
        for part in parts.dropFirst().dropLast() {
            guard let place = rest.firstRange(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }
}
