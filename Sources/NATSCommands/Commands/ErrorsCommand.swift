/// `nats errors`: what the numbers of errors mean.
enum ErrorsCommand {
    static let match = Argument.optional("match", "Regular expression that errors must match")
    static let sort = Argument<String>(
        spec: ArgumentSpec(
            name: "sort",
            help: "Order (code, http, description)",
            kind: .choice(["code", "http", "description", "descr", "d"]),
            defaultValue: "code")
    ) { $0.last ?? "code" }
    static let reverse = Flag.toggle("reverse", short: "R", "The other way round", isNegatable: true)
    static let code = Argument.required("code", "The number of the error")

    static let spec = CommandSpec(
        name: "errors",
        aliases: ["err", "error"],
        help: "Error code documentation",
        subcommands: [
            CommandSpec(
                name: "ls",
                aliases: ["list"],
                help: "List all known error codes",
                arguments: [match.spec, sort.spec],
                flags: [reverse.spec],
                run: list
            ),
            CommandSpec(
                name: "lookup",
                aliases: ["find", "get", "l", "view", "show"],
                help: "Look up an error by its code",
                arguments: [code.spec],
                run: lookUp
            ),
        ]
    )

    /// One error of the server's API.
    private struct Entry {
        var code: Int
        var status: Int
        var constant: String
        var description: String
        var comment: String
    }

    /// The catalogue: a line for each error, with tabs between number, HTTP status, name in Go, text and remark.
    private static var catalogue: [Entry] {
        String(decoding: PackageResources.error_codes_tsv, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 5, let code = Int(parts[0]), let status = Int(parts[1]) else { return nil }
            return Entry(
                code: code, status: status, constant: parts[2], description: parts[3], comment: parts[4])
        }
    }

    @Sendable
    private static func list(_ invocation: Invocation) async throws {
        var found = catalogue
        if let pattern = invocation[match] {
            let regex = try CheckPattern.regex(pattern.lowercased())
            found = found.filter { entry in
                [entry.description, entry.comment, entry.constant, String(entry.code)]
                    .contains { $0.lowercased().contains(regex) }
            }
            guard !found.isEmpty else {
                throw CommandError("no errors found matching regular expression \(pattern.lowercased())")
            }
        }
        switch invocation[sort] {
        case "code": found.sort { $0.code < $1.code }
        case "http": found.sort { ($0.status, $0.code) < ($1.status, $1.code) }
        default: found.sort { ($0.description, $0.code) < ($1.description, $1.code) }
        }
        var table = Table(
            "NATS Errors", header: ["NATS Code", "HTTP Error Code", "Description", "Comment", "Go Constant"],
            numericColumns: [0, 1])
        for entry in invocation[reverse] ? found.reversed() : found {
            table.add([String(entry.code), String(entry.status), entry.description, entry.comment, entry.constant])
        }
        invocation.print(table, isSpaced: false)
    }

    @Sendable
    private static func lookUp(_ invocation: Invocation) async throws {
        guard let number = GoNumber.unsigned(invocation[code]) else {
            throw CommandError("\(invocation[code]) is no error code: give a number such as 10037")
        }
        guard let entry = catalogue.first(where: { $0.code == number }) else {
            throw CommandError("no error matches code \(number)")
        }
        var report = Report("NATS Error Code: \(number)")
        report.add("Description", entry.description)
        report.add("Comment", ifAny: entry.comment)
        report.add("HTTP Code", entry.status)
        report.add("Go Index Constant", entry.constant)
        report.line()
        report.line("No further information available")
        invocation.print(report)
    }
}
