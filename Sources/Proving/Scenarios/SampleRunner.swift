/// How samples in one language are run, from the project's configuration.
package struct SampleRunner: Sendable, Hashable {
    /// A shell command in which `{file}` stands for the sample's file and `{dir}` for the fresh directory that it lies in:
    /// `python3 {file}`, `cc -o {dir}/sample {file} -lnats && {dir}/sample`. Without `{file}` the file is appended.
    package var command: String
    /// The file's name. `sample.py`, or what the language wants it to be.
    package var fileName: String
    /// The program that must be on the path; without it the sample is not run, with that reason.
    package var tool: String

    /// - Parameter tool: the first word of the command unless given.
    package init(command: String, fileName: String, tool: String? = nil) {
        self.command = command
        self.fileName = fileName
        self.tool = tool ?? String(command.split(separator: " ").first ?? "")
    }

    /// A script that writes the sample to a file of its own and runs it.
    func script(for sample: String) -> String {
        let end = HereDocument.delimiter(for: sample)
        let run = command.contains("{file}") ? command : command + " {file}"
        let filled = Self.fill(run, ["file": "\"$sample/\(fileName)\"", "dir": "\"$sample\""])
        return """
            sample=$(mktemp -d)
            trap 'rm -rf "$sample"' EXIT
            cat >"$sample/\(fileName)" <<'\(end)'
            \(sample.hasSuffix("\n") ? sample : sample + "\n")\(end)
            \(filled)

            """
    }

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
        let lines = Set(text.split(separator: "\n", omittingEmptySubsequences: false))
        var number = 1
        var candidate = "END"
        while lines.contains(candidate[...]) {
            number += 1
            candidate = "END_\(number)"
        }
        return candidate
    }
}
