import Foundation
import Subprocess
import SystemPackage

/// What a finished process left behind.
package struct CommandResult: Sendable {
    /// The exit status; 128 + N where signal N ended the process.
    package var status: Int32
    package var output: String
    package var error: String
}

/// A process that did not end within its deadline. It was killed.
package struct DeadlineExceeded: Error {
    package var command: [String]
}

/// Runs `command` to its end and returns what it printed.
///
/// - Parameters:
///   - environment: added to the test's own environment.
///   - deadline: after this the process is killed and ``DeadlineExceeded`` is thrown.
package func runCommand(
    _ command: [String],
    in directory: String? = nil,
    environment: [String: String] = [:],
    input: String = "",
    deadline: Duration = .seconds(60)
) async throws -> CommandResult {
    var updates: [Environment.Key: String?] = [:]
    for (key, value) in environment {
        updates[Environment.Key(stringLiteral: key)] = value
    }
    let executable: Executable =
        command[0].contains("/") ? .path(FilePath(command[0])) : .name(command[0])
    let settings = Environment.inherit.updating(updates)
    return try await withThrowingTaskGroup(of: CommandResult.self) { group in
        group.addTask {
            let result = try await Subprocess.run(
                executable,
                arguments: Arguments(Array(command.dropFirst())),
                environment: settings,
                workingDirectory: directory.map { FilePath($0) },
                input: .string(input),
                output: .string(limit: 16 << 20),
                error: .string(limit: 16 << 20)
            )
            let status: Int32 =
                switch result.terminationStatus {
                case .exited(let code): code
                case .signaled(let signal): 128 + signal
                }
            return CommandResult(
                status: status,
                output: result.standardOutput ?? "",
                error: result.standardError ?? ""
            )
        }
        group.addTask {
            try await Task.sleep(for: deadline)
            throw DeadlineExceeded(command: command)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else {
            throw DeadlineExceeded(command: command)
        }
        return first
    }
}

/// The folder that the built products lie in, `launchpad` among them.
package var productsDirectory: String {
    #if os(macOS)
    for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
        return bundle.bundleURL.deletingLastPathComponent().path
    }
    #endif
    return URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent().path
}

/// The built `launchpad` executable, for tests that drive the whole.
package var launchpadExecutable: String {
    productsDirectory + "/launchpad"
}
