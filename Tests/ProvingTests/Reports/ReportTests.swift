import Foundation
import Proving
import Synchronization
import TestSupport
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite("Reports")
struct ReportTests {
    private final class Collector: ReportSink {
        private let collected = Mutex("")
        var text: String { collected.withLock { $0 } }
        func write(_ text: String) { collected.withLock { $0 += text } }
    }

    private func report(_ format: ReportFormat, terminal: TerminalTraits = .none) -> String {
        let sink = Collector()
        let observer = format.observer(writingTo: sink, terminal: terminal)
        for event in SampleLedger.events { observer.receive(event) }
        return sink.text
    }

    private func fixture(_ name: String) throws -> String {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        return try String(contentsOf: folder.appendingPathComponent("reports/\(name)"), encoding: .utf8)
    }

    @Test("text reports read as they should", arguments: ["pretty", "tap", "github", "junit", "sarif", "summary"])
    func text(_ name: String) throws {
        let format = try #require(ReportFormat(rawValue: name))
        #expect(report(format) == (try fixture(name + ".txt")))
    }

    @Test("a line of machines' making is cut off, and the rest is told in bytes", arguments: ReportFormat.texts)
    func longLine(format: ReportFormat) {
        let step = StepProof(
            command: "head -c 1000000 /dev/zero | tr '\\0' x",
            line: 4,
            status: 0,
            output: String(repeating: "x", count: 1_000_000),
            durationMilliseconds: 3,
            state: .failed
        )
        let proof = SampleLedger.block("floods", 3, .failed, "printed too much", [step])
        var guide = SampleLedger.ledger.guides[0]
        guide.blocks = [proof]
        var ledger = SampleLedger.ledger
        ledger.guides = [guide]
        let sink = Collector()
        let observer = format.observer(writingTo: sink, terminal: .none)
        let events: [RunEvent] = [
            .runStarted(guides: [(guide.path, 1)], engine: ledger.engine, isolation: ledger.isolation),
            .guideStarted(path: guide.path), .blockFinished(guide: guide.path, proof: proof), .guideFinished(guide),
            .runFinished(ledger),
        ]
        events.forEach(observer.receive)
        #expect(sink.text.contains("x… (998002 more bytes)"))
        #expect(sink.text.utf8.count < 10_000)
    }

    @Test("elsewhere than on a terminal there are no escapes")
    func plain() {
        for format in ReportFormat.allCases {
            #expect(!report(format).contains("\u{1b}"))
            #expect(!report(format).contains("\r"))
        }
    }

    @Test("a progress line never wraps, and is gone at the end")
    func progress() {
        for width in [10, 20, 80] {
            let text = report(.pretty, terminal: TerminalTraits(isTerminal: true, width: width, usesColor: false))
            let progress = text.components(separatedBy: "\r\u{1b}[K").filter { $0.first?.isNumber == true }
            #expect(!progress.isEmpty)
            for line in progress { #expect(line.count < width, "\(line)") }
            let shown = TerminalText.clean(text)
            let plain = report(.pretty, terminal: TerminalTraits(isTerminal: false, width: width, usesColor: false))
            // A narrow terminal breaks lines between words.
            #expect(
                shown.split(whereSeparator: \.isWhitespace)
                    == TerminalText.clean(plain).split(whereSeparator: \.isWhitespace))
        }
    }

    @Test("colours come and go with the terminal")
    func colors() {
        let text = report(.pretty, terminal: TerminalTraits(isTerminal: true, usesColor: true))
        #expect(text.contains("\u{1b}[32m✓\u{1b}[0m docs/a.md"))
        #expect(text.contains("\u{1b}[31m-14 │ shown"))
    }

    @Test("the JSON report is the ledger")
    func json() throws {
        #expect(try Ledger(json: Array(report(.json).utf8)) == SampleLedger.ledger)
    }

