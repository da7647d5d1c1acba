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

/// `launchpad accept`: puts what commands print now in the place of what the guides show.
struct AcceptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Rewrite the shown output of guides from a run, after showing the difference.",
        discussion: """
            Commands run as in launchpad check, except that an output that differs stops nothing. Placeholders that still \
            match stay. A wrong exit status is never accepted, nor what looks like a secret.

            Exit status: 0 accepted or nothing to accept, 1 something was refused or declined, 3 something could not be run, \
            64 wrong usage, 130 or 143 interrupted.
            """
    )

    @OptionGroup var options: ProjectOptions
    @OptionGroup var arguments: CheckArguments

    @Flag(name: [.short, .long], help: "Write without asking.")
    var yes = false

    @Flag(name: .customLong("dry-run"), help: "Show the difference and write nothing.")
    var dryRun = false

    func validate() throws {
        if yes, dryRun { throw ValidationError("--dry-run writes nothing, so it does not go with --yes") }
    }

    func run() async throws {
        let loaded = try await CheckRun.load(options)
        let checker = try CheckRun.orExit(options) {
            try arguments.checker(for: loaded, force: true, survey: true, observer: SilentObserver())
        }
        let (ledger, _) = try await CheckRun.run(checker, options)
        for guide in ledger.guides where guide.reason != nil {
            options.printError("\(guide.path): \(guide.reason ?? "")")
        }
        var isRefused = false
        var rewritten: [Rewritten] = []
        for proof in ledger.guides {
            guard let scenario = loaded.scenarios.first(where: { $0.guide.path == proof.path }) else { continue }
            let runners = loaded.project.configuration.runners
            let result = Acceptance.rewrite(scenario: scenario, proof: proof, only: chosen, runners: runners)
            for refusal in result.refusals {
                isRefused = true
                refuse(refusal, in: proof.path)
            }
            if !result.changes.isEmpty { rewritten.append(Rewritten(guide: scenario.guide, result: result)) }
        }
        try offer(rewritten, root: loaded.project.root)
        if ledger.guides.contains(where: { $0.state == .error }) { throw ExitCode(3) }
        if isRefused { throw ExitCode(1) }
    }

    private struct Rewritten {
        var guide: Guide
        var result: Acceptance.Result
    }

    /// The names of the blocks that may change.
    private var chosen: Set<String>? {
        arguments.only.isEmpty ? nil : Set(arguments.only.compactMap { $0.split(separator: "#").last.map(String.init) })
    }

    private func refuse(_ refusal: Acceptance.Refusal, in path: String) {
        options.printError("\(path):\(refusal.line): \(refusal.block) is not accepted: \(refusal.reason)")
    }

    /// Shows what would change, and writes it if that is wanted.
    private func offer(_ rewritten: [Rewritten], root: String) throws {
        guard !rewritten.isEmpty else {
            printMessage("nothing to accept")
            return
        }
        let diff = UnifiedDiff(colored: options.isColored())
        for one in rewritten {
            print(diff.render(one.result.diff, oldName: one.guide.path, newName: one.guide.path), terminator: "")
        }
        guard !dryRun else { return }
        guard try yes || isConfirmed(rewritten.count) else {
            printMessage("nothing was written")
            throw ExitCode(1)
        }
        try CheckRun.orExit(options) {
            try ProjectLock.hold(root) { try write(rewritten, root: root) }
        }
    }

    /// The project's lock must be held.
    private func write(_ rewritten: [Rewritten], root: String) throws {
        // All are looked at before the first is written.
        for one in rewritten where try FileBytes.read("\(root)/\(one.guide.path)") != one.guide.source {
            throw CouldNotRun("\(one.guide.path) was changed while it ran", help: "run launchpad accept again")
        }
        for one in rewritten {
            let path = "\(root)/\(one.guide.path)"
            try AtomicFile.replace(path, with: one.result.bytes)
            guard try FileBytes.read(path) == one.result.bytes else {
                throw CouldNotRun("\(path) does not hold what was written", help: "is something else writing it?")
            }
            printMessage("rewrote \(one.guide.path); to prove it, run: launchpad tangle, then launchpad check")
        }
    }

    /// Asks whoever sits at the terminal.
    ///
    /// - Throws: `ValidationError` where nobody does.
    private func isConfirmed(_ count: Int) throws -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("nobody is here to ask; --yes writes the changes, --dry-run only shows them")
        }
        printMessage("Write \(count == 1 ? "this guide" : "these \(count) guides")? [y/N] ", terminator: "")
        fflush(nil)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
