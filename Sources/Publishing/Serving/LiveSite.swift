/// Keeps a served site up to date: builds it, shows it, and builds it again whenever something changes.
package struct LiveSite: Sendable {
    /// What a build came to.
    package struct Outcome: Sendable {
        /// The site; nil where none could be built and the last good one stays.
        package var files: [SiteFile]?
        /// Messages for the page; empty when all is well.
        package var problems: String
        /// Makes the files that may come a moment later.
        package var later: (@Sendable () async -> [SiteFile])?

        package init(files: [SiteFile]?, problems: String, later: (@Sendable () async -> [SiteFile])? = nil) {
            self.files = files
            self.problems = problems
            self.later = later
        }
    }

    let server: SiteServer
    let watcher: FileWatcher
    /// Makes what can be shown of an edit at once, before the site is built.
    let preview: @Sendable () async -> [SiteFile]
    let build: @Sendable () async -> Outcome
    /// Told after each build how long it took.
    let report: @Sendable (Duration) -> Void

    package init(
        server: SiteServer,
        watcher: FileWatcher,
        preview: @escaping @Sendable () async -> [SiteFile] = { [] },
        build: @escaping @Sendable () async -> Outcome,
        report: @escaping @Sendable (Duration) -> Void
    ) {
        self.server = server
        self.watcher = watcher
        self.preview = preview
        self.build = build
        self.report = report
    }

    /// Runs until its task is cancelled. The watch starts before the first build, so that no change is missed.
    package func run() async {
        let changes = watcher.changes()
        await update()
        for await _ in changes {
            server.show(early: await preview())
            await update()
        }
    }

    private func update() async {
        let start = ContinuousClock.now
        let outcome = await build()
        if let files = outcome.files {
            server.show(files, problems: outcome.problems, keepingOthers: outcome.later != nil)
        } else {
            server.show(problems: outcome.problems)
        }
        report(ContinuousClock.now - start)
        if let later = outcome.later {
            server.add(await later())
        }
    }
}
