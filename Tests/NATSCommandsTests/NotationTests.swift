import GoFormats
import Testing

@testable import NATSCommands

@Suite("Notations that natscli prints and reads")
struct NotationTests {
    @Test(
        "durations are read",
        arguments: [
            ("0", Duration.zero), ("500ms", .milliseconds(500)), ("1h30m", .seconds(5400)),
            ("1.5s", .milliseconds(1500)),
            ("-2s", .seconds(-2)), ("1d", .seconds(86400)), ("2w", .seconds(1_209_600)), ("1M", .seconds(2_592_000)),
            ("1y", .seconds(31_536_000)), ("10us", .microseconds(10)), ("10µs", .microseconds(10)),
            ("7ns", .nanoseconds(7)),
        ]
    )
    func readDurations(text: String, duration: Duration) throws {
        #expect(try CommandDuration.parse(text) == duration)
    }

    @Test("and refused", arguments: ["", "1", "s", "1x", "1s ", "-", "1..5s", "300000y"])
    func refuseDurations(text: String) {
        #expect(throws: CommandDuration.Invalid.self) { try CommandDuration.parse(text) }
    }

    @Test(
        "durations are printed in Go's notation",
        arguments: [
            (Duration.zero, "0s"), (.nanoseconds(15), "15ns"), (.nanoseconds(532_125), "532.125µs"),
            (.nanoseconds(1_234_567), "1.234567ms"), (.milliseconds(1500), "1.5s"), (.seconds(60), "1m0s"),
            (.milliseconds(3_723_040), "1h2m3.04s"), (.seconds(-2), "-2s"), (.microseconds(10), "10µs"),
        ]
    )
    func printDurations(duration: Duration, text: String) {
        #expect(GoDuration.described(duration) == text)
    }

    @Test(
        "and rounded for people",
        arguments: [
            (Duration.nanoseconds(123_456), "123µs"), (.nanoseconds(12_345_678), "12ms"),
            (.milliseconds(1500), "1.50s"),
            (.seconds(65), "1m5s"), (.seconds(3_605), "1h0m5s"), (.seconds(90_061), "1d1h1m1s"),
            (.seconds(31_536_000 + 61), "1y0d0h1m1s"),
        ]
    )
    func humanizedDurations(duration: Duration, text: String) {
        #expect(CommandDuration.humanized(duration) == text)
    }

    @Test(
        "texts are quoted",
        arguments: [
            ("foo.bar", #""foo.bar""#), ("a\"b\\c", #""a\"b\\c""#), ("tab\tnl\n", #""tab\tnl\n""#),
            ("\u{1}\u{7F}", #""\x01\x7f""#),
            ("Grüße 👋", #""Grüße 👋""#), ("\u{200B}\u{A0}", #""\u200b\u00a0""#),
        ]
    )
    func quoting(text: String, quoted: String) {
        #expect(GoText.quoted(text) == quoted)
    }

    @Test("bytes that are no text are quoted too")
    func quotingBytes() {
        #expect(GoText.quoted([0x61, 0xFF, 0xC3, 0x62]) == #""a\xff\xc3b""#)
    }

    @Test(
        "numbers of flags are read",
        arguments: [
            ("10", 10 as Int?), ("-3", -3), ("1e3", 1000), ("2.5", 2), ("x", nil), ("", nil), ("nan", nil),
            ("1e99", nil),
        ]
    )
    func integers(text: String, number: Int?) {
        #expect(GoNumber.integer(text) == number)
    }

    @Test(
        "and those that must not be negative",
        arguments: [("7", 7 as Int?), ("0x1F", 31), ("0b101", 5), ("-1", nil), ("1.5", nil), ("0x", nil)]
    )
    func unsigned(text: String, number: Int?) {
        #expect(GoNumber.unsigned(text) == number)
    }

    @Test(
        "command lines are split into words as in a shell",
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
            (#"a\ b "x\"y" 'x\y'"#, ["a b", "x\"y", #"x\y"#]),
            ("''", [""]), ("  ", []), (#""a\b""#, [#"a\b"#]),
        ]
    )
    func words(line: String, words: [String]) throws {
        #expect(try ShellWords.split(line) == words)
    }

    @Test("and refused when a quote stays open", arguments: ["'a", "\"a", "a\\"])
    func openQuotes(line: String) {
        #expect(throws: CommandError.self) { try ShellWords.split(line) }
    }

    @Test("near names are found, far ones are not")
    func nearest() {
        #expect(Nearest.match(for: "subsribe", among: ["subscribe", "publish"]) == "subscribe")
        #expect(Nearest.match(for: "pbu", among: ["pub", "sub"]) == "pub")
        #expect(Nearest.match(for: "zzz", among: ["pub", "sub"]) == nil)
    }
}
