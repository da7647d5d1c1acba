import Auditing
import Guides
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Says on standard error how far an audit has come: on a terminal in a line that is written over, elsewhere, such as in the log of a
/// job, in one line a half minute.
final class AuditProgressLine: Sendable {
    private static let pause = Duration.seconds(30)

    private let state = Mutex((last: ContinuousClock.now, isShown: false))
    private let width: Int?

    init() {
        let kind = getenv("TERM").map { String(cString: $0) } ?? ""
        width = kind == "dumb" || kind == "" ? nil : Terminal.width(of: STDERR_FILENO)
    }

    func show(_ progress: Auditor.Progress) {
        state.withLock { state in
            let text = Self.text(progress)
            if let width {
                // Room for the ^C that a terminal adds. What does not fit is left out as a whole part.
                let parts = text.indices.map { text[...$0].joined(separator: ", ") }
                let fitting = parts.last { TerminalCells.width(of: $0) < width - 3 } ?? ""
                writeStandardError("\r\u{1b}[K" + fitting)
                state.isShown = true
            } else if ContinuousClock.now - state.last >= Self.pause {
                state.last = .now
                writeStandardError(text.joined(separator: ", ") + "\n")
            }
        }
    }

    func clear() {
        state.withLock { state in
            if state.isShown { writeStandardError("\r\u{1b}[K") }
            state.isShown = false
        }
    }

    private static func text(_ progress: Auditor.Progress) -> [String] {
        var parts = ["\(progress.done) of \(progress.all) tried"]
        if progress.unnoticed > 0 { parts.append("\(progress.unnoticed) unnoticed") }
        if let left = progress.left, progress.done < progress.all { parts.append(time(left) + " left") }
        return parts
    }

    /// `about 3 min`, `about 40 s`: no more than such an estimate knows.
    private static func time(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        if seconds < 10 { return "some seconds" }
        if seconds < 95 { return "about \(Int((seconds / 10).rounded(.up)) * 10) s" }
        return "about \(Int((seconds / 60).rounded(.up))) min"
    }
}
