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
/// The deadline is an alarm that the command inherits, so it also holds while every thread of the test process is busy.
///
/// - Parameters:
///   - environment: added to the test's own environment.
///   - deadline: after this the process is killed and ``DeadlineExceeded`` is thrown.
package func runCommand(
    _ command: [String],
    in directory: String? = nil,
    environment: [String: String] = [:],
    input: String = "",
    deadline: Duration = .seconds(120)
) async throws -> CommandResult {
    var updates: [Environment.Key: String?] = [:]
    for (key, value) in environment {
        updates[Environment.Key(stringLiteral: key)] = value
    }
    let seconds = String(max(1, deadline.components.seconds))
    let result = try await Subprocess.run(
        .name("perl"),
        arguments: Arguments(["-e", "alarm shift; exec { $ARGV[0] } @ARGV or exit 127", seconds] + command),
        environment: Environment.inherit.updating(updates),
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
    if status == 128 + SIGALRM {
        throw DeadlineExceeded(command: command)
    }
    return CommandResult(status: status, output: result.standardOutput, error: result.standardError)
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
