#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Questions to somebody at a terminal. Without one nothing is asked.
enum Prompt {
    /// Whether somebody sits at a terminal, to read the question and to type the answer.
    static func isPossible(_ console: Console) -> Bool { console.isTerminal && isatty(0) == 1 }

    /// Asks a question that is answered by yes or no.
    ///
    /// - Parameter flag: what to give instead where nobody can be asked; the error names it.
    static func confirm(_ question: String, flag: String, console: Console) throws(CommandError) -> Bool {
        guard isPossible(console) else {
            throw CommandError(
                "could not obtain confirmation: cannot ask for confirmation without a terminal; use \(flag)"
            )
        }
        console.print(bytes: Array("? \(question) (y/N) ".utf8))
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }

    /// Asks for a text; an empty answer stands for the default.
    static func ask(_ question: String, default value: String?, console: Console) -> String {
        console.print(bytes: Array("? \(question)\(value.map { " (\($0))" } ?? "") ".utf8))
        return readLine() ?? ""
    }

    /// Asks for a text that is not shown while it is typed.
    static func askSecret(_ question: String, console: Console) -> String {
        var settings = termios()
        let isKnown = tcgetattr(0, &settings) == 0
        var hidden = settings
        hidden.c_lflag &= ~tcflag_t(ECHO)
        if isKnown { tcsetattr(0, TCSAFLUSH, &hidden) }
        defer {
            if isKnown { tcsetattr(0, TCSAFLUSH, &settings) }
            console.print()
        }
        return ask(question, default: nil, console: console)
    }

    /// Asks for one of several names.
    static func choose(_ question: String, from names: [String], argument: String, console: Console)
        throws(CommandError) -> String
    {
        guard isPossible(console) else {
            throw CommandError("cannot prompt for user input without a terminal; give the argument <\(argument)>")
        }
        console.print("? \(question): \(names.joined(separator: ", "))")
        console.print(bytes: Array("  Name: ".utf8))
        return readLine() ?? ""
    }
}
