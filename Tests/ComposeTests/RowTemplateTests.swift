import Testing

@testable import Compose

@Suite("Templates for --format")
struct RowTemplateTests {
    private let row = ConfigTree.map([
        ("Name", .text("web-1")), ("ExitCode", .number(3)), ("State", .map([("Status", .text("exited"))])),
    ])

    @Test(
        "Fields stand for what the row has, as text or as JSON",
        arguments: [
            ("{{.Name}}", "web-1\n"), ("{{ .Name }} {{.ExitCode}}", "web-1 3\n"), ("{{json .Name}}", "\"web-1\"\n"),
            ("{{.State.Status}}\\t!", "exited\t!\n"), ("plain", "plain\n"),
            ("{{json .State}}", "{\"Status\":\"exited\"}\n"),
            ("table {{.Name}}\\t{{.ExitCode}}", "NAME      EXITCODE\nweb-1     3\n"),
        ])
    func fields(format: String, expected: String) throws {
        #expect(try RowTemplate(format).text([row]) == expected)
    }

    @Test("A field that the row has not is an error that names those it has, and the nearest")
    func unknown() throws {
        let template = try RowTemplate("{{.Nmae}}")
        let failure = #expect(throws: ComposeFailure.self) { try template.text([row]) }
        #expect(failure?.help == "did you mean .Name? valid: .Name, .ExitCode, .State")
    }

    @Test("What is no field is an error, and so is an action without an end", arguments: ["{{range .}}", "{{.Name"])
    func refused(format: String) {
        #expect(throws: ComposeFailure.self) { try RowTemplate(format) }
    }
}
