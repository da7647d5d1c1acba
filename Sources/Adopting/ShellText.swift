/// The text of a block that may hold commands, as far as it can be understood without running it.
struct ShellText {
    /// Whether a program of this name can be run here.
    let hasTool: @Sendable (String) -> Bool
    /// Lines without their line ends.
    let lines: [String]

    init(_ text: String, hasTool: @escaping @Sendable (String) -> Bool) {
        self.hasTool = hasTool
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
    }

    // MARK: Prompts

    /// What stands before the command on a line with a prompt, `$ `, `> `, `% ` or `user@host:~$ `; nil for another line.
    func prompt(of line: String) -> String? {
        let trimmed = line.drop { $0 == " " }
        let indentation = String(line.prefix(line.count - trimmed.count))
        if trimmed.hasPrefix("$ ") { return indentation + "$ " }
        for mark in ["> ", "% ", "❯ ", "➜ "] where trimmed.hasPrefix(mark) {
            return isCommand(String(trimmed.dropFirst(mark.count))) ? indentation + mark : nil
        }
        guard let dollar = trimmed.firstIndex(of: "$"), trimmed[dollar...].hasPrefix("$ "),
            trimmed[..<dollar].contains("@"),
            trimmed[..<dollar].allSatisfy({ $0.isLetter || $0.isNumber || "@.:~/_-[] ".contains($0) })
        else { return nil }
        return indentation + trimmed[...dollar] + " "
    }

    // MARK: Lines

    /// For each line what it can be: the beginning of a command, more of one, or something that is none.
    enum Role {
        case command, continuation, other, blank
    }

    /// The roles of lines without prompts.
    var roles: [Role] {
        var roles: [Role] = []
        var openQuote: Character?
        var isContinued = false
        var delimiter: String?
        for line in lines {
            let trimmed = line.trimmingBlanks
            if let end = delimiter {
                roles.append(.continuation)
                if trimmed == end { delimiter = nil }
                continue
            }
            if openQuote != nil || isContinued || (trimmed.hasPrefix("-") && roles.last == .command) {
                roles.append(.continuation)
            } else if trimmed.isEmpty || trimmed.hasPrefix("#") {
                roles.append(.blank)
            } else {
                roles.append(isWordLike(trimmed) ? .command : .other)
            }
            guard roles.last != .other else { continue }
            openQuote = Self.openQuote(after: line, from: openQuote)
            isContinued = line.hasSuffix("\\")
            delimiter = Self.hereDocument(in: line)
        }
        return roles
    }

    /// Whether a line looks like output and not like a command.
    private func isWordLike(_ line: String) -> Bool {
        guard let head = Self.heads(of: line).first else { return Self.isAssignment(line) }
        if Self.structure.contains(head) { return true }
        // Columns of a table, except where somebody aligned what he types.
        if line.contains("   "), !isCommand(line) { return false }
        guard let first = head.first, first.isLowercase || "./~$_\"'".contains(first) else {
            return Self.isAssignment(line) || hasTool(head)
        }
        return head.allSatisfy { $0.isLetter || $0.isNumber || "_./~$+-\"'{}*\\%".contains($0) }
    }

    /// Whether a line starts a program that is known, here or anywhere.
    func isCommand(_ line: String) -> Bool {
        guard let head = Self.heads(of: line).first else { return Self.isAssignment(line) }
        return Self.structure.contains(head) || Self.wellKnown.contains(head) || hasTool(head)
    }

    /// Whether a line that stands for itself looks like no command at all: a subject, an address, a message.
    func isNoCommand(_ line: String) -> Bool {
        guard let head = Self.heads(of: line).first, !isCommand(line) else { return false }
        let isPath = head.hasPrefix(".") || head.hasPrefix("/") || head.hasPrefix("~") || head.contains("$")
        let isDotted = Self.words(of: line).count == 1 && head.contains(".") && !isPath
        return isDotted || Self.complaints.contains(head)
    }

    // MARK: Commands

    /// The programs that a line starts, in order: the first words behind pipes and separators, without assignments.
    static func heads(of line: String) -> [String] {
        var heads: [String] = []
        var isExpected = true
        for word in words(of: line) {
            if ["|", "||", "&&", ";", "&"].contains(word) {
                isExpected = true
            } else if isExpected, isAssignment(word), let substitution = word.firstRange(of: "=$(") {
                heads.append(String(word[substitution.upperBound...]))
                isExpected = false
            } else if isExpected, !isAssignment(word),
                !["sudo", "time", "exec", "env", "nohup", "then", "do"].contains(word)
            {
                heads.append(word)
                isExpected = false
            }
        }
        return heads
    }

    /// The words of a line, quotes kept; separators are words of their own.
    static func words(of line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        for character in line {
            if let open = quote {
                word.append(character)
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
                word.append(character)
            } else if character == " " || character == "\t" || "|;&".contains(character) {
                if !word.isEmpty { words.append(word) }
                word = ""
                if character != " ", character != "\t" {
                    if let last = words.last, last == String(character), "|&".contains(character) {
                        words[words.count - 1] += String(character)
                    } else {
                        words.append(String(character))
                    }
                }
            } else if character == "#", word.isEmpty {
                return words
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals != word.startIndex else { return false }
        return word[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && word.first?.isNumber == false
    }

    private static func openQuote(after line: String, from start: Character?) -> Character? {
        var quote = start
        var isEscaped = false
        for character in line {
            if isEscaped {
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            }
        }
        return quote
    }

    private static func hereDocument(in line: String) -> String? {
        guard let place = line.firstRange(of: "<<") else { return nil }
        let word = line[place.upperBound...].drop { "-~ ".contains($0) }.prefix { !" >|;".contains($0) }
        let name = word.filter { $0 != "'" && $0 != "\"" && $0 != "\\" }
        return name.isEmpty || name.first == "<" ? nil : name
    }

    /// Words of the shell itself.
    static let structure: Set<String> = [
        "cd", "echo", "export", "set", "source", ".", "if", "else", "elif", "fi", "for", "done", "while", "until",
        "case",
        "esac", "function", "{", "}", "read", "exit", "return", "true", "false", "test", "[", "[[", "printf", "eval",
        "trap",
        "wait", "kill", "type", "command", "unset", "alias", "local", "declare", "let", "shift", "pwd", "umask",
        "ulimit",
        "jobs", "fg", "bg", "select", "break", "continue", "!", "(", ")",
    ]

    /// How programs begin to complain.
    private static let complaints: Set<String> = [
        "unknown", "invalid", "failed", "cannot", "could", "missing", "unable", "no", "not", "unexpected",
    ]

    /// Programs that documentation often calls and that may not be here.
    private static let wellKnown: Set<String> = [
        "nats", "nats-server", "nats-top", "nats-bench", "nsc", "nk", "stan", "docker", "docker-compose", "kubectl",
        "helm",
        "go", "npm", "npx", "yarn", "node", "deno", "pip", "pip3", "python", "python3", "brew", "apt", "apt-get", "yum",
        "dnf", "choco", "scoop", "curl", "wget", "telnet", "openssl", "git", "make", "mkcert", "systemctl", "java",
        "mvn",
        "gradle", "cargo", "dotnet", "sc.exe", "jq", "psql", "aws", "gcloud", "az", "terraform", "ssh", "scp", "tail",
    ]
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmingBlanks: String {
        var text = self[...].drop { $0 == " " || $0 == "\t" || $0 == "\r" }
        while let last = text.last, last == " " || last == "\t" || last == "\r" { text = text.dropLast() }
        return String(text)
    }
}
