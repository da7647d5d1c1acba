/// How `launchpad check` tells what it found (`--format`).
package enum ReportFormat: String, Sendable, CaseIterable {
    /// For people: live, with diffs.
    case pretty
    /// The ledger.
    case json
    /// JUnit XML, as CI servers read it.
    case junit
    /// Workflow commands, which GitHub shows as annotations beside the guides' lines.
    case github
    /// The Test Anything Protocol, version 13.
    case tap
    /// SARIF 2.1.0, as code scanning and editors read it.
    case sarif
    /// Markdown, for the summary of a job or a pull request.
    case summary

    /// An observer that writes a run in this format to `sink`.
    ///
    /// - Parameter terminal: what the sink's other end can show; only `pretty` asks.
    package func observer(writingTo sink: any ReportSink, terminal: TerminalTraits = .none) -> any RunObserver {
        switch self {
        case .pretty: PrettyReport(sink: sink, terminal: terminal)
        case .json: FinalReport(sink: sink) { (try? $0.json()).map { String(decoding: $0, as: UTF8.self) } ?? "" }
        case .junit: FinalReport(sink: sink, render: JUnitReport.render)
        case .github: FinalReport(sink: sink, render: GitHubReport.render)
        case .tap: FinalReport(sink: sink, render: TAPReport.render)
        case .sarif: FinalReport(sink: sink, render: SARIFReport.render)
        case .summary: FinalReport(sink: sink) { SummaryReport.render($0) }
        }
    }
}

/// Where a report goes: standard output, a file, or a test.
package protocol ReportSink: Sendable {
    func write(_ text: String)
}

/// What a report may use to be read well.
package struct TerminalTraits: Sendable, Hashable {
    /// True when a line that was written can be written over.
    package var isTerminal: Bool
    /// In cells. A progress line stays within it.
    package var width: Int
    package var usesColor: Bool

    /// - Parameter usesColor: false where `NO_COLOR` is set.
    package init(isTerminal: Bool, width: Int = 80, usesColor: Bool) {
        self.isTerminal = isTerminal
        self.width = width
        self.usesColor = usesColor
    }

    /// A file or a pipe.
    package static let none = TerminalTraits(isTerminal: false, usesColor: false)
}

/// Writes its report once the run is over, so that parallel guides come in the order of their paths.
private struct FinalReport: RunObserver {
    let sink: any ReportSink
    let render: @Sendable (Ledger) -> String

    func receive(_ event: RunEvent) {
        if case .runFinished(let ledger) = event { sink.write(render(ledger)) }
    }
}
