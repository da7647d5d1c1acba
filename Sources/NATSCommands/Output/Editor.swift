import Foundation

/// The program with which somebody edits texts.
enum Editor {
    /// Opens a text in the program that the variable `EDITOR` names, and gives back what was made of it.
    ///
    /// - Parameter name: the end of the file's name, from which editors learn the language.
    /// - Throws: ``CommandError`` if there is no editor, or it fails.
    static func edit(_ text: [UInt8], name: String, environment: [String: String]) throws -> [UInt8] {
        let words = try ShellWords.split(environment["EDITOR"] ?? "")
        guard let program = words.first else {
            throw CommandError("set EDITOR environment variable to your chosen editor")
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nats-\(UUID().uuidString)").path
        let path = folder + "/" + name
        try FileSystem.makeDirectory(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileSystem.replace(path, with: text)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + words.dropFirst() + [path]
        process.environment = environment
        do {
            try process.run()
        } catch {
            throw CommandError("could not edit file \(path): \(error.localizedDescription)")
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandError("could not edit file \(path): exit status \(process.terminationStatus)")
        }
        return try FileSystem.read(path)
    }
}
