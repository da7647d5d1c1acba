#if canImport(Glibc) || canImport(Musl)
@preconcurrency import Dispatch
import NIOConcurrencyHelpers
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Linux's own watch over folders. New folders are watched as they appear.
///
/// Only finished changes count: a file that was closed after writing, moved, or deleted, so that nobody reads half a file.
final class InotifyWatch: Sendable {
    private static let mask = UInt32(
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ATTRIB | IN_ONLYDIR
    )

    private let watcher: FileWatcher
    private let descriptor: CInt
    /// Which folder a watch belongs to.
    private let watches: NIOLockedValueBox<[CInt: String]> = NIOLockedValueBox([:])

    /// Nil where the system has no watch to spare.
    init?(_ watcher: FileWatcher) {
        self.watcher = watcher
        descriptor = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        guard watcher.allFolders().allSatisfy(add) else {
            close(descriptor)
            return nil
        }
    }

    func changes() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let queue = DispatchQueue(label: "launchpad.watch")
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler { [self] in
                if drain() {
                    continuation.yield()
                }
            }
            source.setCancelHandler { [descriptor] in
                _ = close(descriptor)
            }
            continuation.onTermination = { _ in source.cancel() }
            source.activate()
        }
    }

    private func add(_ folder: String) -> Bool {
        let watch = inotify_add_watch(descriptor, folder, Self.mask)
        if watch >= 0 {
            watches.withLockedValue { $0[watch] = folder }
        }
        // A folder that vanished meanwhile needs no watch.
        return watch >= 0 || errno == ENOENT
    }

    /// Reads what has happened; true when it matters.
    private func drain() -> Bool {
        var matters = false
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return matters }
            buffer.withUnsafeBytes { bytes in
                var offset = 0
                while offset + MemoryLayout<inotify_event>.size <= count {
                    let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    let start = offset + MemoryLayout<inotify_event>.size
                    let name = bytes[start..<(start + Int(event.len))].prefix { $0 != 0 }
                    offset = start + Int(event.len)
                    matters = handle(event, String(decoding: name, as: UTF8.self)) || matters
                }
            }
        }
    }

    private func handle(_ event: inotify_event, _ name: String) -> Bool {
        if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
            return true
        }
        guard let folder = watches.withLockedValue({ $0[event.wd] }), !name.isEmpty else { return false }
        let path = folder + "/" + name
        guard watcher.counts(path) else { return false }
        let isFolder = event.mask & UInt32(IN_ISDIR) != 0
        if isFolder, event.mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 {
            for new in watcher.folders(below: path) {
                _ = add(new)
            }
            return true
        }
        // A new file counts when it is closed.
        return event.mask & UInt32(IN_CREATE) == 0
    }
}
#endif
