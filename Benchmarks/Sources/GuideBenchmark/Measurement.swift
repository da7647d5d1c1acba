import Foundation

/// What one run of a command took, in seconds.
struct Measurement {
    var wall: Double
    /// Processor time of the command and its children, user and system together.
    var processor: Double
}

/// A command that did not end as it should.
struct CommandFailed: Error, CustomStringConvertible {
    var command: [String]
    var status: Int32
    var description: String { "exit status \(status): \(command.joined(separator: " "))" }
}

extension Measurement {
    /// Runs `command`, which must exit with 0, and measures it.
    static func of(_ command: [String]) throws -> Measurement {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = FileHandle.nullDevice
        let before = processorTime()
        let start = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        let wall = start.duration(to: .now) / .seconds(1)
        guard process.terminationStatus == 0 else {
            throw CommandFailed(command: command, status: process.terminationStatus)
        }
        return Measurement(wall: wall, processor: processorTime() - before)
    }

    /// Of all children that have ended.
    private static func processorTime() -> Double {
        var usage = rusage()
        #if canImport(Glibc)
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        #else
        getrusage(RUSAGE_CHILDREN, &usage)
        #endif
        let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
