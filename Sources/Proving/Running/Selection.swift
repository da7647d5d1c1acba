import Guides

/// Which blocks a run is about (`--only`): those that are named, what they need, and the background commands before them,
/// which make the environment that the guide has at that place.
///
/// Earlier blocks of the same session are not run unless `needs=` names them: a guide that relies on them says so there.
struct Selection: Sendable {
    /// The names of the chosen blocks by guide path; nil for all blocks of all guides.
    private let chosen: [String: Set<String>]?

    /// - Parameter only: `block` or `guide#block`, where the guide is a name (`running-nats`) or a path.
    /// - Throws: ``UnknownBlock`` for a name that no guide has.
    init(_ only: [String], in scenarios: [Scenario]) throws(UnknownBlock) {
        guard !only.isEmpty else {
            chosen = nil
            return
        }
        var chosen: [String: Set<String>] = [:]
        for request in only {
            for (scenario, check) in try Self.named(request, in: scenarios) {
                chosen[scenario.guide.path, default: []].insert(check.block.name)
            }
        }
        for scenario in scenarios {
            guard let names = chosen[scenario.guide.path] else { continue }
            chosen[scenario.guide.path] = Self.closure(of: names, in: scenario)
        }
        self.chosen = chosen
    }

    /// The blocks that `block` or `guide#block` names, where the guide is a name or a path.
    static func named(
        _ request: String, in scenarios: [Scenario]
    ) throws(UnknownBlock) -> [(scenario: Scenario, check: Check)] {
        let parts = request.split(separator: "#", maxSplits: 1).map(String.init)
        var found: [(scenario: Scenario, check: Check)] = []
        for scenario in scenarios {
            guard parts.count < 2 || parts[0] == scenario.guide.name || parts[0] == scenario.guide.path else {
                continue
            }
            found += scenario.checks.filter { $0.block.name == parts.last ?? request }.map { (scenario, $0) }
        }
        guard !found.isEmpty else {
            throw UnknownBlock(name: request, known: scenarios.flatMap { $0.checks.map(\.block.name) })
        }
        return found
    }

    func includes(_ scenario: Scenario) -> Bool {
        chosen.map { $0[scenario.guide.path] != nil } ?? true
    }

    func includes(_ check: Check, of scenario: Scenario) -> Bool {
        chosen.map { $0[scenario.guide.path]?.contains(check.block.name) ?? false } ?? true
    }

    func checks(of scenario: Scenario) -> [Check] {
        scenario.checks.filter { includes($0, of: scenario) }
    }

    private static func closure(of names: Set<String>, in scenario: Scenario) -> Set<String> {
        var wanted = names
        // Backwards, since a block can only need what stands before it.
        for check in scenario.checks.reversed() {
            let isBefore = scenario.checks.contains {
                wanted.contains($0.block.name) && $0.block.index > check.block.index
            }
            if check.serve && isBefore { wanted.insert(check.block.name) }
            if wanted.contains(check.block.name) { wanted.formUnion(check.needs) }
        }
        return wanted
    }
}

/// `--only` names a block that no guide has.
package struct UnknownBlock: Error, Sendable, Hashable {
    package var name: String
    /// The names that there are.
    package var known: [String]
}
