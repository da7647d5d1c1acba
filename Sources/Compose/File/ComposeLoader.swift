package import Guides
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Finds and reads the compose files of a project.
package struct ComposeLoader {
    /// What Compose looks for, best first.
    package static let fileNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]

    /// `-f`; empty looks in the directory and above it.
    package var files: [String] = []
    /// `-p`.
    package var projectName: String?
    /// `--project-directory`.
    package var projectDirectory: String?
    /// `--env-file`.
    package var environmentFiles: [String] = []
    package var workingDirectory: String
    package var environment: [String: String]

    package init(workingDirectory: String, environment: [String: String]) {
        self.workingDirectory = workingDirectory
        self.environment = environment
    }

    /// Reads the project.
    ///
    /// - Returns: the project and warnings.
    /// - Throws: ``ComposeFailure``, `DiagnosticsError`.
    package func load() throws -> (project: ComposeProject, warnings: [Diagnostic]) {
        let files = try findFiles()
        let directory =
            projectDirectory.map { AbsolutePath.of($0, in: workingDirectory) }
            ?? String(files[0].prefix(upTo: files[0].lastIndex(of: "/") ?? files[0].startIndex))
        var variables = Variables(values: environment)
        try addEnvironmentFiles(&variables, directory)
        let missing = NameList()
        variables.whenMissing = { missing.add($0) }

        var diagnostics: [Diagnostic] = []
        var root: ComposeValue?
        for file in files {
            let bytes: [UInt8]
            do {
                bytes = try FileBytes.read(file)
            } catch {
                throw ComposeFailure("open \(file): \(error)")
            }
            var yaml = ComposeYAML(file: file, bytes: bytes, variables: variables)
            if let value = yaml.read() {
                root = root.map { ComposeMerge.merge($0, value) } ?? ComposeMerge.withoutResets(value)
            }
            diagnostics += yaml.diagnostics
        }
        guard let root else {
            if diagnostics.isEmpty { throw ComposeFailure("\(files[0]) is empty", help: "describe services in it") }
            throw DiagnosticsError(diagnostics)
        }
        let name = try projectName(root, variables, directory)
        variables.values["COMPOSE_PROJECT_NAME"] = name
        var reader = ComposeReader(name: name, directory: directory, files: files, variables: variables)
        reader.read(root)
        diagnostics += reader.diagnostics
        guard diagnostics.isEmpty else { throw DiagnosticsError(diagnostics) }
        let warnings = missing.names.map { name in
            Diagnostic(
                .warning, code: "unset-variable",
                "the variable \(name) is not set, and nothing stands in its place", file: files[0],
                help: "set it, or write ${\(name):-default}")
        }
        return (reader.project, warnings)
    }

    private func findFiles() throws(ComposeFailure) -> [String] {
        var named = files
        if named.isEmpty, let list = environment["COMPOSE_FILE"], !list.isEmpty {
            named = list.split(separator: ":").map(String.init)
        }
        if !named.isEmpty { return named.map { AbsolutePath.of($0, in: workingDirectory) } }
        var directory = projectDirectory.map { AbsolutePath.of($0, in: workingDirectory) } ?? workingDirectory
        while true {
            let prefix = directory == "/" ? "" : directory
            if let name = Self.fileNames.first(where: { access("\(prefix)/\($0)", R_OK) == 0 }) {
                let stem = name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex)
                let over = ["\(stem).override.yml", "\(stem).override.yaml"].first {
                    access("\(prefix)/\($0)", R_OK) == 0
                }
                return ["\(prefix)/\(name)"] + (over.map { ["\(prefix)/\($0)"] } ?? [])
            }
            guard directory != "/" else { break }
            directory = AbsolutePath.of("..", in: directory)
        }
        throw ComposeFailure(
            "no configuration file provided: not found",
            help: "go to the folder with your docker-compose.yml, or name it: docker compose -f FILE …")
    }

    private func addEnvironmentFiles(_ variables: inout Variables, _ directory: String) throws {
        let named = environmentFiles.map { AbsolutePath.of($0, in: workingDirectory) }
        for file in named.isEmpty ? ["\(directory)/.env"] : named {
            guard let bytes = try? FileBytes.read(file) else {
                if named.isEmpty { continue }
                throw ComposeFailure("couldn't find env file: \(file)")
            }
            let text = String(decoding: bytes, as: UTF8.self)
            for (name, value) in try EnvironmentFile.parse(text, file: file, variables: variables) {
                // What the shell says is stronger.
                if let value, environment[name] == nil { variables.values[name] = value }
            }
        }
    }

    private func projectName(
        _ root: ComposeValue, _ variables: Variables, _ directory: String
    ) throws(ComposeFailure) -> String {
        if let given = projectName ?? variables.values["COMPOSE_PROJECT_NAME"], !given.isEmpty {
            guard given == Self.normalized(given) else {
                throw ComposeFailure(
                    "invalid project name \"\(given)\"",
                    help: "use lower-case letters, digits, \"-\" and \"_\", and begin with a letter or digit")
            }
            return given
        }
        let name = Self.normalized(root["name"]?.text ?? String(directory.split(separator: "/").last ?? ""))
        guard !name.isEmpty else { throw ComposeFailure("project name must not be empty", help: "name it: -p NAME") }
        return name
    }

    private static func normalized(_ text: String) -> String {
        let allowed = text.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        return String(allowed.drop { $0 == "_" || $0 == "-" })
    }
}

/// Collects names, each once.
private final class NameList: Sendable {
    private let list = Mutex<[String]>([])

    var names: [String] { list.withLock { $0 } }

    func add(_ name: String) {
        list.withLock { if !$0.contains(name) { $0.append(name) } }
    }
}

/// A command of `docker` cannot do what it was asked for.
package struct ComposeFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package var message: String
    package var help: String?
    /// The exit status.
    package var status: Int32

    package init(_ message: String, help: String? = nil, status: Int32 = 1) {
        self.message = message
        self.help = help
        self.status = status
    }

    package var description: String {
        help.map { "\(message)\n\($0)" } ?? message
    }
}
