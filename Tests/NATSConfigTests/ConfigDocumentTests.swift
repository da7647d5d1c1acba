import Testing

@testable import NATSConfig

@Suite("The configuration language")
struct ConfigDocumentTests {
    func parse(_ text: String, environment: [String: String] = [:]) throws -> ConfigMap {
        try ConfigDocument(parsing: Array(text.utf8), file: "x.conf", source: .files([:], environment: environment))
            .root
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

    @Test("a key that is given twice has its last value, in the place of the first")
    func lastWins() throws {
        let root = try parse("a: 1\nb: 2\na: 3\n")
        #expect(root.fields.map(\.key) == ["a", "b"])
        #expect(root["a"]?.value.content == .integer(3))
        #expect(root["a"]?.keyPosition == ConfigPosition(file: "x.conf", line: 3, column: 1))
    }
}
