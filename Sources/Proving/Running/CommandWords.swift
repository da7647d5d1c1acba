/// Finds the words of a shell text that stand where a command's name stands.
///
/// It is no shell, and errs on the side of more: a word too many that happens to be a program makes a guide depend on a
/// program that it does not call.
enum CommandWords {
    /// The names, without paths, builtins and what holds expansions.
    static func names(in text: String) -> Set<String> {
        var scanner = Scanner(bytes: Array(text.utf8))
        return scanner.scan()
    }

    private struct Scanner {
        let bytes: [UInt8]
        var offset = 0
        var names: Set<String> = []
        /// True where the next word is a command's name.
        var isAtCommand = true

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func scan() -> Set<String> {
            while offset < bytes.count {
                switch bytes[offset] {
                case UInt8(ascii: " "), UInt8(ascii: "\t"): offset += 1
                case UInt8(ascii: "\n"), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "("),
                    UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: ")"), UInt8(ascii: "}"):
                    isAtCommand = true
                    offset += 1
                case UInt8(ascii: "#"): skip { $0 != UInt8(ascii: "\n") }
                case UInt8(ascii: "'"):
                    offset += 1
                    skip { $0 != UInt8(ascii: "'") }
                    offset += 1
                    isAtCommand = false
                // Commands may stand in double quotes, behind $(, and are found like others.
                case UInt8(ascii: "\""), UInt8(ascii: "$"): offset += 1
                case UInt8(ascii: "<"), UInt8(ascii: ">"):
                    // What is behind it is a file.
                    skip { "<>& ".utf8.contains($0) }
                    skip { !CommandWords.ends.contains($0) }
                case UInt8(ascii: "\\"): offset += 2
                default: word()
                }
            }
            return names
        }

        private mutating func word() {
            let start = offset
            skip { !CommandWords.ends.contains($0) }
            guard isAtCommand, start < offset else { return }
            let word = bytes[start..<offset]
            // Assignments, options and numbers may precede a command's name.
            guard !word.contains(UInt8(ascii: "=")), word.first != UInt8(ascii: "-"),
                !word.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { return }
            let name = String(decoding: word, as: UTF8.self)
            guard !CommandWords.transparent.contains(name) else { return }
            isAtCommand = CommandWords.wrappers.contains(name)
            guard !CommandWords.builtins.contains(name), !word.contains(UInt8(ascii: "/")) else { return }
            names.insert(name)
        }

        private mutating func skip(while condition: (UInt8) -> Bool) {
            while offset < bytes.count, condition(bytes[offset]) { offset += 1 }
        }
    }

    private static let ends = Set(" \t\n;|&()`{}'\"$<>\\".utf8)
    /// Words of the shell's grammar, and builtins, behind which a command's name follows.
    private static let transparent: Set<String> = [
        "if", "then", "else", "elif", "do", "while", "until", "!", "time", "exec", "command", "builtin", "eval",
    ]
    /// Programs that start another one.
    private static let wrappers: Set<String> = [
        "env", "nohup", "nice", "setsid", "stdbuf", "sudo", "timeout", "watch", "xargs",
    ]
    private static let builtins: Set<String> = [
        "[", "[[", ".", ":", "alias", "bg", "break", "case", "cd", "continue", "declare", "done", "echo", "esac",
        "exit",
        "export", "false", "fg", "fi", "for", "function", "hash", "in", "jobs", "kill", "let", "local", "printf", "pwd",
        "read", "readonly", "return", "select", "set", "shift", "source", "test", "trap", "true", "type", "ulimit",
        "umask", "unset", "wait",
    ]
}
