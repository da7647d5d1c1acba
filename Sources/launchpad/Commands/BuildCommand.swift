import ArgumentParser
import Guides
import Publishing

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
        let project = try options.openProject()
        let choices = SiteAssembly.Choices(
            baseURL: baseURL, isStrict: strict, includesDrafts: drafts, versionLabel: versionLabel)
        let (site, diagnostics) = await SiteAssembly(project: project, choices: choices).build()
        options.report(diagnostics, root: project.root)
        let errors = diagnostics.filter { $0.severity == .error }
        guard let site, errors.isEmpty else {
            options.printError("the site was not written, because of the errors above")
            throw options.exitStatus(of: errors)
        }
        let folder = output ?? project.root + "/site/public"
        do {
            let sums = await SiteIntegrity.file(of: site.files)
            let report = try await SiteWriter(output: folder).write(site.files + [sums])
            let time = Readable.duration(milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
            print("\(Readable.count(site.pages, "page")) in \(time): \(site.summary)")
            print("\(report.written) files written, \(report.unchanged) unchanged, \(report.removed) removed")
            print("open \(folder)/index.html")
        } catch {
            options.printError("\(error)")
            throw ExitCode(3)
        }
    }
}
