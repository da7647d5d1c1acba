#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Who descends from whom, read from `/proc`.
///
/// An orphan hangs below the agent, which adopts it, so that a daemon that has left its session and its parents is still
/// found.
enum ProcessTree {
    /// Every living process and its parent. Empty where there is no `/proc`.
    static func parents() -> [pid_t: pid_t] {
        var parents: [pid_t: pid_t] = [:]
        guard let directory = opendir("/proc") else { return [:] }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let process = pid_t(name), let (state, parent) = status(of: process) else { continue }
            // A zombie is dead; it waits for its parent only.
            if state != UInt8(ascii: "Z") { parents[process] = parent }
        }
        return parents
    }

    /// The processes below `root`, without `root`.
    static func descendants(of root: pid_t) -> Set<pid_t> {
        let children = Dictionary(grouping: parents(), by: \.value).mapValues { $0.map(\.key) }
        var found: Set<pid_t> = []
        var open = children[root] ?? []
        while let next = open.popLast() {
            if found.insert(next).inserted { open += children[next] ?? [] }
        }
        return found
    }

    /// State letter and parent out of `/proc/N/stat`. The command in it may hold spaces and parentheses.
    private static func status(of process: pid_t) -> (state: UInt8, parent: pid_t)? {
        guard let descriptor = try? Descriptor.open("/proc/\(process)/stat", O_RDONLY) else { return nil }
        defer { Descriptor.close(descriptor) }
        guard let bytes = try? Descriptor.read(descriptor, upTo: 1024),
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let state = fields[0].first else { return nil }
        return pid_t(String(decoding: fields[1], as: UTF8.self)).map { (state, $0) }
    }
}
