import Foundation
import Synchronization
import TestSupport
import Testing

@testable import NATSCommands

@Suite("What commands print")
struct OutputTests {
    private static var table: Table {
        var table = Table("Numbers", header: ["Name", "Count"], numericColumns: [1])
        table.add(["one", "1"])
        table.add(["twelve", "12"])
        table.footer = ["", "13"]
        return table
    }

    @Test("A footer is set apart, and plain numbers are set to the right")
    func footer() {
        let expected = """
            ╭────────────────╮
            │    Numbers     │
            ├────────┬───────┤
            │ Name   │ Count │
            ├────────┼───────┤
            │ one    │     1 │
            │ twelve │    12 │
            ├────────┼───────┤
            │        │    13 │
            ╰────────┴───────╯

            """
        #expect(Self.table.text() == expected)
        #expect(Self.table.text(format: .csv) == "Name,Count\none,1\ntwelve,12\n,13\n")
    }

    @Test("A narrow terminal gets what fits")
    func narrow() {
        var frame = TableFrame(scheme: "", environment: [:], width: 14)
        let lines = Self.table.text(frame: frame).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 14 })
        #expect(lines[3] == "│ Name   │ C ≈")
        frame.width = 18
        #expect(Self.table.text(frame: frame) == Self.table.text())
    }

    @Test("Colours and double lines are for the frame alone, and NO_COLOR takes colours away")
    func colors() {
        let yellow = TableFrame(scheme: "yellow", environment: [:], width: 80)
        #expect(Self.table.text(frame: yellow).contains("\u{1B}[33m│\u{1B}[0m one "))
        let plain = TableFrame(scheme: "yellow", environment: ["NO_COLOR": "1"], width: 80)
        #expect(Self.table.text(frame: plain) == Self.table.text())
        let dumb = TableFrame(scheme: "yellow", environment: ["TERM": "dumb"], width: 80)
        #expect(Self.table.text(frame: dumb) == Self.table.text())
        let double = TableFrame(scheme: "double", environment: [:], width: 80)
        #expect(Self.table.text(frame: double).hasPrefix("╔════════════════╗\n║"))
    }

    @Test("A terminal of 40 columns gets tables and help of at most 40; a pipe gets all")
    func terminalWidth() async throws {
        func lines(_ words: [String], isTerminal: Bool) async throws -> [Substring] {
            let home = try TemporaryDirectory()
            let printed = Mutex("")
            let console = Console(isTerminal: isTerminal) { _, bytes in
                printed.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            }
            let environment = ["COLUMNS": "40", "XDG_CONFIG_HOME": home.path]
            _ = await NATSMain.run(arguments: words, environment: environment, console: console)
            return printed.withLock { $0 }.split(separator: "\n")
        }
        let narrow = try await lines(["errors", "ls", "stream"], isTerminal: true)
        #expect(narrow.count > 20)
        #expect(narrow.allSatisfy { $0.count <= 40 })
        #expect(try await lines(["errors", "ls", "stream"], isTerminal: false).contains { $0.count > 40 })
        let help = try await lines(["stream", "--help"], isTerminal: true)
        #expect(help.filter { $0.hasPrefix("  stream ") }.allSatisfy { $0.count <= 60 })
    }

    @Test("Numbers are written as Go writes them")
    func numbers() {
        #expect(Humanized.fixed(0.005, 2) == "0.00")
        #expect(Humanized.fixed(-1.25, 1) == "-1.2")
        #expect(Humanized.fixed(1234.5, 0) == "1234")
        #expect(Humanized.decimal(12_345.6789, 2) == "12,345.67")
        #expect(Humanized.decimal(9.8, 2) == "9.8")
        #expect(Humanized.decimal(1500, 3) == "1,500")
        #expect(CompactNames.of(["a.lan.example", "b.lan.example"]) == ["a", "b"])
        #expect(CompactNames.of(["a.x", "b.y"]) == ["a.x", "b.y"])
    }

    @Test("A check's result tells by its status, and in the notation that is asked for")
    func checkResult() {
        var result = CheckResult(name: "Disk", suite: "disk")
        result.ok("three disks")
        result.measure("free", 0.25, warning: 0.5, critical: 0.1, unit: "s", "Free space")
        #expect(result.text(format: "nagios", namespace: "") == "OK Disk OK:three disks | free=0.2500s;0.5000;0.1000")
        result.compare(5, warning: 4, critical: 9, isInverted: false, "5 files")
        #expect(result.status == .warning)
        result.compare(5, warning: 9, critical: 6, isInverted: true, "5 disks")
        #expect(result.status == .critical)
        #expect(result.text(format: "nagios", namespace: "").hasPrefix("CRITICAL Disk Crit:5 disks Warn:5 files OK:"))
        let metrics = result.text(format: "prometheus", namespace: "nats")
        #expect(metrics.contains("# HELP nats_disk_free Free space\n"))
        #expect(metrics.contains("nats_disk_free{item=\"Disk\"} 0.25\n"))
        #expect(metrics.contains("nats_disk_status_code{item=\"Disk\",status=\"CRITICAL\"} 2\n"))
    }

    @Test("A benchmark's latencies are told by percentiles")
    func latencies() throws {
        let latencies = try #require(BenchLatencies((1...1000).map { Int64($0) * 1000 }))
        #expect(latencies.minimum == 1)
        #expect(latencies.maximum == 1000)
        #expect(latencies.average == 500.5)
        #expect(latencies.percentile(50) == 500)
        #expect(latencies.percentile(99) == 990)
        #expect(BenchLatencies([]) == nil)
    }

    @Test("A shell completes commands, and flags behind a dash")
    func completion() throws {
        let completion = Completion(tool: ToolSpec.nats)
        #expect(completion.candidates(for: ["str"]) == ["stream"])
        #expect(completion.candidates(for: ["stream", "in"]) == ["info"])
        #expect(completion.candidates(for: ["s", "add", "--sub"]) == ["--subject-del-markers-ttl", "--subjects"])
        #expect(completion.candidates(for: ["bench", "pub", "--no-pro"]) == ["--no-progress"])
        #expect(completion.answer(to: ["pub", "x"]) == nil)
        #expect(try #require(completion.answer(to: ["--completion-script-bash"])).contains("complete -F"))
    }

    @Test("Every command has help, which names all its flags")
    func help() {
        func check(_ command: CommandSpec, _ path: [CommandSpec]) {
            let text = HelpText(tool: ToolSpec.nats, width: 100).usage(of: path + [command], showsGlobalFlags: false)
            #expect(text.hasPrefix("usage: nats "), "\(command.name)")
            #expect(!command.help.isEmpty)
            for flag in command.flags where !flag.isHidden {
                #expect(
                    text.contains("--\(flag.isNegatable ? "[no-]" : "")\(flag.name)"), "\(command.name) \(flag.name)")
            }
            let names = command.subcommands.flatMap { [$0.name] + $0.aliases }
            #expect(Set(names).count == names.count, "\(command.name) has two commands of one name")
            #expect(command.subcommands.isEmpty == (command.run != nil), "\(command.name)")
            for subcommand in command.subcommands {
                check(subcommand, path + [command])
            }
        }
        for command in ToolSpec.nats.subcommands {
            check(command, [])
        }
    }
}
