import Proving

extension ComposeSession {
    /// Works on all names at once, on each as soon as the work on those that it comes after is done.
    ///
    /// - Parameters:
    ///   - names: without circles among them.
    ///   - after: the names that one comes after; those that are not in `names` do not count.
    /// - Throws: what went wrong first. What comes after it is left out; what has begun is waited for.
    func inParallel<Name: Hashable & Sendable>(
        _ names: [Name], _ work: @escaping @Sendable (Name) throws -> Void,
        after: @escaping @Sendable (Name) -> [Name]
    ) throws {
        let all = Set(names)
        let state = Monitor<(done: Set<Name>, ended: Int, failure: (any Error)?)>(([], 0, nil))
        for name in names {
            BackgroundThread.start {
                let needed = after(name).filter { all.contains($0) && $0 != name }
                let isReady = state.wait { state in
                    state.failure != nil ? false : needed.allSatisfy(state.done.contains) ? true : nil
                }
                let failure: (any Error)?
                do {
                    if isReady ?? false { try work(name) }
                    failure = nil
                } catch {
                    failure = error
                }
                state.withLock { state in
                    state.done.insert(name)
                    state.ended += 1
                    state.failure = state.failure ?? failure
                }
            }
        }
        let failure = state.wait { $0.ended == names.count ? .some($0.failure) : nil }
        if case .some(.some(let error)) = failure { throw error }
    }
}
