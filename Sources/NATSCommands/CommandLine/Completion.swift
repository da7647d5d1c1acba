/// What a shell offers when somebody presses the tabulator.
///
/// The shell asks for it with `--completion-bash` and the words so far, of which the last is the one to complete.
struct Completion: Sendable {
    let tool: CommandSpec

    /// The text to print, `nil` if the command line does not ask for it.
    func answer(to arguments: [String]) -> String? {
        switch arguments.first {
        case "--completion-bash": candidates(for: Array(arguments.dropFirst())).joined(separator: "\n")
        case "--completion-script-bash": bashScript
        case "--completion-script-zsh": zshScript
        default: nil
        }
    }

    /// Commands, and flags once somebody began with a dash.
    func candidates(for words: [String]) -> [String] {
        var command = tool
        var flags = tool.flags
        for word in words.dropLast() {
            guard let next = command.subcommand(named: word) else { continue }
            command = next
            flags += next.flags
        }
        let started = words.last ?? ""
        let names =
            started.hasPrefix("-")
            ? flags.filter { !$0.isHidden }.flatMap { flag in
                ["--" + flag.name] + (flag.isNegatable ? ["--no-" + flag.name] : [])
            }
            : command.subcommands.map(\.name)
        return names.filter { $0.hasPrefix(started) }.sorted()
    }

    private var bashScript: String {
        """
        _\(tool.name)_complete() {
            local current="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" --completion-bash "${COMP_WORDS[@]:1:COMP_CWORD}")" -- "$current"))
        }
        complete -F _\(tool.name)_complete -o default \(tool.name)
        """
    }

    private var zshScript: String {
        """
        #compdef \(tool.name)
        autoload -U compinit && compinit
        autoload -U bashcompinit && bashcompinit
        \(bashScript)
        """
    }
}
