#if canImport(Glibc)
import GoFormats
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The help of the tool and its commands, laid out as natscli lays out its own.
struct HelpText: Sendable {
    let tool: CommandSpec
    /// The width of the terminal, in columns.
    let width: Int

    /// `COLUMNS`, or the width of the terminal, or 80.
    static func width(environment: [String: String]) -> Int {
        if let columns = environment["COLUMNS"].flatMap(Int.init), columns > 0 {
            return columns
        }
        var size = winsize()
        return ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// The help of the innermost command of `path`, or of the tool if it is empty.
    ///
    /// - Parameter showsGlobalFlags: whether the flags of every command are listed too, or only mentioned.
    func usage(of path: [CommandSpec], showsGlobalFlags: Bool) -> String {
        let command = path.last ?? tool
        let names = ([tool] + path).map(\.name).joined(separator: " ")
        var text = "usage: \(names)\(summary(of: command))\n\n\(wrapped(command.help))"
        if !command.longHelp.isEmpty {
            text += "\n" + wrapped(command.longHelp)
        }
        let arguments = command.arguments.map { argument in
            (argument.isRequired ? "<\(argument.name)>" : "[<\(argument.name)>]", argument.help)
        }
        text += section("Args:", arguments)
        let prefix = path.isEmpty ? "" : path.map(\.name).joined(separator: " ") + " "
        text += section(
            path.isEmpty ? "Commands:" : "Subcommands:",
            command.subcommands.map { (prefix + $0.name, $0.help) }
        )
        if !path.isEmpty {
            text += section("Flags:", rows(for: command.flags))
            if !command.aliases.isEmpty {
                text += "\nCommand Aliases: \(command.aliases.joined(separator: ", "))\n"
            }
        }
        if showsGlobalFlags {
            text += section("Global Flags:", rows(for: tool.flags))
        } else {
            text += "\nPass --help to see global flags applicable to this command.\n"
        }
        return text
    }

    private func summary(of command: CommandSpec) -> String {
        var parts: [String] = []
        if command.flags.contains(where: { !["help", "version"].contains($0.name) }) {
            parts.append("[<flags>]")
        }
        for argument in command.arguments {
            let name = "<\(argument.name)>" + (argument.isRepeatable ? "..." : "")
            parts.append(argument.isRequired ? name : "[\(name)]")
        }
        if !command.subcommands.isEmpty {
            parts.append("<command> [<args> ...]")
        }
        return parts.map { " " + $0 }.joined()
    }

    private func section(_ title: String, _ rows: [(String, String)]) -> String {
        rows.isEmpty ? "" : "\n\(title)\n" + columns(rows)
    }

    private func rows(for flags: [FlagSpec]) -> [(String, String)] {
        let visible = flags.filter { !$0.isHidden }
        let hasShort = visible.contains { $0.short != nil }
        return visible.map { flag in
            var text = flag.short.map { "-\($0), " } ?? (hasShort ? "    " : "")
            text += "--\(flag.isNegatable ? "[no-]" : "")\(flag.name)"
            if !flag.isToggle {
                text += "=" + placeholder(of: flag)
            }
            if flag.isRepeatable {
                text += " ..."
            }
            return (text, flag.help + (flag.environment.map { " ($\($0))" } ?? ""))
        }
    }

    private func placeholder(of flag: FlagSpec) -> String {
        if let placeholder = flag.placeholder {
            return placeholder
        }
        guard let value = flag.defaultValue else { return flag.name.uppercased() }
        return flag.kind == .text ? GoText.quoted(value) : value
    }

    /// Two columns: the first as wide as its longest entry, the second wrapped. An entry that is too long has its line to
    /// itself.
    private func columns(_ rows: [(String, String)]) -> String {
        let longest = max(30, width * 3 / 8)
        let first = rows.map(\.0.count).filter { $0 < longest }.max() ?? 0
        let indent = String(repeating: " ", count: first + 4)
        var text = ""
        for (name, help) in rows {
            let lines = Self.wrap(help, width: max(20, width - first - 4))
            let padding = String(repeating: " ", count: max(0, first - name.count))
            text += "  " + name + padding
            text += name.count >= longest ? "\n\(indent)" : "  "
            text += lines.joined(separator: "\n" + indent) + "\n"
        }
        return text
    }

    /// Paragraphs wrapped to the width; indented lines stay as they are.
    private func wrapped(_ text: String) -> String {
        var result: [String] = []
        var paragraph: [Substring] = []
        func flush() {
            guard !paragraph.isEmpty else { return }
            result += Self.wrap(paragraph.joined(separator: " "), width: width)
            paragraph = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty || line.hasPrefix("  ") {
                flush()
                result.append(String(line))
            } else {
                paragraph.append(line)
            }
        }
        flush()
        return result.joined(separator: "\n") + "\n"
    }

    static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }
}
