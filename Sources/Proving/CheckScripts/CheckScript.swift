import Guides
package import Tangling

/// Standalone shell scripts with a guide's checks, for running them against an environment that is up.
package enum CheckScript {
    /// One script for each guide that has checks: `FOLDER/checks/NAME.sh`, mode 0755.
    ///
    /// A script needs bash 4.4, the usual small tools and nothing of Launchpad. It runs the console and script blocks in
    /// order, asserts what the guide shows, prints TAP, and exits 0 only when everything that ran is as the guide says.
    ///
    /// - Parameters:
    ///   - scenarios: the scenarios of all guides; a guide's workspace may need the files of another one.
    ///   - folder: the folder of the generated files, relative to the project's root.
    package static func files(for scenarios: [Scenario], folder: String = "ops") -> [TangledFile] {
        let guides = Dictionary(scenarios.map { ($0.guide.path, $0.guide) }, uniquingKeysWith: { first, _ in first })
        return scenarios.filter { !$0.checks.isEmpty }.map { scenario in
            let path = "\(folder)/checks/\(scenario.guide.name).sh"
            let depth = path.utf8.count { $0 == UInt8(ascii: "/") }
            let root = repeatElement("..", count: depth).joined(separator: "/")
            var writer = CheckScriptWriter(scenario: scenario, root: root, files: workspace(of: scenario.guide, guides))
            return writer.file(path)
        }
    }

    /// The files that a guide's commands find: its own and those of the guides that it needs.
    private static func workspace(of guide: Guide, _ guides: [String: Guide]) -> [String] {
        var paths: Set<String> = []
        var seen: Set<String> = []
        var waiting = [guide]
        while let next = waiting.popLast() {
            guard seen.insert(next.path).inserted else { continue }
            paths.formUnion(next.blocks.compactMap { $0.attributes["file"] })
            waiting += next.frontMatter.needs.compactMap { guides[$0] }
        }
        return paths.sorted()
    }
}

/// Writes one script and remembers which line came from which block.
private struct CheckScriptWriter {
    let scenario: Scenario
    let root: String
    let files: [String]
    private var lines: [String] = []
    private var parts: [TangledFile.Part] = []

    init(scenario: Scenario, root: String, files: [String]) {
        self.scenario = scenario
        self.root = root
        self.files = files
    }

    mutating func file(_ path: String) -> TangledFile {
        header()
        for check in scenario.checks {
            let start = lines.count + 1
            write(check)
            parts.append(
                TangledFile.Part(
                    guide: scenario.guide.path,
                    block: check.block.index,
                    guideLine: check.block.range.start.line,
                    fileLines: start..<lines.count + 1
                )
            )
        }
        lines.append("run_blocks \"$@\"")
        return TangledFile(
            path: path,
            contents: Array((lines.joined(separator: "\n") + "\n").utf8),
            mode: 0o755,
            guide: scenario.guide.path,
            parts: parts
        )
    }

    private mutating func header() {
        let guide = scenario.guide.path
        lines += [
            "#!/usr/bin/env bash",
            "# Made by launchpad from \(guide). Do not edit: change the guide and run `launchpad tangle`.",
            "#",
            "# Runs the commands of the guide against an environment that is up, and compares what they print with what the",
            "# guide shows. Needs bash 4.4 or later and nothing of Launchpad. --help tells the options.",
            "",
            "guide=\(Self.quote(guide))",
            "root=$(cd \"$(dirname \"${BASH_SOURCE[0]}\")/\(root)\" && pwd)",
            "files=(\(files.map(Self.quote).joined(separator: " ")))",
            "",
        ]
        lines += Self.runtime
        if scenario.checks.flatMap(\.steps).contains(where: { $0.expectation?.mode == .json }) {
            lines += Self.runtimeForJSON
        }
        lines += ["# What the guide says.", ""]
    }

    // The same in every script, so split once.
    private static let runtime = split(CheckScriptRuntime.text)
    private static let runtimeForJSON = split(CheckScriptRuntime.json)

    private mutating func write(_ check: Check) {
        var call = "block \(Self.quote(check.block.name)) \(check.block.range.start.line)"
        func option(_ name: String, _ value: String) { call += " \(name)=\(Self.quote(value))" }
        if check.session != "main" { option("session", check.session) }
        if check.timeout != .seconds(30) { option("timeout", Self.seconds(check.timeout)) }
        if !check.needs.isEmpty { option("needs", check.needs.joined(separator: " ")) }
        if let skip = check.skip { option("skip", Self.oneLine(skip)) }
        if !check.tools.isEmpty { option("tools", check.tools.joined(separator: " ")) }
        if check.engine == "bundled" { option("skip", "only on Launchpad's own broker") }
        if check.serve {
            option("serve", "yes")
            option("ready", check.ready.map(Self.condition).joined(separator: "\n"))
        }
        lines += Self.split(call)
        for step in check.steps {
            document("\(step.isScript ? "script" : "typed") \(step.status) \(step.line)", Self.split(step.command))
            guard let shown = step.expectation else { continue }
            let text = shown.significantLines.map { line -> String in
                guard shown.mode == .regex, line.text != "...", let regex = try? LineRegex(line.text) else {
                    return line.text
                }
                return regex.source
            }
            document("prints \(shown.mode.rawValue) \(shown.lines.first?.number ?? step.line)", text)
        }
        lines.append("")
    }

    private mutating func document(_ call: String, _ text: [String]) {
        let end = HereDocument.delimiter(for: text.joined(separator: "\n"))
        lines.append("\(call) <<'\(end)'")
        lines += text
        lines.append(end)
    }

    private static func split(_ text: String) -> [String] {
        // Over bytes: comparing characters takes many times as long, and a script has hundreds of lines.
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func condition(_ readiness: Readiness) -> String {
        switch readiness {
        case .tcp(let host, let port): "tcp \(host) \(port)"
        case .http(let url): "http \(url)"
        case .log(let text): "log \(oneLine(text))"
        }
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return ReportText.seconds(Double(seconds) * 1_000 + (Double(attoseconds) / 1e15).rounded())
    }

    private static func oneLine(_ text: String) -> String {
        text.split(separator: "\n").joined(separator: " ")
    }

    /// The text as one word of the shell.
    private static func quote(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0.isAlphanumeric || "-_./:".utf8.contains($0) }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
