import CWorkbench
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The terminal that a person sits at, as it reaches into a workbench: what they type goes in, what is printed comes out.
///
/// A pseudo-terminal stands between, because a sandbox must not hold a person's own one: it could type into it.
package final class PersonsTerminal: Sendable {
    private let outside: Int32
    /// The end that a shell gets.
    let inside: Int32

    /// - Throws: ``CouldNotRun`` where nobody sits at a terminal, or the system has no more of them.
    package init() throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw CouldNotRun("a shell needs a terminal, and there is none", help: "run it where you can type")
        }
        var ends: (outside: Int32, inside: Int32) = (-1, -1)
        let error = workbench_open_terminal(&ends.outside, &ends.inside)
        guard error == 0 else {
            throw CouldNotRun("no terminal can be made: \(Errno(rawValue: error))")
        }
        (outside, inside) = ends
    }

    deinit {
        close(inside)
        close(outside)
    }

    /// Carries bytes both ways until `signal` can be read.
    func carry(until signal: Int32) {
        var former = termios()
        tcgetattr(STDIN_FILENO, &former)
        var raw = former
        cfmakeraw(&raw)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
        defer { tcsetattr(STDIN_FILENO, TCSADRAIN, &former) }
        var list = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: outside, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signal, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            copySize()
            // Woken now and then, because the window may get another size.
            let count = poll(&list, nfds_t(list.count), 200)
            guard count >= 0 || errno == EINTR else { return }
            guard count > 0 else { continue }
            // First what is printed: the last of it comes with the end.
            if list[1].revents & Int16(POLLIN) != 0 { move(from: outside, to: STDOUT_FILENO) }
            if list[0].revents & Int16(POLLIN) != 0, !move(from: STDIN_FILENO, to: outside) { list[0].fd = -1 }
            if list[2].revents != 0, list[1].revents & Int16(POLLIN) == 0 { return }
        }
    }

    private func copySize() {
        var size = winsize()
        if ioctl(STDIN_FILENO, UInt(TIOCGWINSZ), &size) == 0 { _ = ioctl(outside, UInt(TIOCSWINSZ), &size) }
    }

    /// Returns false at the end of what can be read.
    @discardableResult
    private func move(from source: Int32, to target: Int32) -> Bool {
        guard let bytes = try? Descriptor.read(source, upTo: 4096), !bytes.isEmpty else { return false }
        try? Descriptor.writeAll(bytes, to: target)
        return true
    }
}
