import ArgumentParser
import Guides
import Proving

/// Reading the ledgers that the command line names, and writing what comes of them.
enum LedgerInput {
    /// - Parameter path: nil for the project's own.
    /// - Throws: an exit status, after saying why it cannot be read.
    static func read(_ path: String?, _ options: ProjectOptions) throws -> Ledger {
        let file = try path ?? LedgerFile(root: options.openProject().root).path
        do {
            let ledger = try Ledger(json: FileBytes.read(file))
            guard ledger.version == Ledger.currentVersion else {
                options.printError(
                    "\(file) is of version \(ledger.version), and this Launchpad reads version \(Ledger.currentVersion); "
                        + "make it anew with launchpad check")
                throw ExitCode(3)
            }
            return ledger
        } catch let error as FileBytes.ReadError {
            options.printError(
                "\(file) cannot be read: \(error); "
                    + (path == nil ? "run launchpad check first" : "name a ledger that launchpad check has written"))
        } catch let error as DecodingError {
            options.printError("\(file) is not a ledger (\(Self.place(of: error))); launchpad check writes them")
        }
        throw ExitCode(3)
    }

    /// - Parameter path: nil for standard output.
    static func write(_ text: String, to path: String?, _ options: ProjectOptions) throws {
        guard let path else {
            StandardOutputSink().write(text)
            return
        }
        try CheckRun.orExit(options) { try AtomicFile.write(Array(text.utf8), to: path) }
    }

    private static func place(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" is of another kind"
        case .dataCorrupted(let context): context.codingPath.isEmpty ? "it is not JSON" : context.debugDescription
        @unknown default: "it has another shape"
        }
    }
}
