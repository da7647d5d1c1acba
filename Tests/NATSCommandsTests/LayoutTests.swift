import Foundation
import Testing

@testable import NATSCommands

@Suite("Layouts")
struct LayoutTests {
    private func fixture(_ name: String) throws -> String {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "txt"))
        return String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }

    @Test("tables have a frame with round corners and a title in the middle")
    func table() throws {
        var table = Table("Known Contexts", header: ["Name", "Description"])
        table.add(["tenant-a*", "Tenant A"])
        table.add(["b", ""])
        #expect(table.text() == (try fixture("table")))
        #expect(table.text(format: .csv) == "Name,Description\ntenant-a*,Tenant A\nb,\n")
        #expect(table.text(format: .markdown).hasPrefix("| Name | Description |\n| --- | --- |\n"))
    }

    @Test("reports align their labels to the right and leave out what is empty")
    func columns() {
        var report = Columns("Heading")
        report.add("URL", "x")
        report.add("Nothing", "")
        report.add("Description", "y")
        #expect(report.text == "Heading\n\n          URL: x\n  Description: y\n")
    }

    @Test("help shows usage, arguments, flags and aliases of a command")
    func commandHelp() throws {
        let spec = CommandSpec(
            name: "publish",
            aliases: ["pub"],
            help: "Publish messages",
            longHelp: "A long text that is too wide for the narrow terminal of this test.\n\n   kept as it is",
            arguments: [PublishCommand.subject.spec, PublishCommand.body.spec],
            flags: [PublishCommand.reply.spec, PublishCommand.header.spec, PublishCommand.templates.spec],
            run: { _ in }
        )
        let tool = CommandSpec(name: "nats", help: "A tool", flags: [GlobalFlags.server.spec], subcommands: [spec])
        let help = HelpText(tool: tool, width: 60)
        #expect(help.usage(of: [spec], showsGlobalFlags: true) == (try fixture("command-help")))
        #expect(help.usage(of: [], showsGlobalFlags: false) == (try fixture("tool-help")))
    }

    @Test("times are shown as natscli shows them")
    func times() {
        let time = LocalTime(seconds: 1_700_000_000, nanoseconds: 1_234_000)
        let pattern = /\d\d:\d\d:\d\d/
        #expect(time.clock.wholeMatch(of: pattern) != nil)
        #expect(time.stamp.wholeMatch(of: /Nov 1[45] \d\d:\d\d:\d\d\.001234/) != nil)
        #expect(time.kitchen.wholeMatch(of: /\d\d?:\d\d[AP]M/) != nil)
        #expect(time.rfc3339.wholeMatch(of: /2023-11-1[45]T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)/) != nil)
    }
}
