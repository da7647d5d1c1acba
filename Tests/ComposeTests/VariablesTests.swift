import Guides
import Testing

@testable import Compose

@Suite("Variables in compose files")
struct VariablesTests {
    private let variables = Variables(values: ["NAME": "nats", "EMPTY": "", "TAG": "2.15"])

    @Test(
        "A variable stands for its value, or for what is written behind it",
        arguments: [
            ("$NAME:$TAG", "nats:2.15"), ("${NAME}", "nats"), ("${NONE:-alpine}", "alpine"),
            ("${EMPTY:-alpine}", "alpine"),
            ("${EMPTY-alpine}", ""), ("${NONE-alpine}", "alpine"), ("${NONE-}", ""), ("${NAME:+yes}", "yes"),
            ("${EMPTY:+yes}", ""),
            ("${EMPTY+yes}", "yes"), ("${NONE+yes}", ""), ("${NONE:-${NAME}-${TAG}}", "nats-2.15"),
            ("$$NAME costs 5$$", "$NAME costs 5$"),
            ("${NAME:?needed}", "nats"), ("no variable", "no variable"), ("$NONE!", "!"),
        ])
    func replaces(text: String, expected: String) throws {
        #expect(try variables.replace(in: text) == expected)
    }

    @Test(
        "A text that makes no sense is refused with what is wrong",
        arguments: [
            ("${NAME", "no closing brace"), ("${}", "name is missing"), ("${NAME!x}", "makes no sense"),
            ("${NONE:?set it}", "required variable NONE is missing a value: set it"),
            ("${EMPTY:?}", "required variable EMPTY is missing a value"), ("5 $", "stands for nothing"),
            ("$1", "stands for nothing"),
        ])
    func refuses(text: String, message: String) {
        let problem = #expect(throws: Variables.Problem.self) { try variables.replace(in: text) }
        #expect(problem?.message.contains(message) ?? false, "\(problem?.message ?? "")")
    }

    @Test("A file of variables has comments, quotes, and variables of its own")
    func file() throws {
        let text = """
            # comment
            A=plain # behind
            export B="two\\nlines $NAME"
            C='as $NAME it is'
            D=${A}-${NAME}
            E
            F=

            """
        let pairs = try EnvironmentFile.parse(text, file: ".env", variables: variables)
        let values = Dictionary(uniqueKeysWithValues: pairs.map { ($0.name, $0.value) })
        #expect(
            values == [
                "A": "plain", "B": "two\nlines nats", "C": "as $NAME it is", "D": "plain-nats", "E": nil, "F": "",
            ])
    }

    @Test(
        "A length of time reads and prints as in Go",
        arguments: [
            ("90s", "1m30s"), ("1h", "1h0m0s"), ("500ms", "500ms"), ("1.5s", "1.5s"), ("0", "0s"), ("2m", "2m0s"),
            ("10us", "10µs"),
        ])
    func duration(text: String, expected: String) {
        #expect(GoDuration(text)?.text == expected)
    }

    @Test("What is no length of time is none", arguments: ["", "5", "abc", "5x", "-"])
    func noDuration(text: String) {
        #expect(GoDuration(text) == nil)
    }

    @Test(
        "A command is split as a shell does",
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("sh -c 'echo \"x y\"'", ["sh", "-c", "echo \"x y\""]),
            ("a\\ b \"c d\"e", ["a b", "c de"]),
            ("\"\" ''", ["", ""]), ("\"a\\\"b\\n\"", ["a\"b\\n"]),
        ])
    func words(text: String, expected: [String]) {
        #expect(ShellWords.split(text) == expected)
        #expect(ShellWords.split(text + " '") == nil)
    }
}
