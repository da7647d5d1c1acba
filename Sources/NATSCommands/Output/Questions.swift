/// The answers that a command still needs: defaults where they are accepted, questions at a terminal, and an error that
/// names the flag where nobody can be asked.
struct Questions: Sendable {
    let acceptsDefaults: Bool
    /// What is made of the answers, such as `Stream`.
    let what: String
    let console: Console

    /// A text that has no default.
    ///
    /// - Parameter instead: the flag or argument that gives it.
    func required(_ question: String, instead: String) throws(CommandError) -> String {
        try ask(question, default: nil, instead: instead)
    }

    func text(_ question: String, default value: String, flag: String) throws(CommandError) -> String {
        acceptsDefaults ? value : try ask(question, default: value, instead: "\(flag) or --defaults")
    }

    func number(_ question: String, default value: Int, flag: String) throws(CommandError) -> Int {
        let answer = try text(question, default: String(value), flag: flag)
        guard let number = GoNumber.integer(answer) else {
            throw CommandError("invalid input: \(answer) is no whole number")
        }
        return number
    }

    /// One of several; the first is the default.
    func choice(_ question: String, _ choices: [String], flag: String) throws(CommandError) -> String {
        let question = "\(question) (\(choices.joined(separator: ", ")))"
        let answer = try text(question, default: choices[0], flag: flag).lowercased()
        guard choices.contains(answer) else {
            throw CommandError("invalid input: \(answer) is none of \(choices.joined(separator: ", "))")
        }
        return answer
    }

    func yesOrNo(_ question: String, default value: Bool, flag: String) throws(CommandError) -> Bool {
        let answer = try text(question, default: value ? "y" : "n", flag: flag).lowercased()
        return answer.hasPrefix("y")
    }

    private func ask(_ question: String, default value: String?, instead: String) throws(CommandError) -> String {
        guard Prompt.isPossible(console) else {
            throw CommandError(
                "could not create \(what): invalid input: no answer to \"\(question)\": cannot prompt for user input "
                    + "without a terminal; give \(instead)")
        }
        let answer = Prompt.ask(question, default: value, console: console)
        guard let answer = answer.isEmpty ? value : answer else {
            throw CommandError("invalid input: Value is required")
        }
        return answer
    }
}
