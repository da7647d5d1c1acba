import Auditing
import Foundation
import Testing

@Suite("Settings of files")
struct SettingsTests {
    private func settings(_ text: String, _ format: SettingsFormat) -> [Setting] {
        format.settings(in: Array(text.utf8))
    }

    private func value(_ path: String, _ text: String, _ format: SettingsFormat) -> String? {
        let setting = settings(text, format).first { $0.path == path }
        return setting?.scalar.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
    }

    static let conf = """
        # A comment: no setting.
        port: 4222 # behind it
        http = 127.0.0.1:8222
        name launchpad
        include accounts.conf
        accounts {
          A { users: [ { user: a, password: "p#,}" }, { user: b } ] }
          B: { jetstream: enabled; exports = [ {stream: "b.>"} ] }
        }
        text (
          port: 1
        )

        """

    @Test("of nats-server's configuration have paths, places and values")
    func braces() {
        let paths = settings(Self.conf, .braces).map(\.path)
        #expect(
            paths == [
                "port", "http", "name", "include", "accounts", "accounts.A", "accounts.A.users", "accounts.A.users.1",
                "accounts.A.users.1.user", "accounts.A.users.1.password", "accounts.A.users.2",
                "accounts.A.users.2.user",
                "accounts.B", "accounts.B.jetstream", "accounts.B.exports", "accounts.B.exports.1",
                "accounts.B.exports.1.stream", "text",
            ])
        #expect(value("port", Self.conf, .braces) == "4222")
        #expect(value("accounts.A.users.1.password", Self.conf, .braces) == "p#,}")
        #expect(settings(Self.conf, .braces).first { $0.path == "accounts.B" }?.line == 8)
    }

    @Test("of JSON are found in the same way")
    func json() {
        let text = "{\n  \"a\": {\"b\": [1, true]},\n  \"c\": \"x\"\n}\n"
        #expect(settings(text, .braces).map(\.path) == ["a", "a.b", "a.b.1", "a.b.2", "c"])
    }

    static let yaml = """
        # A comment
        services:
          nats:
            image: "nats:latest" # the newest
            ports:
            - "4222:4222"
            - 8222:8222
            command: ["--config", "/etc/nats.conf"]
            healthcheck:
              test: |
                port: 1
                - none
          minio:
            environment:
              - key: one
                value: two
        volumes: {}

        """

    @Test("of YAML are found by their indentation")
    func indentation() {
        #expect(
            settings(Self.yaml, .indentation).map(\.path) == [
                "services", "services.nats", "services.nats.image", "services.nats.ports", "services.nats.ports.1",
                "services.nats.ports.2", "services.nats.command", "services.nats.command.1", "services.nats.command.2",
                "services.nats.healthcheck", "services.nats.healthcheck.test", "services.minio",
                "services.minio.environment", "services.minio.environment.1.key", "services.minio.environment.1.value",
                "volumes",
            ])
        #expect(value("services.nats.image", Self.yaml, .indentation) == "nats:latest")
        #expect(value("services.nats.ports.1", Self.yaml, .indentation) == "4222:4222")
    }

    @Test("whatever is read, every setting lies in the file, and no scanner runs for ever")
    func hostile() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "{", "}", "[", "]", "(", ")", ":", "=", ",", "\"", "'", "#", "//", "\n", "  ", "- ", "a", "1", "|", "\\",
        ]
        for _ in 0..<3_000 {
            let text = (0..<40).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            for format in [SettingsFormat.braces, .indentation, .lines] {
                let bytes = Array(text.utf8)
                for mutation in Mutation.all(of: bytes, format: format) {
                    #expect(mutation.range.upperBound <= bytes.count, "\(text)")
                    _ = mutation.applied(to: bytes)
                }
            }
        }
    }
}

@Suite("Mutations of files")
struct MutationTests {
    private func mutations(_ text: String, _ format: SettingsFormat = .braces) -> [(change: String, result: String)] {
        let bytes = Array(text.utf8)
        return Mutation.all(of: bytes, format: format).map {
            ("\($0.kind.rawValue) \($0.change)", String(decoding: $0.applied(to: bytes), as: UTF8.self))
        }
    }

    @Test("leaving something out takes its line or its comma with it")
    func drop() {
        let text = "a: 1\nb { c: [\"x\", \"y\"], d: 2 }\n"
        let results = Dictionary(
            mutations(text).filter { $0.change.hasPrefix("drop") }, uniquingKeysWith: { first, _ in first })
        #expect(results["drop leave out a: 1"] == "b { c: [\"x\", \"y\"], d: 2 }\n")
        #expect(results["drop leave out \"x\""] == "a: 1\nb { c: [\"y\"], d: 2 }\n")
        #expect(results["drop leave out \"y\""] == "a: 1\nb { c: [\"x\"], d: 2 }\n")
        #expect(results["drop leave out c: [\"x\", \"y\"]"] == "a: 1\nb { d: 2 }\n")
        #expect(results["drop leave out d: 2"] == "a: 1\nb { c: [\"x\", \"y\"] }\n")
    }

    @Test(
        "a value becomes one that matters",
        arguments: [
            ("port: 4222", ["number 4222 → 4223"]),
            ("max_payload: 1MB", ["number 1MB → 2MB"]),
            ("timeout: 0", ["number 0 → 1"]),
            ("jetstream: enabled", ["flip enabled → disabled"]),
            ("listen: 127.0.0.1:4222", ["number 127.0.0.1:4222 → 127.0.0.1:4223"]),
            ("host: 127.0.0.1", ["widen 127.0.0.1 → 0.0.0.0"]),
            ("password: p", ["word p → px"]),
            ("publish: \"A.>\"", ["widen A.> → >", "narrow A.> → A.*", "narrow A.> → Ax.>"]),
            ("subscribe: \">\"", ["narrow > → x.>"]),
            ("name: \"true\"", ["word true → truex"]),
        ])
    func values(text: String, expected: [String]) {
        #expect(mutations(text + "\n").map(\.change).filter { !$0.hasPrefix("drop") } == expected)
    }

    @Test("a list of YAML loses an element with all that it holds")
    func yamlDrop() {
        let text = "a:\n  - b: 1\n    c: 2\n  - d: 3\ne: 4\n"
        let results = mutations(text, .indentation).map(\.result)
        #expect(results.contains("e: 4\n"))
        #expect(results.contains("a:\n  - d: 3\ne: 4\n"))
    }
}
