import Foundation

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
///   - meanwhile: is called with the process id while the command runs; its end is awaited afterwards.
package func runCommand(
    _ command: [String],
    in directory: String? = nil,
    environment: [String: String] = [:],
    input: String = "",
    deadline: Duration = .seconds(120),
    meanwhile: (Int32) async -> Void = { _ in }
) async throws -> CommandResult {
    let files = try TemporaryDirectory()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let seconds = String(max(1, deadline.components.seconds))
    // The thread that starts the process may hold signals back, and a test before may have had them ignored: a shell that
    // inherits that would never see them.
    let script = """
        sigprocmask(SIG_SETMASK, POSIX::SigSet->new); $SIG{$_} = 'DEFAULT' for qw(HUP INT TERM USR1 USR2);
        alarm shift; exec { $ARGV[0] } @ARGV or exit 127
        """
    process.arguments = ["perl", "-MPOSIX=sigprocmask,SIG_SETMASK", "-e", script, seconds] + command
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let directory {
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
    }
    let streams = [
        FileHandle(forReadingAtPath: try files.write("input", input)),
        FileHandle(forWritingAtPath: try files.write("output", "")),
        FileHandle(forWritingAtPath: try files.write("error", "")),
    ]
    (process.standardInput, process.standardOutput, process.standardError) = (streams[0], streams[1], streams[2])
    let (end, ending) = AsyncStream.makeStream(of: Never.self)
    process.terminationHandler = { _ in ending.finish() }
    do {
        // Foundation keeps them open longer than the process lives, and fails where a descriptor is 1,024 or more.
        defer { for stream in streams { try? stream?.close() } }
        try process.run()
    }
    await meanwhile(process.processIdentifier)
    for await _ in end {}
    if process.isRunning {
        // The test was cancelled.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
    let isSignal = process.terminationReason == .uncaughtSignal
    let status = (isSignal ? 128 : 0) + process.terminationStatus
    if status == 128 + SIGALRM {
        throw DeadlineExceeded(command: command)
    }
    return CommandResult(status: status, output: try files.read("output"), error: try files.read("error"))
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
