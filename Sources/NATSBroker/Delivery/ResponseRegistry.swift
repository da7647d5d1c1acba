import NATSSubjects
import NIOCore
import Synchronization

/// The answers that are waited for across accounts: those that an account's services owe, by the subject that they were given,
/// and those that its own clients wait for, by the subject that the clients gave.
///
/// The two sides of an answer lie in the registries of two accounts; no lock is held while the other is taken.
final class ResponseRegistry: Sendable {
    /// The beginning of every reply subject that a service is given.
    static let prefix = Array("_R_.".utf8)

    /// Whether there is anything in it. Read without the lock, by every subscription that ends.
    let isEmpty = Atomic<Bool>(true)
    private let state = Mutex(State())

    private struct State {
        /// `_R_.` and six characters that stay the same for the account.
        var stem: [UInt8]?
        var owed: [[UInt8]: PendingResponse] = [:]
        var awaited: [[UInt8]: [PendingResponse]] = [:]

        var isEmpty: Bool { owed.isEmpty && awaited.isEmpty }
    }

    /// A reply subject that nobody else has.
    func makeSubject() -> [UInt8] {
        state.withLock { state in
            let stem = state.stem ?? Self.prefix + Self.token()
            state.stem = stem
            while true {
                let subject = stem + [0x2E] + Self.token()
                if state.owed[subject] == nil { return subject }
            }
        }
    }

    private static func token() -> [UInt8] {
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        return (0..<6).map { _ in digits[Int.random(in: 0..<digits.count)] }
    }

    /// Takes in an answer that a service of this account owes.
    func addOwed(_ response: PendingResponse) {
        change { $0.owed[response.subject] = response }
    }

    /// Takes in an answer that a client of this account waits for.
    func addAwaited(_ response: PendingResponse) {
        change { $0.awaited[response.reply, default: []].append(response) }
    }

    /// The answer that is published on `subject`.
    func owed(on subject: some Collection<UInt8>) -> PendingResponse? {
        guard subject.starts(with: Self.prefix), !isEmpty.load(ordering: .acquiring) else { return nil }
        return state.withLock { $0.owed[Array(subject)] }
    }

    /// Whether `subject` is one of those that the account's services are given. Whoever answers on it has been heard, even if
    /// nobody waits for the answer any more.
    func covers(_ subject: UnsafeRawBufferPointer) -> Bool {
        guard subject.starts(with: Self.prefix) else { return false }
        guard let stem = state.withLock({ $0.stem }) else { return false }
        return subject.count > stem.count + 1 && subject.starts(with: stem) && subject[stem.count] == 0x2E
    }

    /// - Returns: false when it was not there any more.
    @discardableResult
    func removeOwed(_ response: PendingResponse) -> Bool {
        change { state in
            guard state.owed[response.subject] === response else { return false }
            state.owed[response.subject] = nil
            return true
        }
    }

    func removeAwaited(_ response: PendingResponse) {
        change { state in
            state.awaited[response.reply]?.removeAll { $0 === response }
            if state.awaited[response.reply]?.isEmpty == true { state.awaited[response.reply] = nil }
        }
    }

    /// Takes out the awaited answers whose reply subjects `pattern` covers and `isAbandoned` says nobody listens to any more.
    func takeAwaited(by pattern: [UInt8], where isAbandoned: ([UInt8]) -> Bool) -> [PendingResponse] {
        let subjects = state.withLock { state in
            // Most patterns are single subjects; then there is no need to look at all that is awaited.
            Subject.hasWildcard(pattern)
                ? state.awaited.keys.filter { Subject.isMatched($0, by: pattern) }
                : state.awaited[pattern] == nil ? [] : [pattern]
        }
        let abandoned = subjects.filter(isAbandoned)
        guard !abandoned.isEmpty else { return [] }
        return change { state in abandoned.flatMap { state.awaited.removeValue(forKey: $0) ?? [] } }
    }

    /// The owed answers of one export that nothing was heard of since `deadline`, and whether there are others.
    func overdue(_ export: ServiceExport, since deadline: NIODeadline) -> (late: [PendingResponse], hasMore: Bool) {
        let all = state.withLock { $0.owed.values.filter { $0.export === export } }
        let late = all.filter { $0.lastUsed <= deadline }
        return (late, late.count < all.count)
    }

    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        state.withLock { state in
            let result = body(&state)
            isEmpty.store(state.isEmpty, ordering: .releasing)
            return result
        }
    }
}
