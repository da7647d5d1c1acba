package import Guides
package import Proving

/// Recomputes every hash of a published site: of its files, and of the blocks that its proofs are about.
package struct SiteVerifier: Sendable {
    /// What was found.
    package struct Report: Sendable, Hashable {
        /// Files whose hash is the published one.
        package var files = 0
        /// Proofs whose block, as it stands in the published Markdown, has the hash that was proven.
        package var proofs = 0
        /// Proofs that are published as stale: the block has changed since it ran, and the page says so.
        package var stale = 0
        /// Files in the site's folder that were not published with it, such as a web server's own.
        package var others: [String] = []
        /// What does not agree, in sentences.
        package var problems: [String] = []
    }

    /// Why there is nothing to verify.
    package enum Failure: Error, CustomStringConvertible {
        case noSite(String)
        case unreadable(path: String, reason: String)

        package var description: String {
            switch self {
            case .noSite(let folder):
                "\(folder) is no site that launchpad build wrote: it has no \(SiteIntegrity.name); build it first, or name "
                    + "another folder"
            case .unreadable(let path, let reason): "can't read \(path): \(reason)"
            }
        }
    }

    private let folder: String

    /// - Parameter folder: where the site lies.
    package init(folder: String) {
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }

    /// - Parameter checks: works out the checks of a guide, as the site's project does.
    /// - Throws: ``Failure``.
    package func verify(checks: @escaping @Sendable (Guide) -> [Check]) async throws(Failure) -> Report {
        guard let bytes = try? FileBytes.read(folder + "/" + SiteIntegrity.name),
            let sums = SiteIntegrity.parse(bytes)
        else { throw .noSite(folder) }
        var report = Report()
        let folder = folder
        let found = await sums.sorted { $0.key < $1.key }.concurrentMap { path, sum -> String? in
            guard RelativePath.resolve(path, in: "") == path else { return "\(path): leads out of the site" }
            guard let contents = try? FileBytes.read(folder + "/" + path) else { return "\(path): is missing" }
            return SiteIntegrity.hash(contents) == sum ? nil : "\(path): is not what was published"
        }
        report.files = found.count { $0 == nil }
        report.problems += found.compactMap { $0 }
        report.others = others(sums)
        try await verifyProofs(&report, checks)
        return report
    }

    /// Files in the folder that are not the site's.
    private func others(_ sums: [String: String]) -> [String] {
        var others: [String] = []
        var open = [""]
        while let path = open.popLast() {
            for entry in (try? FolderEntry.all(in: path.isEmpty ? folder : folder + "/" + path)) ?? [] {
                let name = path.isEmpty ? entry.name : path + "/" + entry.name
                if entry.kind == .folder {
                    open.append(name)
                } else if sums[name] == nil, name != SiteIntegrity.name, name != SiteWriter.manifestName {
                    others.append(name)
                }
            }
        }
        return others.sorted()
    }

    private func verifyProofs(
        _ report: inout Report, _ checks: @escaping @Sendable (Guide) -> [Check]
    ) async throws(Failure) {
        guard let bytes = try? FileBytes.read(folder + "/proofs.json") else { return }
        let ledger: Ledger
        do {
            ledger = try Ledger(json: bytes)
        } catch {
            throw .unreadable(path: folder + "/proofs.json", reason: "it is no ledger")
        }
        let folder = folder
        let results = await ledger.guides.concurrentMap { proof -> (good: Int, stale: Int, problems: [String]) in
            // A guide's copy lies at its path below the docs folder, whose name the site does not know.
            let candidates = proof.path.indices.filter { proof.path[$0] == "/" }.map {
                String(proof.path[proof.path.index(after: $0)...])
            }
            guard
                let path = candidates.first(where: { (try? FileBytes.read(folder + "/" + $0)) != nil }),
                let source = try? FileBytes.read(folder + "/" + path),
                let guide = GuideParser.parse(path: proof.path, name: String(path.dropLast(3)), bytes: source).guide
            else {
                return (0, 0, ["proofs.json: there is no Markdown copy of \(proof.path)"])
            }
            let hashes = Dictionary(
                checks(guide).map { ($0.block.name, $0.contentHash) }, uniquingKeysWith: { first, _ in first })
            var result = (good: 0, stale: 0, problems: [String]())
            for block in proof.blocks {
                if hashes[block.name] == block.contentHash {
                    result.good += 1
                } else if Self.showsAsStale(block.name, hashes[block.name], folder, path) {
                    result.stale += 1
                } else {
                    result.problems.append("\(path)#\(block.name): the published block is not the one that was proven")
                }
            }
            return result
        }
        report.proofs = results.reduce(0) { $0 + $1.good }
        report.stale = results.reduce(0) { $0 + $1.stale }
        report.problems += results.flatMap(\.problems)
    }

    /// Whether the page says that the block was not run as it stands: as stale, or, where it is gone, not at all.
    private static func showsAsStale(_ block: String, _ hash: String?, _ folder: String, _ path: String) -> Bool {
        guard hash != nil else { return true }
        guard let page = try? FileBytes.read(folder + "/" + path.dropLast(2) + "html") else { return false }
        let text = String(decoding: page, as: UTF8.self)
        guard let start = text.firstRange(of: "id=\"block-\(Slugger.base(block))\"")?.upperBound,
            let end = text[start...].firstRange(of: "</figure>")?.lowerBound
        else { return false }
        return text[start..<end].contains("is-stale") || text[start..<end].contains("is-not-run")
    }
}
