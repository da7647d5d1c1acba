import ArgumentParser
import Auditing
import Guides
import Proving

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `launchpad coverage`: says what of the guides' text a check proves, and where.
struct CoverageCommand: AsyncParsableCommand {
    /// How to tell it.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case pretty, json
    }

    static let configuration = CommandConfiguration(
        commandName: "coverage",
        abstract: "Say which settings, commands and error messages of the guides are proven, and where.",
        discussion: """
            Nothing is run: it reads what launchpad check and launchpad audit found out.

            Exit status: 0 told, 1 less is proven than --min-proven or --ratchet asks for, 3 the guides or the ratchet's file \
            cannot be read, 64 wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Option(name: .customLong("min-proven"), help: ArgumentHelp("Fail below this share.", valueName: "per cent"))
    var minProven: Double?

    @Option(
        help: ArgumentHelp(
            "Fail where less is proven than this file says, and raise it where more is: commit it with the guides.",
            valueName: "file"))
    var ratchet: String?

    @Flag(help: "List also what is proven, and by which check.")
    var verbose = false

    @Option(help: "How to tell it: pretty or json.")
    var format = Format.pretty

    @Option(help: ArgumentHelp("Write the report to a file.", valueName: "file"))
    var output: String?

    func validate() throws {
        if let minProven, !(0...100).contains(minProven) { throw ValidationError("--min-proven is from 0 to 100") }
    }

    func run() async throws {
        let loaded = try await CheckRun.load(options)
        let root = loaded.project.root
        var builder = CoverageBuilder(
            guides: loaded.guides, scenarios: loaded.scenarios, plan: loaded.described,
            ledger: LedgerFile(root: root).read(), audit: AuditFile(root: root).read())
        let report = builder.build()
        let text =
            switch format {
            case .pretty: report.text(isVerbose: verbose)
            case .json: try JSONDocument.text(report)
            }
        try LedgerInput.write(text, to: output, options)
        var isTooLow = false
        if let minProven, report.percent() < minProven {
            options.printError("\(report.percent()) % are proven, and \(minProven) % are asked for")
            isTooLow = true
        }
        if let ratchet {
            let losses = try hold(report, at: ratchet)
            for loss in losses { options.printError(loss) }
            isTooLow = isTooLow || !losses.isEmpty
        }
        if isTooLow { throw ExitCode(1) }
    }

    /// Raises the file's floor, and returns where the report is below it.
    private func hold(_ report: CoverageReport, at path: String) throws -> [String] {
        var floor = CoverageFloor(of: report)
        do {
            let bytes = try FileBytes.read(path)
            let known = try JSONDecoder().decode(CoverageFloor.self, from: Data(bytes))
            let losses = known.losses(in: report)
            guard losses.isEmpty else { return losses }
            floor = known.raised(to: report)
            guard floor != known else { return [] }
        } catch let error as FileBytes.ReadError where error.isMissing {
            printMessage("\(path) is new: commit it, and coverage cannot sink unseen")
        } catch {
            options.printError("\(path) cannot be read: \(error); restore it, or remove it to begin anew")
            throw ExitCode(3)
        }
        try CheckRun.orExit(options) { try AtomicFile.write(Array(JSONDocument.text(floor).utf8), to: path) }
        return []
    }
}
