import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One manual page in the macros of man(7).
struct ManualPage {
    /// `launchpad`, `launchpad-check`.
    let name: String
    let text: String

    /// The pages of `launchpad` and of each of its commands.
    ///
    /// - Throws: `DecodingError` where the description that the command line gives of itself has another shape.
    static func all(version: String) throws -> [ManualPage] {
        var description = ""
        do {
            _ = try LaunchpadCommand.parseAsRoot(["--experimental-dump-help"])
        } catch {
            description = LaunchpadCommand.fullMessage(for: error)
        }
        let root = try JSONDecoder().decode(Description.self, from: Data(description.utf8)).command
        return pages(of: root, path: [], version: version)
    }

    private static func pages(of command: Command, path: [String], version: String) -> [ManualPage] {
        let path = path + [command.commandName]
        let commands = (command.subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay ?? true }
        var writer = Writer(path: path, version: version)
        writer.write(command, commands: commands)
        return [ManualPage(name: path.joined(separator: "-"), text: writer.text)]
            + commands.flatMap { pages(of: $0, path: path, version: version) }
    }

    // MARK: - What the command line says of itself

    private struct Description: Decodable {
        var command: Command
    }

    private struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var discussion: String?
        var shouldDisplay: Bool?
        var subcommands: [Command]?
        var arguments: [Argument]?
    }

    private struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var kind: String
        var shouldDisplay: Bool?
        var isOptional: Bool?
        var isRepeating: Bool?
        var names: [Name]?
        var valueName: String?
        var abstract: String?
        var defaultValue: String?

        /// As it is typed, `--root <dir>`, in the page's markup.
        var shown: String {
            let value = valueName.map { "\\fI\(Writer.escaped($0))\\fR" } ?? ""
            guard kind != "positional" else { return value }
            let all = (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
            let flags = all.map { "\\fB\(Writer.escaped($0))\\fR" }.joined(separator: ", ")
            return kind == "option" ? "\(flags) \(value)" : flags
        }
    }

    // MARK: - Markup

    private struct Writer {
        let path: [String]
        let version: String
        private(set) var text = ""

        init(path: [String], version: String) {
            self.path = path
            self.version = version
        }

        mutating func write(_ command: Command, commands: [Command]) {
            let arguments = (command.arguments ?? []).filter { $0.shouldDisplay ?? true }
            let name = path.joined(separator: "-")
            let footer = "\"\(LaunchpadCommand.released)\" \"Launchpad \(version)\""
            add(".TH \"\(name.uppercased())\" 1 \(footer) \"Launchpad Manual\"")
            add(".SH NAME\n\(Self.escaped(name)) \\- \(Self.escaped(command.abstract ?? ""))")
            add(".SH SYNOPSIS\n.B \(Self.escaped(path.joined(separator: " ")))")
            if !commands.isEmpty { add("\\fIcommand\\fR") }
            for argument in arguments {
                let shown = argument.kind == "positional" ? argument.shown : Self.synopsis(argument.shown)
                add(
                    (argument.isOptional ?? true ? "[\(shown)]" : shown) + (argument.isRepeating ?? false ? " ..." : "")
                )
            }
            if let discussion = command.discussion, !discussion.isEmpty {
                add(".SH DESCRIPTION")
                addParagraphs(discussion)
            }
            if !arguments.isEmpty { add(".SH OPTIONS") }
            for argument in arguments {
                add(".TP\n\(argument.shown)")
                let value = argument.defaultValue.map { " The default is \($0)." } ?? ""
                add(Self.escaped((argument.abstract ?? "") + value))
            }
            if !commands.isEmpty { add(".SH COMMANDS") }
            for sub in commands {
                add(
                    ".TP\n\\fB\(Self.escaped("\(name)-\(sub.commandName)"))\\fR(1)\n\(Self.escaped(sub.abstract ?? ""))"
                )
            }
            if path.count > 1 { add(".SH SEE ALSO\n\\fBlaunchpad\\fR(1)") }
        }

        /// Of several names one is enough.
        private static func synopsis(_ shown: String) -> String {
            shown.split(separator: ", ").last.map(String.init) ?? shown
        }

        private mutating func addParagraphs(_ text: String) {
            for (number, paragraph) in text.split(separator: "\n\n").enumerated() {
                if number > 0 { add(".PP") }
                let lines = paragraph.split(separator: "\n")
                for (index, line) in lines.enumerated() {
                    add(Self.escaped(String(line)))
                    if index < lines.count - 1 { add(".br") }
                }
            }
        }

        private mutating func add(_ line: String) {
            text += line + "\n"
        }

        /// A backslash, a hyphen, what would be a macro and what is not ASCII stand for themselves.
        static func escaped(_ text: String) -> String {
            var escaped = ""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\\": escaped += "\\e"
                case "-": escaped += "\\-"
                case _ where scalar.isASCII: escaped.unicodeScalars.append(scalar)
                default:
                    let code = String(scalar.value, radix: 16, uppercase: true)
                    escaped += "\\[u" + String(repeating: "0", count: max(0, 4 - code.count)) + code + "]"
                }
            }
            return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
        }
    }
}
