import ArgumentParser
import Guides
import Proving
import Publishing
import Tangling

/// Makes the site of a project from what is on the disk: guides, files, the ledger and the theme.
struct SiteAssembly: Sendable {
    /// What the command line says about the site.
    struct Choices: Sendable {
        var baseURL: String?
        var isStrict = false
        var includesDrafts = false
        var versionLabel: String?
        /// When guides were changed last, by their paths; read from git where it is nil.
        var dates: [String: String]?
    }

    let project: Project
    let choices: Choices
    /// What is as it remembers it is not worked out again; the site's search comes later then.
    var memory: ProjectMemory?

    /// - Returns: the site, nil where guides or theme have errors, and all diagnostics. A file on the disk that is not as
    ///   its guide says is a warning, and an error where strictness was asked for.
    func build() async -> (site: SiteBuilder.Site?, diagnostics: [Diagnostic]) {
        var (loaded, diagnostics) = await LoadedProject.load(project, remembering: memory)
        let theme: Theme
        do {
            theme = try Theme.load(root: project.root)
        } catch let error as DiagnosticsError {
            return (nil, diagnostics + error.diagnostics)
        } catch {
            return (nil, diagnostics + [Diagnostic(code: "unreadable-theme", "\(error)", file: "site/theme")])
        }
        guard let loaded else { return (nil, diagnostics) }
        do {
            let drifts = try await loaded.tangler().compare()
            diagnostics += drifts.map { $0.diagnostic(choices.isStrict ? .error : .warning) }
        } catch let error as DiagnosticsError {
            diagnostics += error.diagnostics
        } catch {
            diagnostics.append(Diagnostic(code: "unreadable-files", "\(error)", file: project.configuration.ops))
        }
        let ledgerFile = LedgerFile(root: project.root)
        let ledger = ledgerFile.read()
        let document = ledger.flatMap { _ in try? FileBytes.read(ledgerFile.path) } ?? []
        if ledger == nil, (try? FileBytes.read(ledgerFile.path)) != nil {
            diagnostics.append(
                Diagnostic(
                    .warning,
                    code: "unreadable-ledger",
                    "the proofs can't be read, so every check counts as not run",
                    file: ".launchpad/ledger.json",
                    help: "run launchpad check"
                )
            )
        }
        let guideFiles = GuideFiles(guides: loaded.guides, plan: loaded.described)
        let memory = memory
        let entries = await zip(loaded.guides, loaded.scenarios).map { ($0, $1) }.concurrentMap { guide, scenario in
            let reading = memory?.markup(of: guide) ?? MarkupReading(guide)
            // Only checks can be stale, so only of them it matters which files they would run with.
            let hash = scenario.checks.isEmpty ? nil : GuideFiles.hash(guideFiles.of(guide), of: guide)
            return (
                SiteSource.Entry(guide: guide, markup: reading.markup, scenario: scenario, filesHash: hash),
                reading.diagnostics
            )
        }
        diagnostics += entries.flatMap(\.1)
        var source = SiteSource(
            entries: entries.map(\.0),
            plan: loaded.plan,
            ledger: ledger,
            ledgerDocument: document,
            tool: Ledger.Tool(name: "launchpad", version: LaunchpadCommand.configuration.version),
            files: DiskFiles(root: project.root),
            configuration: configuration
        )
        source.updated = choices.dates ?? GitDates.read(root: project.root, folder: project.configuration.docs)
        source.audit = AuditFile(root: project.root).read()?.summary(of: loaded.described)
        source.history = ProofHistoryFile(root: project.root).read()
        let site = await SiteBuilder(source, theme: theme).build(remembering: memory?.site)
        freeBeside(source)
        return (site, diagnostics + site.diagnostics)
    }

    /// What the project and the command line say about the site.
    var configuration: SiteConfiguration {
        var configuration = SiteConfiguration(
            title: project.configuration.title,
            description: project.configuration.description,
            repository: project.configuration.repository,
            edit: project.configuration.edit,
            baseURL: choices.baseURL ?? project.configuration.url,
            rawHTML: project.configuration.allowsRawHTML ? .allow : .safe,
            includesDrafts: choices.includesDrafts,
            isStrict: choices.isStrict
        )
        configuration.variables = project.configuration.variables
        configuration.redirects = project.configuration.redirects
        configuration.versions = project.configuration.versions
        configuration.versionLabel = choices.versionLabel
        return configuration
    }
}
