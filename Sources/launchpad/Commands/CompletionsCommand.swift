import ArgumentParser

/// `launchpad completions`: a script that lets a shell complete commands and options.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print the completion script for a shell.",
        discussion: """
            bash: launchpad completions bash >~/.local/share/bash-completion/completions/launchpad
            zsh:  launchpad completions zsh >"${fpath[1]}/_launchpad"
            fish: launchpad completions fish >~/.config/fish/completions/launchpad.fish

            Exit status: 0 printed, 64 wrong usage.
            """
    )

    /// The shells that there are scripts for.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var completions: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() {
        print(LaunchpadCommand.completionScript(for: shell.completions))
    }
}
