import Foundation
import TestSupport
import Testing

/// Where somebody runs guides whose every trace can be told from all others: a project, a directory for temporary files, and a
/// mark that stands in the command lines of everything that the guides start.
struct Place {
    let project: ProjectFixture
    let temporary: TemporaryDirectory
    /// Seconds that nobody else sleeps.
    let mark = String(Int.random(in: 10_000_000...99_999_999))
    private let person: Person

    init(copying folder: String, for person: Person) throws {
        project = try ProjectFixture(copying: folder)
        temporary = try TemporaryDirectory()
        self.person = person
        try fill([:])
        try person.own(temporary.path)
    }

    /// Puts values in for their names in the guides.
    func fill(_ values: [String: String]) throws {
        let docs = "\(project.directory.path)/docs"
        for name in try FileManager.default.contentsOfDirectory(atPath: docs) {
            var text = try project.directory.read("docs/\(name)")
            for (name, value) in values.merging(["MARK": mark], uniquingKeysWith: { first, _ in first }) {
                text = text.replacingOccurrences(of: "@\(name)@", with: value)
            }
            try project.directory.write("docs/\(name)", text)
        }
        try person.own(project.directory.path)
    }

    func run(
        _ command: [String], environment: [String: String] = [:], deadline: Duration = .seconds(120)
    ) async throws -> CommandResult {
        try await runCommand(
            command, in: project.directory.path,
            environment: ["TMPDIR": temporary.path].merging(environment) { _, new in new }, deadline: deadline)
    }

    /// Starts a command and kills it as soon as `isTime`.
    func kill(_ command: [String], when isTime: () throws -> Bool) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": temporary.path]) { _, new in new }
        process.currentDirectoryURL = URL(fileURLWithPath: project.directory.path)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try await waitUntil("it is time: \(try leftovers())") {
            try #require(process.isRunning, "it ended too early")
            return try isTime()
        }
    }

    /// The command lines of processes with `text` in them.
    func processes(with text: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            guard Int(name) != nil, let bytes = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
            else { return nil }
            let line = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\0", with: " ")
            return line.contains(text) ? line : nil
        }
    }

    /// What is still there of all runs: processes, mounts, files.
    func leftovers() throws -> [String] {
        let mounts = String(
            decoding: FileManager.default.contents(atPath: "/proc/self/mountinfo") ?? Data(), as: UTF8.self)
        // The one directory of all runs of a person stays, and is empty.
        // They may be removed while they are listed, which is no error.
        let files = FileManager.default.enumerator(atPath: temporary.path)?.compactMap { $0 as? String } ?? []
        return try processes(with: mark).filter { !$0.contains("neighbour.pl") } + processes(with: temporary.path)
            + mounts.split(separator: "\n").map(String.init).filter { $0.contains(temporary.path) }
            + files.filter { $0.contains("/") }
    }
}

/// A process outside that guides must not reach, and that tells of every guest.
final class Neighbour {
    let process = Process()
    let port: Int
    private let output = Pipe()

    init(_ mark: String) throws {
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/safety")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["perl", folder.appendingPathComponent("neighbour.pl").path, mark]
        process.standardOutput = output
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let byte = output.fileHandleForReading.readData(ofLength: 1)
            try #require(!byte.isEmpty, "it does not listen")
            line += String(decoding: byte, as: UTF8.self)
        }
        port = try #require(Int(line.dropLast()))
    }

    deinit {
        end()
    }

    /// By force: the thread that starts a process may hold other signals back, and the process inherits that.
    private func end() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Ends it and returns what it told.
    func guests() throws -> [String] {
        end()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }
}
