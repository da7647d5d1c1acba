import NATSClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The `nats` command: what this binary is when it is started under that name.
package enum NATSMain {
    /// The version that `nats --version` prints.
    package static let version = "0.1.0"

    /// Runs one `nats` command.
    ///
    /// - Parameter arguments: the command line without the program's name.
    /// - Returns: the process's exit status.
    package static func run(arguments: [String]) async -> Int32 {
        await run(arguments: arguments, environment: processEnvironment(), console: .standard)
    }

    static func run(arguments: [String], environment: [String: String], console: Console) async -> Int32 {
        let tool = ToolSpec.nats
        if let answer = Completion(tool: tool).answer(to: arguments) {
            if !answer.isEmpty { console.print(answer) }
            return 0
        }
        let parser = CommandLineParser(root: tool, environment: environment) { path in
            String(decoding: try FileSystem.read(path), as: UTF8.self)
        }
        let (parsed, mistake) = parser.parse(arguments)
        let help = HelpText(tool: tool, width: HelpText.width(environment: environment))
        if parsed.given.contains(GlobalFlags.version.spec.name) {
            console.print(version)
            return 0
        }
        if parsed.given.contains(GlobalFlags.help.spec.name), mistake == nil {
            console.print(bytes: Array(help.usage(of: parsed.path, showsGlobalFlags: true).utf8))
            return 0
        }
        if let mistake {
            return report(mistake, parsed, help, console)
        }
        guard let command = parsed.command, let run = command.run else {
            console.print(bytes: Array(help.usage(of: parsed.path, showsGlobalFlags: false).utf8))
            return 0
        }
        do {
            try await run(Invocation(parsed: parsed, environment: environment, console: console))
            return 0
        } catch let mistake as UsageError {
            return report(mistake, parsed, help, console)
        } catch let status as ExitStatus {
            return status.code
        } catch {
            console.error("nats: error: \(error)")
            return 1
        }
    }

    /// Prints what is wrong with the command line, and below it the command's help.
    private static func report(
        _ mistake: UsageError,
        _ parsed: ParsedCommand,
        _ help: HelpText,
        _ console: Console
    ) -> Int32 {
        guard mistake.showsUsage else {
            console.error("nats: error: \(mistake.message)")
            return 1
        }
        let suggestion = mistake.suggestion.map { "\ndid you mean '\($0)'?" } ?? ""
        console.error("error: \(mistake.message)\(suggestion)\n")
        console.print(bytes: Array(help.usage(of: parsed.path, showsGlobalFlags: false).utf8))
        return 1
    }

    private static func processEnvironment() -> [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return result
    }
}
