import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `rename(2)`: moves a file in one step, replacing what stands at the target.
func posixRename(_ source: UnsafePointer<CChar>, _ target: UnsafePointer<CChar>) -> CInt {
    rename(source, target)
}

extension Errno {
    /// The error of the system call that failed last on this thread.
    static var current: Errno { Errno(rawValue: errno) }
}
