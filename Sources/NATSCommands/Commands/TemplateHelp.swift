/// The part of the help that commands with message templates share.
enum TemplateHelp {
    static func text(command: String, functions: [(name: String, help: String)] = []) -> String {
        let all =
            [
                ("Count", "the number of the message"),
                ("TimeStamp", "the current time as in RFC 3339"),
                ("Unix", "seconds since 1970 in UTC"),
                ("UnixNano", "nanoseconds since 1970 in UTC"),
                ("Time", "the current time of day"),
                ("ID", "an identifier that occurs only once"),
            ] + functions + [("Random(min, max)", "random letters and digits, from min to max of them")]
        let width = (all.map(\.0.count).max() ?? 0) + 1
        let lines = all.map { name, help in
            "   " + name + String(repeating: " ", count: width - name.count) + help
        }
        return """
            Bodies and header values may hold actions that make each message another one.

               nats \(command) test --count 10 "Message {{Count}} @ {{Time}}"

            Ten messages with random texts of 10 to 100 letters:

               nats \(command) test --count 10 "Message {{Count}}: {{ Random 10 100 }}"

            These actions exist:

            \(lines.joined(separator: "\n"))
            """
    }
}
