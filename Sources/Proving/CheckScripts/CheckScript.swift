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
    // Bytes and not strings: a script has hundreds of lines, most of them the same in every script.
    private var contents: [UInt8] = []
    /// The number of the line that comes next.
    private var nextLine = 1
    private var parts: [TangledFile.Part] = []

    init(scenario: Scenario, root: String, files: [String]) {
        self.scenario = scenario
        self.root = root
        self.files = files
    }

    mutating func file(_ path: String) -> TangledFile {
        header()
        for check in scenario.checks {
            let start = nextLine
            write(check)
            parts.append(
                TangledFile.Part(
                    guide: scenario.guide.path,
                    block: check.block.index,
                    guideLine: check.block.range.start.line,
                    fileLines: start..<nextLine
                )
            )
        }
        add("run_blocks \"$@\"\n")
        return TangledFile(
            path: path,
            contents: contents,
            mode: 0o755,
            guide: scenario.guide.path,
            parts: parts
        )
    }

    private mutating func header() {
        let guide = scenario.guide.path
        add(
            """
            #!/usr/bin/env bash
            # Made by launchpad from \(guide). Do not edit: change the guide and run `launchpad tangle`.
            #
            # Runs the commands of the guide against an environment that is up, and compares what they print with what the
            # guide shows. Needs bash 4.4 or later and nothing of Launchpad. --help tells the options.

            guide=\(Self.quote(guide))
            root=$(cd "$(dirname "${BASH_SOURCE[0]}")/\(root)" && pwd)
            files=(\(files.map(Self.quote).joined(separator: " ")))


            """)
        add(Self.ended(CheckScriptRuntime.text))
        if scenario.checks.flatMap(\.steps).contains(where: { $0.expectation?.mode == .json }) {
            add(Self.ended(CheckScriptRuntime.json))
        }
        add("# What the guide says.\n\n")
    }

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
        add(Self.ended(call))
        for step in check.steps {
            document("\(step.isScript ? "script" : "typed") \(step.status) \(step.line)", Self.ended(step.command))
            guard let shown = step.expectation else { continue }
            let text = shown.significantLines.map { line -> String in
                guard shown.mode == .regex, line.text != "...", let regex = try? LineRegex(line.text) else {
                    return line.text
                }
                return regex.source
            }
            let call = "prints \(shown.mode.rawValue) \(shown.lines.first?.number ?? step.line)"
            document(call, text.map { $0 + "\n" }.joined())
        }
        add("\n")
    }

    /// - Parameter text: whole lines.
    private mutating func document(_ call: String, _ text: String) {
        let end = HereDocument.delimiter(for: text)
        add("\(call) <<'\(end)'\n\(text)\(end)\n")
    }

    /// Appends whole lines.
    private mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            contents += bytes
            nextLine += bytes.count { $0 == UInt8(ascii: "\n") }
        }
    }

    /// The text as whole lines.
    private static func ended(_ text: String) -> String {
        text.isEmpty || text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n"
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
