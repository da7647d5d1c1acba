import Proving
import Synchronization

/// Notes the first check that fails, and has the run stopped there: one failure is enough to notice a mutant.
final class FirstFailure: RunObserver {
    struct Failure: Sendable {
        var guide: String
        /// Nil where the guide as a whole could not run.
        var block: String?
        var reason: String?
    }

    private struct State {
        var failure: Failure?
        var stop: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var failure: Failure? { state.withLock { $0.failure } }

    /// Called once, at the first failure.
    var stop: (@Sendable () -> Void)? {
        get { state.withLock { $0.stop } }
        set { state.withLock { $0.stop = newValue } }
    }

    func receive(_ event: RunEvent) {
        guard case .blockFinished(let guide, let proof) = event, proof.state.isBroken else { return }
        let stop = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.failure == nil else { return nil }
            state.failure = Failure(guide: guide, block: proof.name, reason: proof.reason)
            return state.stop
        }
        stop?()
    }
}

/// Numbers that are the same for the same seed on every machine (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
