import GoFormats
import NATSSubjects

/// The accounts with their exports and imports, built up the way nats-server does it to see what can't be.
///
/// An import needs an export that covers it and that the importing account may use, must not come round to where it
/// started, and must not be there twice.
struct AccountGraph {
    private struct Export {
        var approved: Set<String> = []
        var tokenPosition = 0
        var responseType = ExportOptions.ResponseType.singleton
    }

    private struct Import {
        var account: String
        /// The subject in the exporting account.
        var from: String
        /// The subject in the importing account.
        var to: String
    }

    private struct Node {
        var streamExports: [String: Export] = [:]
        var serviceExports: [String: Export] = [:]
        var streamImports: [Import] = []
        var serviceImports: [Import] = []
    }

    /// How many accounts a search for cycles visits, nats-server's `MaxAccountCycleSearchDepth`.
    private static let deepestSearch = 1024

    private static let invalidSubject = "sublist: invalid subject"

    private let options: ServerOptions
    private var nodes: [String: Node] = [:]
    private var found: [String] = []

    init(_ options: ServerOptions) {
        self.options = options
        for account in options.accounts {
            nodes[account.name] = Node()
        }
    }

    /// What nats-server complains about, in its words and order.
    func problems() -> [String] {
        var graph = self
        graph.eachExport(.stream) { graph, export, account in
            graph.addStream(export, of: account)
        }
        graph.eachExport(.service) { graph, export, account in
            graph.addService(export, of: account)
        }
        graph.eachImport(.stream) { graph, item, account in
            graph.addStream(item, to: account)
        }
        graph.eachImport(.service) { graph, item, account in
            graph.addService(item, to: account)
        }
        return graph.found
    }

    private mutating func eachExport(
        _ kind: ExportOptions.Kind,
        _ body: (inout AccountGraph, ExportOptions, String) -> Void
    ) {
        for account in options.accounts {
            for export in account.exports where export.kind == kind {
                body(&self, export, account.name)
            }
        }
    }

    private mutating func eachImport(
        _ kind: ExportOptions.Kind,
        _ body: (inout AccountGraph, ImportOptions, String) -> Void
    ) {
        for account in options.accounts {
            for item in account.imports where item.kind == kind {
                body(&self, item, account.name)
            }
        }
    }

    // MARK: Exports

    /// The accounts that an export names, those that don't exist being reported.
    private mutating func approved(by export: ExportOptions) -> Set<String> {
        var approved: Set<String> = []
        for name in export.accounts ?? [] {
            if nodes[name] == nil {
                found.append("\(GoText.quoted(name)) account not defined for \(export.kind) export")
            } else {
                approved.insert(name)
            }
        }
        return approved
    }

    private func hasToken(at position: Int, in subject: String) -> Bool {
        let tokens = Subjects.tokens(subject)
        return (1...tokens.count).contains(position) && tokens[position - 1] == "*"
    }

    private mutating func addStream(_ export: ExportOptions, of account: String) {
        let approved = approved(by: export)
        let position = export.accountTokenPosition
        guard position == 0 || hasToken(at: position, in: export.subject) else {
            found.append("Error adding stream export \(GoText.quoted(export.subject)): \(Self.invalidSubject)")
            return
        }
        nodes[account]?.streamExports[export.subject] = Export(approved: approved, tokenPosition: position)
    }

    private mutating func addService(_ export: ExportOptions, of account: String) {
        let approved = approved(by: export)
        let subject = GoText.quoted(export.subject)
        let position = export.accountTokenPosition
        guard position == 0 || hasToken(at: position, in: export.subject) else {
            found.append("Error adding service export \(subject): \(Self.invalidSubject)")
            return
        }
        nodes[account]?.serviceExports[export.subject] = Export(
            approved: approved,
            tokenPosition: position,
            responseType: export.responseType
        )
        guard let latency = export.latency else { return }
        guard !options.noSystemAccount else {
            found.append("Error adding service latency sampling for \(subject): system account not setup")
            return
        }
        let isService = nodes[account]?.serviceExports.keys.contains { Subjects.isSubset(latency.subject, of: $0) }
        let complaint: String
        if !Subjects.isValidToPublish(latency.subject) || isService == true {
            complaint = "invalid publish subject"
        } else if export.responseType != .singleton {
            complaint = "bad service response type"
        } else {
            return
        }
        let target = GoText.quoted(latency.subject)
        found.append("Error adding service latency sampling for \(subject) on subject \(target): \(complaint)")
    }

    /// Whether one of `exports` covers `subject` and lets `account` use it.
    private func isApproved(_ subject: String, for account: String, by exports: [String: Export]) -> Bool {
        if let export = exports[subject] {
            return isApproved(export, for: account, tokens: [])
        }
        guard let cover = exports.keys.sorted().first(where: { Subjects.isSubset(subject, of: $0) }),
            let export = exports[cover]
        else {
            return false
        }
        return isApproved(export, for: account, tokens: Subjects.tokens(subject))
    }

    private func isApproved(_ export: Export, for account: String, tokens: [Substring]) -> Bool {
        if export.tokenPosition > 0 {
            return export.tokenPosition <= tokens.count && tokens[export.tokenPosition - 1] == account
        }
        return export.approved.isEmpty || export.approved.contains(account)
    }

