import Foundation

/// A command that did not end as it should.
struct CommandFailed: Error, CustomStringConvertible {
    var command: [String]
    var status: Int32
    var description: String { "exit status \(status): \(command.joined(separator: " "))" }
}

enum Command {
    /// Runs `command`, which must exit with 0, to its end.
    ///
    /// - Returns: the numbers that it printed as `name value` lines.
    static func numbers(_ command: [String]) throws -> [String: Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandFailed(command: command, status: process.terminationStatus)
        }
        var numbers: [String: Double] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count == 2, let value = Double(fields[1]) { numbers[String(fields[0])] = value }
        }
        return numbers
    }
}
