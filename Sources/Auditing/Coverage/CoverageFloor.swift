/// The shares that must not sink any more (`--ratchet`): a file that is committed, and rises with them.
package struct CoverageFloor: Codable, Sendable, Hashable {
    /// Per cent by kind of item.
    package var percent: [String: Double]

    package init(of report: CoverageReport) {
        let kinds = CoverageReport.Kind.allCases.filter { report.count($0) > 0 }
        percent = Dictionary(uniqueKeysWithValues: kinds.map { ($0.rawValue, report.percent($0)) })
    }

    /// The kinds of which `report` proves less than this says, in words.
    package func losses(in report: CoverageReport) -> [String] {
        CoverageReport.Kind.allCases.compactMap { kind in
            guard let floor = percent[kind.rawValue], report.percent(kind) < floor else { return nil }
            return "\(kind.plural): \(report.percent(kind)) % are proven, and it was \(floor) %"
        }
    }

    /// This one, raised to what `report` proves.
    package func raised(to report: CoverageReport) -> CoverageFloor {
        var raised = self
        raised.percent.merge(CoverageFloor(of: report).percent) { max($0, $1) }
        return raised
    }
}
