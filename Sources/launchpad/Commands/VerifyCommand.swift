import ArgumentParser
import Guides
import Proving
import Publishing

/// `launchpad verify`: recomputes every hash of a published site.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recompute every hash of a published site.",
        discussion: """
            Each file is compared with the sums that were published with it (SHA256SUMS, which sha256sum --check reads \
            too), and the content hash of each proof with the block in the site's own Markdown copy of its guide.

            Exit status: 0 everything agrees, 1 something does not, 3 there is no site, 64 wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Argument(help: ArgumentHelp("Where the site lies; site/public in the project by default.", valueName: "dir"))
    var site: String?

    func run() async throws {
        // The site of another project can be verified anywhere; only samples with runners need to know their project's.
        let isProjectsOwn = site == nil || options.root != nil
        let project = isProjectsOwn ? try options.openProject() : try? Project.locate(from: ".")
        let folder = site ?? (project?.root ?? ".") + "/site/public"
        let runners = project?.configuration.runners ?? [:]
        let report: SiteVerifier.Report
        do {
            report = try await SiteVerifier(folder: folder).verify { guide in
                Scenario.make(from: guide, runners: runners).scenario.checks
            }
        } catch {
            options.printError("\(error)")
            throw ExitCode(3)
        }
        for problem in report.problems {
            options.printError(problem)
        }
        if !report.others.isEmpty {
            printMessage("not published with this site: \(report.others.joined(separator: ", "))")
        }
        var summary = "\(Readable.count(report.files, "file")) and \(Readable.count(report.proofs, "proof")) agree"
        if report.stale > 0 {
            summary += ", \(Readable.count(report.stale, "proof")) published as stale"
        }
        printMessage(summary + (report.problems.isEmpty ? "" : ", \(Readable.count(report.problems.count, "problem"))"))
        if !report.problems.isEmpty { throw ExitCode(1) }
    }
}
