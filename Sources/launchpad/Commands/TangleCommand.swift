import ArgumentParser
import Guides
import Tangling

/// `launchpad tangle`: writes the files that the guides describe, or says where they differ.
struct TangleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tangle",
        abstract: "Write the files that the guides describe.",
        discussion: """
            Exit status: 0 all files are as the guides say, 1 a guide has an error or a file cannot be written, \
            2 files differ (with --check), 3 there are no guides, 64 wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Flag(help: "Write nothing; show what differs, with guide and line, and exit with 2.")
    var check = false

    @Flag(help: "Remove files that no guide describes any more.")
    var prune = false

    @Flag(help: "Overwrite files that Launchpad did not write.")
    var force = false

    func validate() throws {
        if check, prune || force {
            throw ValidationError("--check writes nothing, so it does not go with --prune or --force")
        }
    }

    func run() async throws {
        let loaded = try await options.load()
        do {
            let tangler = try loaded.tangler()
            if check {
                try reportDrift(await tangler.compare(), loaded)
            } else {
                try await write(tangler)
            }
        } catch let error as DiagnosticsError {
            options.report(error.diagnostics, root: loaded.project.root)
            throw ExitCode(1)
        } catch let error as TangleError {
            options.printError(error.description)
            throw ExitCode(1)
        }
    }

    /// Writes the files. A signal waits until all of them are in place, which takes no more than a moment.
    private func write(_ tangler: Tangler) async throws {
        let interruption = Interruption { _ in }
        defer { interruption.end() }
        printSummary(try await tangler.write(force: force, prune: prune))
        if let signal = interruption.signal {
            throw ExitCode(128 + signal)
        }
    }

    private func reportDrift(_ drifts: [Drift], _ loaded: LoadedProject) throws {
        guard !drifts.isEmpty else {
            print("\(count(loaded.plan.files.count, "file")) as the guides say")
            return
        }
        let report = DriftReport(
            colored: options.isColored(), readers: MeaningReader.all, width: Terminal.outputWidth)
        print(report.render(drifts))
        options.printError(
            "\(count(drifts.count, "difference")) between the guides and the files. "
                + "Where the guide is right, run launchpad tangle; where the file is, launchpad stitch carries it into the guide"
        )
        throw ExitCode(2)
    }

    private func printSummary(_ summary: Tangler.Summary) {
        for path in summary.written {
            printMessage("wrote \(path)")
        }
        for path in summary.repaired {
            printMessage("set the mode of \(path)")
        }
        for path in summary.removed {
            printMessage("removed \(path)")
        }
        for kept in summary.kept {
            printMessage("replaced \(kept.path); its former text is in \(kept.copy)")
        }
        for path in summary.orphans {
            printMessage("\(path) is not described by any guide any more; to remove it, run: launchpad tangle --prune")
        }
        print("\(count(summary.written.count, "file")) written, \(summary.unchanged) unchanged")
    }

    private func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
