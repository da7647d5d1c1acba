import GoFormats
import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A program that bodies are sent through, or that answers requests.
enum ExternalCommand {
    struct Outcome: Sendable {
        /// What the program printed, errors and all.
        var output: [UInt8]
        /// How it failed, `nil` if it ended with status 0.
        var failure: String?
    }

    /// A program that prints more than this is ended; it bounds the memory, and no message can be as large.
    static let outputLimit = 64 << 20

    /// Runs a command line without a shell.
    ///
    /// - Parameters:
    ///   - input: what the program reads.
    ///   - variables: added to the environment.
    static func run(_ line: String, input: [UInt8] = [], variables: [String: String] = [:]) async throws -> Outcome {
        let words = try ShellWords.split(line)
        guard let program = words.first else { throw CommandError("no command given") }
        guard let path = location(of: program) else {
            return Outcome(output: [], failure: "exec: \(GoText.quoted(program)): executable file not found in $PATH")
        }
        return await withCheckedContinuation { continuation in
            // Reading and waiting block, so they get a thread that nothing else needs.
            Thread.detachNewThread {
                let environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
                continuation.resume(
                    returning: runToEnd(path, Array(words.dropFirst()), environment: environment, input: input))
            }
        }
    }

    private static func runToEnd(
        _ path: String, _ arguments: [String], environment: [String: String], input: [UInt8]
    ) -> Outcome {
        // A program that does not read its input is no reason to end.
        signal(SIGPIPE, SIG_IGN)
        let process = Process()
        let (stdin, stdout) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stdout
        do {
            try process.run()
        } catch {
            return Outcome(output: [], failure: "exec: \(GoText.quoted(path)): \(error.localizedDescription)")
        }
        Thread.detachNewThread {
            try? stdin.fileHandleForWriting.write(contentsOf: Data(input))
            try? stdin.fileHandleForWriting.close()
        }
        var output: [UInt8] = []
        while output.count <= outputLimit,
            let piece = try? stdout.fileHandleForReading.read(upToCount: 1 << 16), !piece.isEmpty
        {
            output += piece
        }
        if output.count > outputLimit {
            process.terminate()
            process.waitUntilExit()
            return Outcome(output: [], failure: "printed more than \(outputLimit) bytes")
        }
        process.waitUntilExit()
        let failure: String? =
            switch (process.terminationReason, process.terminationStatus) {
            case (.exit, 0): nil
            case (.exit, let status): "exit status \(status)"
            case (_, let number): "signal: \(number)"
            }
        return Outcome(output: output, failure: failure)
    }

    /// Where a program lies: as it is named if there is a slash in it, else the first on `PATH`.
    private static func location(of program: String) -> String? {
        if program.contains("/") {
            return program
        }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.lazy.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
