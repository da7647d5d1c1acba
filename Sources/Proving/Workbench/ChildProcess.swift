import CWorkbench
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Starting and awaiting a process at the level of POSIX, where the order of descriptors, sessions and signals matters.
package enum ChildProcess {
    /// Starts `path` in a session of its own, out of reach of the terminal's Ctrl-C.
    ///
    /// - Parameters:
    ///   - name: the name that the process is told it was started under; `path` by default.
    ///   - descriptors: what the process gets, by its own numbers; 0, 1 and 2 must be among them.
    /// - Throws: `Errno` where the system refuses.
    package static func spawn(
        _ path: String,
        arguments: [String],
        called name: String? = nil,
        environment: [String: String],
        directory: String? = nil,
        descriptors: [Int32: Int32]
    ) throws(Errno) -> Int32 {
        let arguments = CStrings([name ?? path] + arguments)
        let environment = CStrings(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        let list = descriptors.sorted { $0.key < $1.key }.map { workbench_descriptor(from: $0.value, to: $0.key) }
        var process: Int32 = 0
        let error = withExtendedLifetime((arguments, environment)) {
            workbench_spawn(
                path, arguments.pointers, environment.pointers, directory, list, Int32(list.count), &process
            )
        }
        guard error == 0 else { throw Errno(rawValue: error) }
        return process
    }

    /// Waits until `process`, a child of this process, has ended and returns its exit status (128 + N for signal N).
    package static func wait(for process: Int32) -> Int {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return exitStatus(status)
    }

    /// Waits for the end of a child, but no longer than `limit`. Returns whether it ended.
    package static func wait(for process: Int32, atMost limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        var step = Duration.microseconds(200)
        while true {
            let result = waitpid(process, nil, WNOHANG)
            if result == process || (result < 0 && errno == ECHILD) { return true }
            if ContinuousClock.now >= deadline { return false }
            var pause = timespec(tv_sec: 0, tv_nsec: Int(step.components.attoseconds / 1_000_000_000))
            nanosleep(&pause, nil)
            step = min(step * 2, .milliseconds(20))
        }
    }

    /// The shell's view of what `waitpid` reports.
    package static func exitStatus(_ status: Int32) -> Int {
        let signal = status & 0x7f
        return signal == 0 ? Int((status >> 8) & 0xff) : 128 + Int(signal)
    }

    /// Sends `signal` to `process`; a process that is gone already is what the sender wanted.
    package static func send(_ signal: Int32, to process: Int32) {
        _ = kill(process, signal)
    }
}

/// A null-terminated array of C strings, as `exec` takes it, that lives as long as this object.
package final class CStrings {
    package let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    package init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() {
            (pointers + index).initialize(to: strdup(string))
        }
        (pointers + strings.count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count {
            free(pointers[index])
        }
        pointers.deallocate()
    }
}
