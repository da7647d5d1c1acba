import ArgumentParser
import Guides
import Publishing
import Tangling

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `launchpad build`: publishes the guides with their proofs as a site.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Publish the guides as a site, each example with its proof.",
        discussion: """
            Proofs come from the last launchpad check. Broken links and anchors are errors, and nothing is written then.

            Exit status: 0 built, 1 a guide has an error (with --strict also: a block is not proven), 2 a file differs from \
            what its guide says (with --strict), 3 there are no guides or the site cannot be written, 64 wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Flag(help: "Fail where any block is not proven or any file is not as its guide says.")
    var strict = false

    @Flag(help: "Publish drafts too.")
    var drafts = false

    @Option(help: ArgumentHelp("Where the site is written; site/public in the project by default.", valueName: "dir"))
    var output: String?

    @Option(
        name: .customLong("base-url"),
        help: ArgumentHelp(
            "The address at which the site will be published, for canonical links and the sitemap; url in launchpad.yml.",
            valueName: "url"
        )
    )
    var baseURL: String?

    @Option(
        name: .customLong("version-label"),
        help: ArgumentHelp(
            "The label of the version that is built; versions in launchpad.yml lists the others.", valueName: "label")
    )
    var versionLabel: String?

    func validate() throws {
        if let baseURL, !baseURL.hasPrefix("https://"), !baseURL.hasPrefix("http://") {
            throw ValidationError("--base-url must start with https:// or http://, such as https://docs.example.com/")
        }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let trace = FileTrace()
        let project = try trace.recording { try options.openProject() }
        let choices = SiteAssembly.Choices(
            baseURL: baseURL, isStrict: strict, includesDrafts: drafts, versionLabel: versionLabel)
        let folder = output ?? project.root + "/site/public"
        let stamp = SiteStamp(root: project.root, key: try key(project, folder))
        if let outcome = await stamp.outcome() {
            options.report(outcome.diagnostics, root: project.root)
            tell(outcome, SiteWriter.Report(unchanged: outcome.files), folder, since: start)
            return
        }
        let (site, diagnostics) = await trace.recording {
            await SiteAssembly(project: project, choices: choices).build()
        }
        options.report(diagnostics, root: project.root)
        let errors = diagnostics.filter { $0.severity == .error }
        guard let site, errors.isEmpty else {
            options.printError("the site was not written, because of the errors above")
            throw options.exitStatus(of: errors)
        }
        do {
            let sums = await SiteIntegrity.file(of: site.files)
            let files = site.files + [sums]
            let report = try await SiteWriter(output: folder).write(files)
            let outcome = SiteStamp.Outcome(
                diagnostics: diagnostics, pages: site.pages, summary: site.summary, files: files.count)
            let paths = files.map(\.path) + [SiteWriter.manifestName]
            // Where it can't be written, such as in a project that is only read, the next build takes as long as this one.
            try? await stamp.write(outcome, trace: trace, outputs: paths.map { folder + "/" + $0 })
            tell(outcome, report, folder, since: start)
        } catch {
            options.printError("\(error)")
            throw ExitCode(3)
        }
    }

    private func tell(
        _ outcome: SiteStamp.Outcome, _ report: SiteWriter.Report, _ folder: String,
        since start: ContinuousClock.Instant
    ) {
        let time = Readable.duration(milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
        printMessage("\(Readable.count(outcome.pages, "page")) in \(time): \(outcome.summary)")
        printMessage("\(report.written) files written, \(report.unchanged) unchanged, \(report.removed) removed")
        print("open \(folder)/index.html")
    }

    /// Everything that the site depends on and that is no file of the project.
    private func key(_ project: Project, _ folder: String) throws -> String {
        let executable = try ExecutablePath.current()
        let parts: [String?] = [
            LaunchpadCommand.configuration.version, executable, FileState(of: executable, .contents).text,
            FileManager.default.currentDirectoryPath, project.root, folder, strict ? "strict" : nil,
            drafts ? "drafts" : nil, baseURL, versionLabel,
            GitDates.state(root: project.root),
            // With another one, other files differ from what their guides say.
            String(Tangler.fileModeMask(), radix: 8),
        ]
        return parts.map { $0.map { "+\($0)" } ?? "-" }.joined(separator: "\n")
    }
}
