import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Collects what one command prints, in order, without ever waiting for the end of its output: a background process may
/// hold the writing end for as long as it likes.
///
/// A named pipe, because a shell can open it by name for one command and every child of that command inherits it.
final class OutputSink {
    /// Bytes that are kept; the rest is counted and thrown away.
    static let kept = 1 << 20
    /// Bytes after which nobody listens any more.
    static let flood = 64 << 20

    let path: String
    private(set) var descriptor: Int32?
    private(set) var bytes: [UInt8] = []
    /// Everything printed so far, kept or not.
    private(set) var total = 0

    private var isLeftBehind = false

    var isTruncated: Bool { total > Self.kept }
    var isFlooded: Bool { total > Self.flood }

    init(path: String) throws(Errno) {
        guard mkfifo(path, 0o600) == 0 else { throw Errno(rawValue: errno) }
        self.path = path
        descriptor = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
    }

    /// Reads what is there, as long as that ends: a pipe holds far less than is read at most.
    func drain() {
        for _ in 0..<64 {
            guard let descriptor, hasNews(descriptor) else { return }
            let chunk: [UInt8]?
            do {
                chunk = try Descriptor.read(descriptor, upTo: 1 << 16)
            } catch {
                chunk = []
            }
            guard let chunk else { return }
            guard !chunk.isEmpty else { return close() }
            total += chunk.count
            bytes += chunk.prefix(max(0, Self.kept - bytes.count))
            if isFlooded && isLeftBehind { close() }
        }
    }

    /// True when there is something to read or nobody left to write; false also as long as nobody has opened the pipe yet,
    /// which a read would take for its end.
    private func hasNews(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// Throws away what was collected, once it has been reported. From now on only background processes write here, and a
    /// flood of theirs ends by SIGPIPE; before, that would hit the shell.
    func leaveBehind() {
        bytes = []
        isLeftBehind = true
    }

    func close() {
        guard let open = descriptor else { return }
        Descriptor.close(open)
        unlink(path)
        descriptor = nil
    }

    deinit {
        close()
    }

    /// The text so far; bytes that are not UTF-8 become U+FFFD, a character cut in two by the limit goes.
    var text: String {
        var end = bytes.count
        if isTruncated {
            while end > 0, bytes[end - 1] & 0xC0 == 0x80 { end -= 1 }
            if end > 0, bytes[end - 1] >= 0xC0 { end -= 1 }
        }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
