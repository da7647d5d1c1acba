import Guides
import Proving
import Publishing

/// Tells of changed blocks as soon as each is done.
struct ChangedBlockReport: RunObserver {
    /// As `guide#block`.
    private let blocks: Set<String>
    private let names: [String: String]
    private let say: @Sendable (String) -> Void

    init(blocks: Set<String>, guides: [Guide], say: @escaping @Sendable (String) -> Void) {
        self.blocks = blocks
        names = Dictionary(guides.map { ($0.path, $0.name) }, uniquingKeysWith: { first, _ in first })
        self.say = say
    }

    func receive(_ event: RunEvent) {
        guard case .blockFinished(let path, let proof) = event, blocks.contains("\(names[path] ?? "")#\(proof.name)")
        else { return }
        let place = "\(path):\(proof.line): \(proof.name)"
        switch proof.state {
        case .passed: say("\(place) passed, \(Readable.duration(milliseconds: proof.durationMilliseconds))\n")
        case .skipped: say("\(place) is skipped: \(proof.reason ?? "")\n")
        case .failed, .blocked, .error:
            // It may rely on blocks that were not run this time, so the whole guide has the last word.
            say("\(place) fails with no more than what it needs: \(proof.reason ?? "")\n")
        }
    }
}
