#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The turn to change what a project keeps: its guides, its tangled files, its ledger. One process at a time has it.
///
/// The project's folder itself is locked, so that nothing needs to be made for it, and the system gives the lock back for
/// a process that is killed. Where a file system knows no locks, everybody has the turn: each file is replaced as a whole
/// in any case.
package final class ProjectLock: Sendable {
    private let descriptor: CInt

    /// Waits for the turn.
    ///
    /// - Parameter root: the project's root.
    package init(root: String) {
        descriptor = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        while descriptor >= 0, flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Runs `body` while no other process changes what the project at `root` keeps. Turns must not be nested.
    package static func hold<Result>(_ root: String, _ body: () throws -> Result) rethrows -> Result {
        try withExtendedLifetime(ProjectLock(root: root), body)
    }
}
