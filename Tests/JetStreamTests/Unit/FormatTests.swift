import Testing

@testable import JetStream

@Suite("Go's forms")
struct FormatTests {
    @Test(
        "Times are read and printed as Go does",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("2000-02-29T12:30:45.120Z", 951_827_445_120_000_000, "2000-02-29T12:30:45.12Z"),
            ("2000-02-29T13:30:45.12+01:00", 951_827_445_120_000_000, "2000-02-29T12:30:45.12Z"),
            ("1969-12-31T23:59:59.999999999Z", -1, "1969-12-31T23:59:59.999999999Z"),
            ("0001-01-01T00:00:00Z", .min, "0001-01-01T00:00:00Z"),
        ])
    func times(_ text: String, _ nanoseconds: Int64, _ printed: String) throws {
        let time = try #require(GoTime(rfc3339: text))
        #expect(time.nanoseconds == nanoseconds)
        #expect(time.text == printed)
    }

    @Test(
        "What is no time is none",
        arguments: ["", "yesterday", "2000-13-01T00:00:00Z", "2000-01-01", "2000-01-01T00:00:00"])
    func noTime(_ text: String) {
        #expect(GoTime(rfc3339: text) == nil)
    }

    @Test(
        "Base64 is padded", arguments: [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("abcd", "YWJjZA==")])
    func base64(_ text: String, _ coded: String) {
        #expect(Base64.text(Array(text.utf8)) == coded)
    }

    @Test("An error's placeholders are filled in in their order")
    func errors() {
        #expect(JetStreamError(.streamWrongLastSequence, "9").description == "wrong last sequence: 9")
        let error = JetStreamError(.streamExternalDelPrefixOverlaps, "a", "b")
        #expect(error.description == "stream external delivery prefix a overlaps with stream subject b")
    }
}
