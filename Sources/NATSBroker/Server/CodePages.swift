#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The pages of program code that the process has mapped.
enum CodePages {
    /// Gives back the pages that have been touched so far; those that are needed come back from the page cache, one by one.
    ///
    /// Starting runs through much code that serving never runs again, and the system maps the surroundings of every page that
    /// is touched: 9 of the 13 MB that a server had resident once it was ready.
    static func release() {
        #if os(Linux)
        let ranges = codeRanges()
        // The executable stands first. It goes last, and hardly anything runs after it that would bring pages back.
        for range in ranges.reversed() {
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
        #endif
    }

    #if os(Linux)
    /// Where the process has mapped code that nobody has written to: dropping it loses nothing.
    private static func codeRanges() -> [Range<UInt>] {
        guard let maps = try? TextFile.read("/proc/self/maps") else { return [] }
        return maps.split(separator: UInt8(ascii: "\n")).compactMap { line in
            // address permissions offset device inode path
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count > 5, fields[1].elementsEqual("r-xp".utf8), fields[5].first == UInt8(ascii: "/") else {
                return nil
            }
            let bounds = fields[0].split(separator: UInt8(ascii: "-"))
                .compactMap { UInt(String(decoding: $0, as: UTF8.self), radix: 16) }
            return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : nil
        }
    }
    #endif
}
