import NATSAccounts

/// `nats server passwd`: hashes of passwords for server configurations.
enum ServerPasswordCommand {
    static let password = Flag.text(
        "pass", short: "p", "The password to encrypt", placeholder: "PASSWORD", environment: "PASSWORD")
    static let cost = Flag.integer("cost", short: "c", "How much work each guess is to cost", default: 11)
    static let generate = Flag.toggle("generate", short: "g", "Make up a password, and encrypt it")

    static let spec = CommandSpec(
        name: "passwd",
        aliases: ["mkpasswd", "pass", "password"],
        help: "Creates encrypted passwords for use in NATS Server",
        flags: [password.spec, cost.spec, generate.spec],
        run: run
    )

    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@#_-%^&()")
    private static let generatedLength = 22
    private static let shortest = 10

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard Password.costs.contains(invocation[cost]) else {
            throw CommandError(
                "bcrypt cost should be between \(Password.costs.lowerBound) and \(Password.costs.upperBound)")
        }
        let console = invocation.console
        let isGenerated = invocation[password] == nil && invocation[generate]
        var generator = SystemRandomNumberGenerator()
        let text =
            if let given = invocation[password] {
                given
            } else if isGenerated {
                String((0..<generatedLength).compactMap { _ in letters.randomElement(using: &generator) })
            } else {
                try ask(console)
            }
        if isGenerated { console.print("Generated password: \(text)") }
        guard text.utf8.count >= shortest else {
            throw CommandError("password should be at least \(shortest) characters long")
        }
        guard Password.canHash else {
            throw CommandError("error producing bcrypt hash: \(Password.libraryMissing)")
        }
        guard let hash = Password.hash(of: text, cost: invocation[cost]) else {
            throw CommandError("error producing bcrypt hash: the password is too long, or holds a zero byte")
        }
        console.print(invocation[generate] ? "       bcrypt hash: \(hash)" : hash)
    }

    private static func ask(_ console: Console) throws(CommandError) -> String {
        guard Prompt.isPossible(console) else {
            throw CommandError(
                "could not read password: cannot prompt for user input without a terminal; give --pass, the variable "
                    + "PASSWORD, or --generate")
        }
        let first = Prompt.askSecret("Enter password", console: console)
        let second = Prompt.askSecret("Re-enter password", console: console)
        guard first == second else { throw CommandError("entered and re-entered passwords do not match") }
        return first
    }
}
