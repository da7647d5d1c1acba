/// What of the guides' text a check proves, and where.
package struct CoverageReport: Codable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        /// A key of a file that a guide describes.
        case setting
        /// A command that a guide shows or mentions.
        case command
        /// An error message that a guide shows or mentions.
        case message

        var plural: String {
            switch self {
            case .setting: "settings"
            case .command: "commands"
            case .message: "error messages"
            }
        }
    }

    /// One thing that a guide says.
    package struct Item: Codable, Sendable, Hashable {
        package var kind: Kind
        /// `ops/nats.conf max_payload`, `nats pub …`, `Authorization Violation`.
        package var text: String
        package var guide: String
        package var line: Int
        package var isProven: Bool
        /// The checks that prove it, `docs/running-nats.md#varz`; of many the first ones.
        package var provenBy: [String]
        /// Why it is not proven, or nil.
        package var reason: String?
    }

    /// By guide and line.
    package var items: [Item]
    /// True where an audit says of every setting whether a change of it is noticed. Without one a setting counts as proven
    /// as soon as a check that passes reads its file.
    package var isAudited: Bool

    package func count(_ kind: Kind? = nil, proven: Bool? = nil) -> Int {
        items.count { (kind == nil || $0.kind == kind) && (proven == nil || $0.isProven == proven) }
    }

    /// Per cent, rounded down to a tenth so that 100 means all; 100 where there is nothing to prove.
    package func percent(_ kind: Kind? = nil) -> Double {
        let all = count(kind)
        return all == 0 ? 100 : Double(count(kind, proven: true) * 1000 / all) / 10
    }
}

extension CoverageReport {
    /// For people: the shares, and what is not proven, with its place.
    package func text(isVerbose: Bool = false) -> String {
        var text = ""
        for kind in Kind.allCases where count(kind) > 0 {
            let share = "\(count(kind, proven: true)) of \(count(kind))"
            text += "\(kind.plural): \(share) proven (\(percent(kind)) %)\n"
        }
        text += "all: \(count(proven: true)) of \(count()) proven (\(percent()) %)\n"
        if !isAudited, count(.setting) > 0 {
            text +=
                "settings count as proven where a check reads their file; launchpad audit says which are really noticed\n"
        }
        text += list("not proven", items.filter { !$0.isProven }) { $0.reason ?? "" }
        if isVerbose {
            text += list("proven", items.filter(\.isProven)) { $0.provenBy.joined(separator: ", ") }
        }
        return text
    }

    private func list(_ title: String, _ items: [Item], _ remark: (Item) -> String) -> String {
        guard !items.isEmpty else { return "" }
        return "\n\(title):\n"
            + items.map { "  \($0.guide):\($0.line): \($0.text): \(remark($0))\n" }.joined()
    }
}