    @Test("the JUnit report is well-formed XML with the right totals")
    func junit() throws {
        final class Reader: NSObject, XMLParserDelegate {
            var cases = 0
            var suites: [String: String] = [:]
            var outcomes: [String] = []
            var attributes: [String: Set<String>] = [:]
            func parser(
                _ parser: XMLParser,
                didStartElement name: String,
                namespaceURI: String?,
                qualifiedName: String?,
                attributes: [String: String]
            ) {
                self.attributes[name, default: []].formUnion(attributes.keys)
                switch name {
                case "testsuites": suites = attributes
                case "testcase": cases += 1
                case "failure", "error", "skipped": outcomes.append(name)
                default: break
                }
            }
        }
        let reader = Reader()
        let parser = XMLParser(data: Data(report(.junit).utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(reader.cases == 7)
        #expect(reader.outcomes == ["failure", "failure", "skipped", "skipped", "error"])
        #expect(reader.suites["tests"] == "7" && reader.suites["failures"] == "2" && reader.suites["errors"] == "1")
        // Jenkins' schema, junit-10.xsd, knows no others.
        let allowed: [String: Set<String>] = [
            "testsuites": ["name", "time", "tests", "failures", "errors"],
            "testsuite": ["name", "file", "tests", "failures", "errors", "skipped", "time", "timestamp"],
            "properties": [], "property": ["name", "value"], "testcase": ["name", "time", "classname"],
            "failure": ["type", "message"], "error": ["type", "message"], "skipped": ["type", "message"],
            "system-err": [],
        ]
        for (element, attributes) in reader.attributes {
            #expect(allowed[element]?.isSuperset(of: attributes) == true, "\(element) \(attributes)")
        }
    }
}

extension ReportFormat {
    /// Those that tell failures in words.
    fileprivate static let texts: [ReportFormat] = [.pretty, .tap, .github, .junit, .summary]
}

@Suite("The ledger's JSON Schema")
struct LedgerSchemaTests {
    private static var schemaPath: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../docs/ledger.schema.json"
        )
        .standardizedFileURL.path
    }

    /// Every key that the encoder writes is described where it stands, and every required one is written.
    @Test("describes what is written")
    func structure() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Self.schemaPath))
        let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        func check(_ value: Any, _ rule: [String: Any], _ path: String) {
            var rule = rule
            if let reference = rule["$ref"] as? String {
                let name = reference.replacing("#/$defs/", with: "")
                rule = definitions[name] ?? [:]
                #expect(definitions[name] != nil, "\(path): \(reference)")
            }
            if let object = value as? [String: Any] {
                let properties = rule["properties"] as? [String: [String: Any]] ?? [:]
                #expect(Set(object.keys).isSubset(of: properties.keys), "\(path): \(object.keys.sorted())")
                #expect(Set(rule["required"] as? [String] ?? []).isSubset(of: object.keys), "\(path)")
                for (key, inner) in object { check(inner, properties[key] ?? [:], path + "." + key) }
            } else if let list = value as? [Any] {
                for inner in list { check(inner, rule["items"] as? [String: Any] ?? [:], path + "[]") }
            } else if let values = rule["enum"] as? [String] {
                #expect(values.contains(value as? String ?? ""), "\(path)")
            }
        }
        let ledger = try JSONSerialization.jsonObject(with: Data(try SampleLedger.ledger.json()))
        check(ledger, schema, "$")
        #expect(((definitions["state"] ?? [:])["enum"] as? [String]) == ProofState.allCases.map(\.rawValue))
    }

    @Test("holds for a ledger", .enabled(if: LedgerSchemaTests.hasValidator, "python3 has no jsonschema here"))
    func validates() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("ledger.json", String(decoding: try SampleLedger.ledger.json(), as: UTF8.self))
        let program = """
            import json, sys, jsonschema
            schema, ledger = (json.load(open(path)) for path in sys.argv[1:3])
            jsonschema.Draft202012Validator.check_schema(schema)
            jsonschema.Draft202012Validator(schema).validate(ledger)
            ledger["guides"][0]["state"] = "perfect"
            assert not jsonschema.Draft202012Validator(schema).is_valid(ledger)
            """
        let ledger = directory.path + "/ledger.json"
        let result = try await runCommand(["python3", "-c", program, Self.schemaPath, ledger])
        #expect(result.status == 0, "\(result.error)")
    }

    private static let hasValidator: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import jsonschema"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
