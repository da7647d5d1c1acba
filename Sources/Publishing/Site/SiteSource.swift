package import Guides
package import Proving
package import Tangling

/// Everything that a site is made of: guides, what they describe, what was proven, and the project's files.
package struct SiteSource: Sendable {
    /// One guide with all that the earlier stages know about it.
    package struct Entry: Sendable {
        package var guide: Guide
        package var markup: Markup
        /// The guide's checks; nil where it has none.
        package var scenario: Scenario?
        /// The hash of the files that the guide's checks would run with now; nil where it isn't known. A proof with another
        /// one is stale.
        package var filesHash: String?

        package init(guide: Guide, markup: Markup, scenario: Scenario? = nil, filesHash: String? = nil) {
            self.guide = guide
            self.markup = markup
            self.scenario = scenario
            self.filesHash = filesHash
        }
    }

    package var entries: [Entry]
    package var plan: TanglePlan
    /// The last run; nil where nothing was ever run.
    package var ledger: Ledger?
    /// The ledger's document as it lies on the disk, published unchanged; empty where there is no ledger.
    package var ledgerDocument: [UInt8]
    /// What runs checks now; nil where that does not matter.
    package var tool: Ledger.Tool?
    package var files: any ProjectFiles
    package var configuration: SiteConfiguration
    /// When each guide was changed last, by its path, as ISO 8601 dates.
    package var updated: [String: String] = [:]
    /// What came of earlier runs.
    package var history = ProofHistory()
    /// What an audit of these very files found out; nil where there was none.
    package var audit: AuditSummary?

    package init(
        entries: [Entry],
        plan: TanglePlan,
        ledger: Ledger?,
        ledgerDocument: [UInt8] = [],
        tool: Ledger.Tool? = nil,
        files: any ProjectFiles,
        configuration: SiteConfiguration
    ) {
        self.entries = entries
        self.plan = plan
        self.ledger = ledger
        self.ledgerDocument = ledgerDocument
        self.tool = tool
        self.files = files
        self.configuration = configuration
    }
}

/// The project's files, as far as a site asks for them. Paths are relative to the project's root.
package protocol ProjectFiles: Sendable {
    /// What stands at `path`; nil where nothing does, or where it leads out of the project.
    func kind(of path: String) -> ProjectFileKind?
    /// The bytes of the file at `path`; nil where there is none that can be read.
    func contents(of path: String) -> [UInt8]?
}

package enum ProjectFileKind: Sendable, Hashable {
    case file, directory
}

/// What a project may choose about its site.
package struct SiteConfiguration: Sendable, Hashable {
    /// Stands in the header and behind every page's title.
    package var title: String
    package var description: String?
    /// The repository's address, for a link on every page.
    package var repository: String?
    /// What stands in front of a guide's path where it can be edited.
    package var edit: String?
    /// Where the site will live, such as `https://docs.example.com/launchpad/`; canonical links, the sitemap and the feed
    /// need it.
    package var baseURL: String?
    package var rawHTML: RawHTMLPolicy
    /// Where drafts are published too.
    package var includesDrafts: Bool
    /// Blocks that are not proven are errors.
    package var isStrict: Bool
    /// What `{{ name }}` in a guide's text stands for.
    package var variables: [String: String] = [:]
    /// Addresses that pages have left, and where they are now.
    package var redirects: [ProjectConfiguration.Pair] = []
    /// Labels of the published versions, the newest first, with their addresses.
    package var versions: [ProjectConfiguration.Pair] = []
    /// The label of the version that is built; nil where there is one version only.
    package var versionLabel: String?

    package init(
        title: String = "Launchpad",
        description: String? = nil,
        repository: String? = nil,
        edit: String? = nil,
        baseURL: String? = nil,
        rawHTML: RawHTMLPolicy = .safe,
        includesDrafts: Bool = false,
        isStrict: Bool = false
    ) {
        self.title = title
        self.description = description
        self.repository = repository
        self.edit = edit
        self.baseURL = baseURL
        self.rawHTML = rawHTML
        self.includesDrafts = includesDrafts
        self.isStrict = isStrict
    }
}
