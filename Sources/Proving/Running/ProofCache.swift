#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Crypto
import Guides

/// Proofs of guides that passed, in `.launchpad/cache`: one file for each guide, engine and isolation.
///
/// A file is replaced as a whole, so that two runs at once cannot spoil it; one that cannot be read counts as missing.
struct ProofCache: Sendable {
    struct Key: Sendable {
        var guide: String
        var engine: String
        var isolation: String
    }

    private let directory: String

    init(root: String) {
        directory = "\(root)/.launchpad/cache"
    }

    /// The remembered proof, if it is of these very inputs, with the places of its blocks brought up to date.
    func proof(_ key: Key, inputHash: String, of scenario: Scenario) -> GuideProof? {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path(key))),
            var proof = try? JSONDecoder().decode(GuideProof.self, from: data),
            proof.inputHash == inputHash, proof.state == .passed, proof.blocks.count == scenario.checks.count
        else { return nil }
        for (index, check) in scenario.checks.enumerated() {
            guard proof.blocks[index].name == check.block.name else { return nil }
            proof.blocks[index].index = check.block.index
            proof.blocks[index].line = check.block.range.start.line
            for (number, step) in check.steps.enumerated() where number < proof.blocks[index].steps.count {
                proof.blocks[index].steps[number].line = step.line
            }
        }
        proof.title = scenario.guide.title
        proof.cached = true
        return proof
    }

    func remember(_ proof: GuideProof, _ key: Key) throws {
        try AtomicFile.write(Array(try JSONEncoder().encode(proof)), to: path(key))
    }

    private func path(_ key: Key) -> String {
        let digest = SHA256.hash(data: Data("\(key.guide)\n\(key.engine)\n\(key.isolation)".utf8))
        let name = digest.prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return "\(directory)/\(name).json"
    }
}