    // MARK: Imports

    private mutating func addStream(_ item: ImportOptions, to account: String) {
        guard let exporter = nodes[item.account] else {
            found.append("\(GoText.quoted(item.account)) account not defined for stream import")
            return
        }
        let to = item.prefix.isEmpty ? item.to : item.prefix + (item.prefix.hasSuffix(".") ? "" : ".") + item.subject
        let complaint = streamComplaint(item, to: to.isEmpty ? item.subject : to, of: account, from: exporter)
        if let complaint {
            found.append("Error adding stream import \(GoText.quoted(item.subject)): \(complaint)")
        }
    }

    private mutating func streamComplaint(
        _ item: ImportOptions,
        to: String,
        of account: String,
        from exporter: Node
    ) -> String? {
        guard Subjects.isValid(item.subject), isApproved(item.subject, for: account, by: exporter.streamExports) else {
            return "stream import not authorized"
        }
        guard !Subjects.hasWildcard(item.prefix) else {
            return "stream import prefix can not contain wildcard tokens"
        }
        for subject in [to, item.subject] {
            var visited: Set<String> = [account]
            if let complaint = streamCycle(subject, in: item.account, visited: &visited) {
                return complaint
            }
        }
        var mapped = to
        if Subjects.hasWildcard(item.subject), to != item.subject {
            do {
                let marked = SubjectTransform.marked(to)
                _ = try SubjectTransform(from: item.subject, to: marked, isStrict: true)
            } catch {
                return "failed to create mapping transform for stream import subject "
                    + "from \(GoText.quoted(item.subject)) to \(GoText.quoted(to)): \(error.message)"
            }
            mapped = SubjectTransform.unmarked(to)
        }
        let isDouble = nodes[account]?.streamImports.contains {
            $0.account == item.account && $0.from == item.subject
        }
        guard isDouble != true else {
            return "stream import already exists"
        }
        nodes[account]?.streamImports.append(Import(account: item.account, from: item.subject, to: mapped))
        return nil
    }

    private func streamCycle(_ subject: String, in account: String, visited: inout Set<String>) -> String? {
        guard visited.count < Self.deepestSearch else { return "search cycle depth exhausted" }
        guard let node = nodes[account],
            node.streamExports.keys.contains(where: { Subjects.isSubset(subject, of: $0) })
        else {
            return nil
        }
        for item in node.streamImports where Subjects.collide(subject, item.to) {
            guard !visited.contains(item.account) else { return "import forms a cycle" }
            visited.insert(account)
            let narrowed = Subjects.isSubset(item.to, of: subject) ? item.to : subject
            if let complaint = streamCycle(narrowed, in: item.account, visited: &visited) {
                return complaint
            }
        }
        return nil
    }

    private mutating func addService(_ item: ImportOptions, to account: String) {
        guard let exporter = nodes[item.account] else {
            found.append("\(GoText.quoted(item.account)) account not defined for service import")
            return
        }
        if let complaint = serviceComplaint(item, of: account, from: exporter) {
            found.append("Error adding service import \(GoText.quoted(item.subject)): \(complaint)")
        }
    }

    private mutating func serviceComplaint(_ item: ImportOptions, of account: String, from exporter: Node) -> String? {
        guard Subjects.isValid(item.subject), Subjects.isValid(item.to) else {
            return Self.invalidSubject
        }
        guard isApproved(item.subject, for: account, by: exporter.serviceExports) else {
            return "service import not authorized"
        }
        let isWild = Subjects.hasWildcard(item.subject)
        var visited: Set<String> = [account]
        let plain = isWild ? SubjectTransform.unmarked(item.to) : item.to
        if let complaint = serviceCycle(plain, in: item.account, visited: &visited) {
            return complaint
        }
        let earlier = nodes[account]?.serviceImports.first { $0.account == item.account && $0.to == item.to }
        if let earlier {
            return "duplicate service import subject \(GoText.quoted(item.to)), previously used in import for "
                + "account \(GoText.quoted(earlier.account)), subject \(GoText.quoted(earlier.from))"
        }
        var exported = item.subject
        if isWild, item.to != item.subject {
            exported = SubjectTransform.unmarked(item.subject)
            do {
                let marked = SubjectTransform.marked(item.to)
                _ = try SubjectTransform(from: exported, to: marked, isStrict: true)
            } catch {
                return "failed to create mapping transform for service import subject "
                    + "from \(GoText.quoted(item.to)) to \(GoText.quoted(exported)): \(error.message)"
            }
        }
        nodes[account]?.serviceImports.append(
            Import(account: item.account, from: exported, to: isWild ? plain : item.to)
        )
        return nil
    }

    private func serviceCycle(_ subject: String, in account: String, visited: inout Set<String>) -> String? {
        guard visited.count < Self.deepestSearch else { return "search cycle depth exhausted" }
        for item in nodes[account]?.serviceImports ?? [] where Subjects.collide(subject, item.from) {
            guard !visited.contains(item.account) else { return "import forms a cycle" }
            visited.insert(account)
            let narrowed = Subjects.isSubset(item.to, of: subject) ? item.to : subject
            if let complaint = serviceCycle(narrowed, in: item.account, visited: &visited) {
                return complaint
            }
        }
        return nil
    }
}
