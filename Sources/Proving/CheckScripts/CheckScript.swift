package import Guides
package import Tangling

/// Standalone shell scripts with a guide's checks, for running them against an environment that is up.
package enum CheckScript {
    /// The script of a guide: `FOLDER/checks/NAME.sh`, mode 0755; nil for one without checks.
    ///
    /// A script needs bash 4.4, the usual small tools and nothing of Launchpad. It runs the console and script blocks in
    /// order, asserts what the guide shows, prints TAP, and exits 0 only when everything that ran is as the guide says.
    ///
    /// - Parameters:
    ///   - guides: the guides of the project by their paths; a guide's workspace may need the files of another one.
    ///   - folder: the folder of the generated files, relative to the project's root.
    package static func file(
        for scenario: Scenario, guides: [String: Guide] = [:], folder: String = "ops"
    ) -> TangledFile? {
        guard !scenario.checks.isEmpty else { return nil }
        let path = "\(folder)/checks/\(scenario.guide.name).sh"
        let depth = path.utf8.count { $0 == UInt8(ascii: "/") }
        let root = repeatElement("..", count: depth).joined(separator: "/")
        var writer = CheckScriptWriter(scenario: scenario, root: root, files: workspace(of: scenario.guide, guides))
        return writer.file(path)
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
    private var text = ScriptText()
    private var parts: [TangledFile.Part] = []

    init(scenario: Scenario, root: String, files: [String]) {
        self.scenario = scenario
        self.root = root
        self.files = files
    }

    mutating func file(_ path: String) -> TangledFile {
        // The guide's text comes with line numbers and names; more than that is rare.
        text.reserveCapacity(Self.runtime.bytes.count + 2 * scenario.guide.source.count)
        header()
        for check in scenario.checks {
            let start = text.lineCount + 1
            write(check)
            parts.append(
                TangledFile.Part(
                    guide: scenario.guide.path,
                    block: check.block.index,
                    guideLine: check.block.range.start.line,
                    fileLines: start..<text.lineCount + 1
                )
            )
        }
        text.add("run_blocks \"$@\"")
        return TangledFile(
            path: path,
            contents: text.bytes,
            mode: 0o755,
            guide: scenario.guide.path,
            parts: parts,
            isGenerated: true
        )
    }

    private mutating func header() {
        let guide = scenario.guide.path
        for line in [
            "#!/usr/bin/env bash",
            "# \(Provenance.text(guide: guide))",
            "#",
            "# Runs the commands of the guide against an environment that is up, and compares what they print with what the",
            "# guide shows. Needs bash 4.4 or later and nothing of Launchpad. --help tells the options.",
            "# shellcheck disable=SC2317 # Traps and sessions call functions, too.",
            "",
            "guide=\(Self.quote(guide))",
            "root=$(cd \"$(dirname \"${BASH_SOURCE[0]}\")/\(root)\" && pwd)",
            "files=(\(files.map(Self.quote).joined(separator: " ")))",
            "",
        ] {
            text.add(line)
        }
        text.add(Self.runtime)
        if scenario.checks.flatMap(\.steps).contains(where: { $0.expectation?.mode == .json }) {
            text.add(Self.runtimeForJSON)
        }
        text.add("# What the guide says.\n")
    }

    // The same in every script.
    private static let runtime = ScriptText(CheckScriptRuntime.text)
    private static let runtimeForJSON = ScriptText(CheckScriptRuntime.json)

    private mutating func write(_ check: Check) {
        var call = "block \(Self.quote(check.block.name)) \(check.block.range.start.line)"
        func option(_ name: String, _ value: String) { call += " \(name)=\(Self.quote(value))" }
        if check.session != "main" { option("session", check.session) }
        if check.timeout != .seconds(30) { option("timeout", Self.seconds(check.timeout)) }
        if !check.needs.isEmpty { option("needs", check.needs.joined(separator: " ")) }
        if let skip = check.skip { option("skip", Self.oneLine(skip)) }
        if !check.tools.isEmpty { option("tools", check.tools.joined(separator: " ")) }
        if check.engine == "bundled" { option("skip", "only on Launchpad's own broker") }
        // Folders of the machine and probes are the workbench's to know.
        if let runner = check.runner, runner.folder != nil || runner.probe != nil {
            option("skip", "its runner needs more than a program; launchpad check runs it")
        }
        if check.isTyped { option("skip", "it needs a terminal; launchpad check has one") }
        if check.serve {
            option("serve", "yes")
            option("ready", check.ready.map(Self.condition).joined(separator: "\n"))
        }
        text.add(call)
        for step in check.steps {
            document("\(step.isScript ? "script" : "typed") \(step.status) \(step.line)", Self.split(step.command))
            guard let shown = step.expectation else { continue }
            let expected = shown.significantLines.map { line -> String in
                guard shown.mode == .regex, line.text != "...", let regex = try? LineRegex(line.text) else {
                    return line.text
                }
                return regex.source
            }
            document("prints \(shown.mode.rawValue) \(shown.lines.first?.number ?? step.line)", expected)
        }
        text.add("")
    }

    private mutating func document(_ call: String, _ lines: [String]) {
        let mayEnd = lines.contains { $0.hasPrefix("END") }
        let end = mayEnd ? HereDocument.delimiter(for: lines.joined(separator: "\n")) : "END"
        text.add("\(call) <<'\(end)'")
        for line in lines { text.add(line) }
        text.add(end)
    }

    private static func split(_ text: String) -> [String] {
        // Over bytes: comparing characters takes many times as long.
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

/// The text of a script while it is written, with the number of its lines.
private struct ScriptText {
    private(set) var bytes: [UInt8] = []
    private(set) var lineCount = 0

    init() {}

    /// - Parameter text: whole lines; the last one's ending may be missing.
    init(_ text: String) {
        add(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }

    mutating func reserveCapacity(_ count: Int) {
        bytes.reserveCapacity(count)
    }

    /// Adds one line or several, given without the last one's ending.
    mutating func add(_ line: String) {
        bytes += line.utf8
        bytes.append(UInt8(ascii: "\n"))
        lineCount += 1 + line.utf8.count { $0 == UInt8(ascii: "\n") }
    }

    mutating func add(_ other: ScriptText) {
        bytes += other.bytes
        lineCount += other.lineCount
    }
}
