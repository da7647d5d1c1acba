import Synchronization

/// What a piece of work looked at on the disk, each as it was right before the first look.
///
/// Whatever reads files for a build notes them here, so that the next build can tell whether there is anything to do. A file
/// that changes between the note and the look has another state afterwards: the note errs towards working again.
package final class FileTrace: Sendable {
    /// One thing that was looked at.
    package struct Look: Hashable, Sendable {
        /// As it was looked at.
        package var path: String
        package var kind: FileState.Kind

        package init(path: String, kind: FileState.Kind) {
            self.path = path
            self.kind = kind
        }
    }

    @TaskLocal private static var current: FileTrace?

    private let seen = Mutex<[Look: FileState]>([:])

    package init() {}

    /// Everything that was looked at, sorted by path.
    package var looks: [(look: Look, state: FileState)] {
        seen.withLock { seen in
            seen.map { ($0.key, $0.value) }
                .sorted { ($0.0.path, $0.0.kind.rawValue) < ($1.0.path, $1.0.kind.rawValue) }
        }
    }

    /// Does something whose looks, and those of the tasks in it, are noted.
    package func recording<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        try await Self.$current.withValue(self, operation: body)
    }

    /// The same for what does not wait.
    package func recording<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Self.$current.withValue(self, operation: body)
    }

    /// Says that what is, or is not, at `path` is about to be looked at. Costs nothing to speak of where nobody records.
    package static func note(_ path: String, _ kind: FileState.Kind = .contents) {
        guard let current else { return }
        let look = Look(path: path, kind: kind)
        let isKnown = current.seen.withLock { $0[look] != nil }
        guard !isKnown else { return }
        let state = FileState(of: path, kind)
        current.seen.withLock { seen in
            if seen[look] == nil { seen[look] = state }
        }
    }
}
