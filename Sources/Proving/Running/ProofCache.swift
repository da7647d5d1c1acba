#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Crypto
import Guides

/// Proofs of guides that passed, in `.launchpad/cache`: one file for each guide, engine and isolation, whose first line is the
/// proof and whose second line says what it is a proof of.
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
        guard var proof: GuideProof = read(path(key), line: 0),
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

    /// What the remembered proof is a proof of, and when it was made.
    func inputs(_ key: Key) -> (inputs: GuideInputs, provenAt: String)? {
        guard let proof: GuideProof = read(path(key), line: 0), let inputs: GuideInputs = read(path(key), line: 1),
            inputs.hash == proof.inputHash
        else { return nil }
        return (inputs, proof.startedAt)
    }

    func remember(_ proof: GuideProof, of inputs: GuideInputs, _ key: Key) throws {
        let newline = [UInt8(ascii: "\n")]
        let encoder = JSONEncoder()
        let lines = try [UInt8](encoder.encode(proof)) + newline + [UInt8](encoder.encode(inputs)) + newline
        try AtomicFile.write(lines, to: path(key))
    }

    private func read<Value: Decodable>(_ path: String, line: Int) -> Value? {
        guard let bytes = try? FileBytes.read(path) else { return nil }
        var rest = bytes[...]
        for _ in 0..<line {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            rest = rest[(end + 1)...]
        }
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(rest[..<end]))
    }

    private func path(_ key: Key) -> String {
        var fields = HashFields()
        fields.add("guide", key.guide)
        fields.add("engine", key.engine)
        fields.add("isolation", key.isolation)
        return "\(directory)/\(fields.hash.prefix(32)).json"
    }
}
