import Subprocess
import SystemPackage

/// A program that bodies are sent through, or that answers requests.
enum ExternalCommand {
    struct Outcome: Sendable {
        /// What the program printed, errors and all.
        var output: [UInt8]
        /// How it failed, `nil` if it ended with status 0.
        var failure: String?
    }

    /// Runs a command line without a shell.
    ///
    /// - Parameters:
    ///   - input: what the program reads.
    ///   - variables: added to the environment.
    static func run(_ line: String, input: [UInt8] = [], variables: [String: String] = [:]) async throws -> Outcome {
        let words = try ShellWords.split(line)
        guard let program = words.first else { throw CommandError("no command given") }
        var updates: [Environment.Key: String?] = [:]
        for (name, value) in variables {
            updates[Environment.Key(stringLiteral: name)] = value
        }
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                arguments: Arguments(Array(words.dropFirst())),
                environment: .inherit.updating(updates),
                input: .array(input),
                output: .bytes(limit: 64 << 20),
                error: .combinedWithOutput
            )
            let failure: String? =
                switch result.terminationStatus {
                case .exited(0): nil
                case .exited(let status): "exit status \(status)"
                case .signaled(let signal): "signal: \(signal)"
                }
            return Outcome(output: result.standardOutput, failure: failure)
        } catch {
            return Outcome(output: [], failure: "exec: \(GoText.quoted(program)): \(error)")
        }
    }
}
