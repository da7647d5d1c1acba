import NATSWire
import Testing

@Suite("JSON")
struct JSONValueTests {
    @Test(
        "is written as it was read",
        arguments: [
            "{}", "[]", "null", "true", "{\"a\":1,\"b\":[false,null,-2.5],\"c\":{\"d\":\"x\"}}",
            "\"\\\"\\\\\\n\\r\\t\"", "\"日本\"",
        ]
    )
    func roundTrip(text: String) throws {
        #expect(String(decoding: try JSONValue(parsing: Array(text.utf8)).encoded(), as: UTF8.self) == text)
    }

    @Test("reads escapes, surrogate pairs too")
    func escapes() throws {
        #expect(try JSONValue(parsing: Array("\"\\u0041\\ud83d\\ude00\\/\"".utf8)) == .string("A😀/"))
    }

    @Test("escapes what could end a script, as Go does")
    func escapesHTML() {
        #expect(String(decoding: JSONValue.string("<&>").encoded(), as: UTF8.self) == "\"\\u003c\\u0026\\u003e\"")
    }

    @Test("is laid out with two blanks a level on request")
    func pretty() {
        let value = JSONValue.object([.init("a", .array([1, 2])), .init("b", .object([]))])
        #expect(
            String(decoding: value.encoded(pretty: true), as: UTF8.self)
                == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
    }

    @Test(
        "says what is wrong in Go's words",
        arguments: [
            ("", "unexpected end of JSON input"), ("{", "unexpected end of JSON input"),
            ("x", "invalid character 'x' looking for beginning of value"),
            ("{x}", "invalid character 'x' looking for beginning of object key string"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 2}", "invalid character '2' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("{} x", "invalid character 'x' after top-level value"),
            ("nul", "unexpected end of JSON input"), ("nulx", "invalid character 'x' in literal null (expecting 'l')"),
            ("\"\n\"", "invalid character '\\n' in string"),
            ("\"\u{1}\"", "invalid character '\\x01' in string"),
            ("\"\\q\"", "invalid escape sequence `\\q` in string"),
            ("\"\\u12g4\"", "invalid escape sequence `\\u12g4` in string"),
            ("{\"a\":1.}", "invalid character '}' in numeric literal"),
        ]
    )
    func problems(text: String, message: String) {
        #expect(throws: JSONError.self) {
            do throws(JSONError) {
                _ = try JSONValue(parsing: Array(text.utf8))
            } catch {
                #expect(error.description == message)
                throw error
            }
        }
    }

    @Test("says where an escape ends that is none", arguments: [(#"{"a":"\q"}"#, 7), (#"{"a":"\u12g4"}"#, 11)])
    func escapes(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
        #expect(error?.offset == offset)
    }

    @Test("gives up on nesting that no honest document has")
    func deepNesting() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    }
}

@Suite("What CONNECT says")
struct ConnectOptionsTests {
    private func update(_ options: inout ConnectOptions, _ text: String) throws {
        try Array(text.utf8).withUnsafeBytes { try options.update(fromJSON: $0) }
    }

    @Test("keeps what it does not mention, and takes names in any case")
    func keeps() throws {
        var options = ConnectOptions()
        try update(&options, "{\"VERBOSE\":false,\"user\":\"a\",\"other\":1}")
        try update(&options, "{\"pass\":\"b\",\"echo\":null}")
        #expect(!options.verbose)
        #expect(options.pedantic)
        #expect(options.echo)
        #expect(options.user == "a")
        #expect(options.password == "b")
    }

    @Test("refuses a field of the wrong type")
    func wrongType() {
        var options = ConnectOptions()
        #expect(throws: JSONError.self) { try update(&options, "{\"protocol\":\"1\"}") }
    }
}
