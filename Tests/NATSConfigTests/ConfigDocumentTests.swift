import Testing

@testable import NATSConfig

@Suite("The configuration language")
struct ConfigDocumentTests {
    func parse(_ text: String, files: [String: String] = [:], environment: [String: String] = [:]) throws -> ConfigMap {
        let source = ConfigSource.files(files.mapValues { Array($0.utf8) }, environment: environment)
        return try ConfigDocument(parsing: Array(text.utf8), file: "x.conf", source: source).root
    }

    @Test("a key is set with =, : or a blank, and sizes have suffixes")
    func separators() throws {
        let root = try parse("a = 1\nb: 64kb\nc -5\nd 1.5\ne yes\n")
        #expect(root["a"]?.value.content == .integer(1))
        #expect(root["b"]?.value.content == .integer(65536))
        #expect(root["c"]?.value.content == .integer(-5))
        #expect(root["d"]?.value.content == .float(1.5))
        #expect(root["e"]?.value.content == .bool(true))
    }

    @Test(
        "every size suffix has its factor",
        arguments: [
            ("1k", 1000), ("1kb", 1024), ("1KiB", 1024), ("2m", 2_000_000), ("2Mi", 2 << 20), ("1g", 1_000_000_000),
            ("1GB", 1 << 30), ("1t", 1_000_000_000_000), ("1tib", 1 << 40), ("1pb", 1 << 50), ("1eb", 1 << 60),
            ("-3kb", -3072),
        ] as [(String, Int64)]
    )
    func sizes(text: String, size: Int64) throws {
        #expect(try parse("a: \(text)")["a"]?.value.content == .integer(size))
    }

    @Test("a key that is given twice has its last value, in the place of the first")
    func lastWins() throws {
        let root = try parse("a: 1\nb: 2\na: 3\n")
        #expect(root.fields.map(\.key) == ["a", "b"])
        #expect(root["a"]?.value.content == .integer(3))
        #expect(root["a"]?.keyPosition == ConfigPosition(file: "x.conf", line: 3, column: 1))
    }

    @Test("columns count from 0 on the first line and from 1 on the others, as nats-server's do")
    func columns() throws {
        let root = try parse("a: 1\n  b: 2\n")
        #expect(root["a"]?.keyPosition.column == 0)
        #expect(root["a"]?.keyPosition.columnFromOne == 1)
        #expect(root["b"]?.keyPosition.column == 3)
        #expect(root["b"]?.keyPosition.columnFromOne == 3)
    }

    @Test("a value knows its own place")
    func valuePositions() throws {
        let root = try parse("x: 1\nlist: [ a, b ]\n")
        guard case .array(let values) = root["list"]?.value.content else {
            Issue.record("list is no array")
            return
        }
        #expect(values.map(\.position.column) == [9, 12])
        #expect(values.allSatisfy { $0.position.line == 2 && $0.position.file == "x.conf" })
    }

    @Test("a moment is read, and one that does not exist is not")
    func datetimes() throws {
        let moment = ConfigDateTime(year: 2028, month: 2, day: 29, hour: 23, minute: 59, second: 58)
        #expect(try parse("a: 2028-02-29T23:59:58Z")["a"]?.value.content == .datetime(moment))
        #expect(throws: ConfigProblem.self) { try parse("a: 2027-02-29T23:59:58Z") }
    }

    @Test("an included file's fields are there, with their own places")
    func includes() throws {
        let root = try parse(
            "m {\n include 'd/a.conf'\n}\n",
            files: ["d/a.conf": "x: 1\ninclude ../b.conf\n", "b.conf": "y: 2\n"]
        )
        guard case .map(let map) = root["m"]?.value.content else {
            Issue.record("m is no map")
            return
        }
        #expect(map["x"]?.keyPosition == ConfigPosition(file: "d/a.conf", line: 1, column: 0))
        #expect(map["y"]?.keyPosition == ConfigPosition(file: "b.conf", line: 1, column: 0))
    }

    @Test("files that include each other end in an error that names the file")
    func endlessInclude() {
        let files = ["a.conf": "include b.conf\n", "b.conf": "include a.conf\n"]
        let problem = #expect(throws: ConfigProblem.self) { try parse("include a.conf\n", files: files) }
        #expect(problem?.message.contains("files include each other more than 50 deep") == true)
    }

    @Test("nesting deeper than the limit is an error, not a crash", arguments: ["m {", "m [{", "{", "m [ ["])
    func deepNesting(opening: String) {
        #expect(throws: ConfigProblem.self) {
            _ = try parse(String(repeating: opening, count: 100_000) + "=")
        }
    }

    @Test("nesting up to the limit is fine")
    func nestingWithinLimit() throws {
        let depth = ConfigParser.deepestNesting - 1
        let text = "a: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(try parse(text)["a"] != nil)
    }

    @Test("a variable is looked up from the innermost block outwards, then in the environment")
    func variables() throws {
        let root = try parse(
            "v: outer\nm { v: inner, a: $v }\nb: $v\nc: $ENV\n",
            environment: ["ENV": "{ n: 5 }", "v": "never"]
        )
        guard case .map(let map) = root["m"]?.value.content, case .map(let fromEnvironment) = root["c"]?.value.content
        else {
            Issue.record("no maps")
            return
        }
        #expect(map["a"]?.value.content == .string("inner"))
        #expect(root["b"]?.value.content == .string("outer"))
        #expect(fromEnvironment["n"]?.value.content == .integer(5))
        #expect(root["v"]?.isReferenced == true)
        #expect(root["b"]?.isReferenced == false)
    }

    @Test("a syntax error knows its line and column, though nats-server prints the line alone")
    func syntaxErrorPlace() {
        let problem = #expect(throws: ConfigProblem.self) { try parse("a: 1\nb: \"x\" y\n") }
        #expect(problem?.position == ConfigPosition(file: "x.conf", line: 2, column: 9))
        #expect(problem?.description.hasPrefix("Parse error on line 2: 'Expected") == true)
        #expect(problem?.located.hasSuffix(" (x.conf:2:9)") == true)
    }

    @Test("a large file is read in time that grows with its size alone")
    func largeFile() throws {
        var text = ""
        for index in 0..<20_000 {
            text += "key_\(index): { name: \"value \(index)\", list: [1, 2, 3 ], on: true }\n"
        }
        let clock = ContinuousClock()
        let duration = try clock.measure {
            let root = try parse(text)
            #expect(root.fields.count == 20_000)
        }
        // A megabyte; quadratic behaviour would take minutes.
        #expect(duration < .seconds(20))
    }
}
