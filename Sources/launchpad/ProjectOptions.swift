import ArgumentParser
import Guides
import Proving
import Tangling

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// When to use colours.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never
}

/// What every command that works on a project takes.
struct ProjectOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The project's folder; the nearest one above this folder by default.", valueName: "dir"))
    var root: String?

    @Option(help: ArgumentHelp("Use colours: auto (on a terminal), always or never.", valueName: "when"))
    var color: ColorChoice = .auto

    /// Whether to use colours on the given stream. `NO_COLOR` and a dumb terminal turn `auto` off.
    func isColored(_ descriptor: Int32 = STDOUT_FILENO) -> Bool {
        switch color {
        case .always: return true
        case .never: return false
        case .auto:
            let noColor = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
            let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
            return isatty(descriptor) == 1 && !noColor && !isDumb
        }
    }

    /// Opens the project.
    ///
    /// - Throws: an exit status, after saying why.
    func openProject() throws -> Project {
        do {
            if let root {
                return try Project.open(root: root)
            }
            return try Project.locate(from: ".")
        } catch let error as DiagnosticsError {
            report(error.diagnostics, root: root ?? ".")
            throw ExitCode(1)
        } catch let error as Project.LocateError {
            printError(error.description)
            throw ExitCode(root == nil ? 3 : ExitCode.validationFailure.rawValue)
        }
    }

    /// The exit status for errors in guides: 3 where there are none at all, 2 where only files differ from what guides
    /// say, else 1.
    func exitStatus(of errors: [Diagnostic]) -> ExitCode {
        if errors.contains(where: { $0.code == Project.noGuides }) {
            return ExitCode(3)
        }
        return errors.allSatisfy { $0.code == Drift.code } ? ExitCode(2) : ExitCode(1)
    }

    /// Opens the project, reads its guides, and works out its checks and files.
    ///
    /// - Parameter tell: is given everything that is wrong with the guides, after it was printed.
    /// - Throws: an exit status, after printing everything that is wrong with the guides, when there is an error.
    func load(tell: ([Diagnostic]) -> Void = { _ in }) async throws -> LoadedProject {
        let project = try openProject()
        let (loaded, diagnostics) = await LoadedProject.load(project)
        report(diagnostics, root: project.root)
        tell(diagnostics)
        guard let loaded else {
            throw exitStatus(of: diagnostics.filter { $0.severity == .error })
        }
        return loaded
    }

    /// Prints diagnostics to standard error.
    func report(_ diagnostics: [Diagnostic], root: String) {
        guard !diagnostics.isEmpty else {
            return
        }
        let renderer = DiagnosticRenderer(
            colored: isColored(STDERR_FILENO), width: Terminal.width(of: STDERR_FILENO), root: root
        )
        writeStandardError(renderer.render(diagnostics))
    }

    /// Prints one error that has no place in a guide to standard error.
    func printError(_ message: String) {
        let prefix = isColored(STDERR_FILENO) ? "\u{1B}[1;31merror\u{1B}[0m" : "error"
        let text = TerminalCells.wrap(message, limit: Terminal.width(of: STDERR_FILENO), column: 7, indentation: 2)
        writeStandardError("\(prefix): \(text)\n")
    }
}

/// Prints sentences to standard output. On a terminal no line breaks in the middle of a word.
func printMessage(_ text: String, terminator: String = "\n") {
    print(TerminalCells.wrapLines(text, limit: Terminal.outputWidth), terminator: terminator)
}

/// Writes `text` to standard error, all of it.
func writeStandardError(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        if count < 0 {
            if errno == EINTR {
                continue
            }
            return
        }
        bytes = bytes.dropFirst(count)
    }
}
