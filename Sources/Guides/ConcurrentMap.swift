#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Array where Element: Sendable {
    /// The results of `transform` for all elements, in their order, worked out on several processors where that pays.
    ///
    /// - Parameter least: so many elements at least are worth a task of their own.
    package func concurrentMap<Result: Sendable>(
        atLeast least: Int = 8,
        _ transform: @escaping @Sendable (Element) -> Result
    ) async -> [Result] {
        // Several times as many pieces as processors, so that one that takes long does not hold up the rest.
        let size = Swift.max(least, count / (ProcessInfo.processInfo.activeProcessorCount * 8))
        let pieces = stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
        return await withTaskGroup(of: (Int, [Result]).self) { group in
            for (index, piece) in pieces.enumerated() {
                group.addTask { (index, piece.map(transform)) }
            }
            var results = [[Result]](repeating: [], count: pieces.count)
            for await (index, result) in group {
                results[index] = result
            }
            return results.flatMap { $0 }
        }
    }
}

/// Gives up a value and has its memory freed beside whatever goes on: the trees of thousands of guides are as much work to
/// take apart as some of them are to make, and nobody waits for that.
package func freeBeside(_ value: some Sendable) {
    Task.detached(priority: .background) {
        withExtendedLifetime(value) {}
    }
}
