import Guides

extension ProjectConfiguration.Runner {
    /// The variable that holds the runner's folder. The script names no path, so that its hash is the same on each machine.
    static let folderVariable = "runner_folder"

    /// A script that writes a sample to a file in a directory of its own and runs the command on it.
    func script(for sample: String) -> String {
        let end = HereDocument.delimiter(for: sample)
        let run = command.contains("{file}") ? command : command + " {file}"
        let filled = Self.fill(
            run, ["file": "\"$sample/\(file)\"", "dir": "\"$sample\"", "folder": "\"$\(Self.folderVariable)\""])
        return """
            sample=$(mktemp -d)
            trap 'rm -rf "$sample"' EXIT
            cat >"$sample/\(file)" <<'\(end)'
            \(sample.isEmpty || sample.hasSuffix("\n") ? sample : sample + "\n")\(end)
            \(filled)

            """
    }

    /// A script that succeeds where samples can be run.
    var probeScript: String? {
        probe.map { Self.fill($0, ["folder": "\"$\(Self.folderVariable)\""]) + "\n" }
    }

    /// The text with `{key}` replaced; other braces are the shell's.
    private static func fill(_ text: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            rest = rest[open...]
            if let (name, value) = values.first(where: { rest.hasPrefix("{\($0.key)}") }) {
                result += value
                rest = rest.dropFirst(name.count + 2)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }
}

/// Here-documents of bash.
enum HereDocument {
    /// A line that ends a here-document with this text and does not stand in it.
    static func delimiter(for text: String) -> String {
        // Over bytes: comparing characters takes many times as long.
        let lines = Set(text.utf8.split(separator: UInt8(ascii: "\n")).map(Substring.init))
        var number = 1
        var candidate = "END"
        while lines.contains(candidate[...]) {
            number += 1
            candidate = "END_\(number)"
        }
        return candidate
    }
}
