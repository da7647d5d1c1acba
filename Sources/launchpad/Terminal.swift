#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What is known about the terminal behind a descriptor.
enum Terminal {
    /// The width of the one behind standard output.
    static var outputWidth: Int? { width(of: STDOUT_FILENO) }

    /// Its width in cells; nil where there is no terminal, 80 where it does not tell.
    static func width(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }
}
