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
package enum ProcessTree {
    /// Every process that can be seen. Empty where there is no `/proc`.
    package static func all() -> [Int32] {
        DirectoryListing.names(in: "/proc").compactMap { Int32($0) }
    }

    /// Every living process and its parent. Empty where there is no `/proc`.
    static func parents() -> [pid_t: pid_t] {
        var parents: [pid_t: pid_t] = [:]
        for name in DirectoryListing.names(in: "/proc") {
            guard let process = pid_t(name), let (state, parent) = status(of: process) else { continue }
            // A zombie is dead; it waits for its parent only.
            if state != UInt8(ascii: "Z") { parents[process] = parent }
        }
        return parents
    }

    /// The processes below `root`, without `root`; some of them may have died and wait for their parents.
    static func descendants(of root: pid_t) -> Set<pid_t> {
        var found: Set<pid_t> = []
        var open = children(of: root)
        while let next = open.popLast() {
            if found.insert(next).inserted { open += children(of: next) }
        }
        return found
    }

    /// The processes that `parent` has started, or has adopted. From the lists that each thread of the parent has, so that it costs nothing how many processes the machine has.
    package static func children(of parent: Int32) -> [Int32] {
        var found: [pid_t] = []
        for thread in DirectoryListing.names(in: "/proc/\(parent)/task") {
            let path = "/proc/\(parent)/task/\(thread)/children"
            guard let descriptor = try? Descriptor.open(path, O_RDONLY) else { continue }
            defer { Descriptor.close(descriptor) }
            var bytes: [UInt8] = []
            while let more = try? Descriptor.read(descriptor, upTo: 4096), !more.isEmpty { bytes += more }
            found += String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
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

/// The names in a directory.
enum DirectoryListing {
    /// Without `.` and `..`; empty where the directory cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
