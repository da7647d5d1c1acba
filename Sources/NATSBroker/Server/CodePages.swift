#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The pages of program code and constants that the process has mapped from files.
enum CodePages {
    /// Gives back the pages that have been touched so far; those that are needed come back from the page cache, one by one.
    ///
    /// Starting runs through much code that serving never runs again, and the system maps the surroundings of every page that
    /// is touched: 15 of the 18 MB that a server had resident once it was ready.
    static func release() {
        #if os(Linux)
        // The executable stands first, and goes last. Everything is worked out before anything goes: hardly a thing runs
        // from there on that would bring pages back.
        var ranges = executableConstants().map(unchanged) ?? []
        for mapping in fileMappings().reversed() {
            switch mapping.rights {
            case .execute: ranges.append(mapping.addresses)
            case .read: ranges = unchanged(mapping.addresses) + ranges
            }
        }
        for range in ranges {
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
        #endif
    }

    #if os(Linux)
    private enum Rights {
        /// Code, which nobody has written to.
        case execute
        /// Constants, some of which the loader has filled in.
        case read
    }

    /// What is mapped from files and cannot be written to.
    private static func fileMappings() -> [(addresses: Range<UInt>, rights: Rights)] {
        guard let maps = try? TextFile.read("/proc/self/maps") else { return [] }
        return maps.split(separator: UInt8(ascii: "\n")).compactMap { line in
            // address rights offset device inode path
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count > 5, fields[5].first == UInt8(ascii: "/") else { return nil }
            let rights: Rights
            switch String(decoding: fields[1], as: UTF8.self) {
            case "r-xp": rights = .execute
            case "r--p": rights = .read
            default: return nil
            }
            let bounds = fields[0].split(separator: UInt8(ascii: "-"))
                .compactMap { UInt(String(decoding: $0, as: UTF8.self), radix: 16) }
            return bounds.count == 2 && bounds[0] < bounds[1] ? (bounds[0]..<bounds[1], rights) : nil
        }
    }

    /// The pages that are still as the file has them. Dropping them is safe where nobody writes to any of them meanwhile.
    ///
    /// Source: Documentation/admin-guide/mm/pagemap.rst of Linux: eight bytes a page, bit 61 for a page of a file.
    private static func unchanged(_ addresses: Range<UInt>) -> [Range<UInt>] {
        let map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)
        guard map >= 0 else { return [] }
        defer { close(map) }
        let pageSize = UInt(sysconf(Int32(_SC_PAGESIZE)))
        var entries = [UInt64](repeating: 0, count: 512)
        var ranges: [Range<UInt>] = []
        var page = (addresses.lowerBound + pageSize - 1) / pageSize
        let end = addresses.upperBound / pageSize
        while page < end {
            let wanted = min(entries.count, Int(end - page))
            guard pread(map, &entries, wanted * 8, off_t(page * 8)) == wanted * 8 else { break }
            var first = 0
            for index in 0...wanted where index == wanted || entries[index] & 1 << 61 == 0 {
                if index > first { ranges.append((page + UInt(first)) * pageSize..<(page + UInt(index)) * pageSize) }
                first = index + 1
            }
            page += UInt(wanted)
        }
        return ranges
    }

    /// Where the executable's `.rodata` stands. Swift marks it as writable for the linker, though nothing ever writes to it, so
    /// that it shares a mapping with variables.
    ///
    /// Source: the header and the section headers of ELF, gABI chapters 4 and 5, for 64 bits.
    private static func executableConstants() -> Range<UInt>? {
        let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        func bytes(_ offset: UInt64, _ count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            return pread(file, &bytes, count, off_t(offset)) == count ? bytes : nil
        }
        func number<Number: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int, _ type: Number.Type) -> Number {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
        }
        // Only where an executable stands at the addresses that it was linked for.
        guard let header = bytes(0, 64), header.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2]),
            number(header, 0x10, UInt16.self) == 2
        else { return nil }
        let place = number(header, 0x28, UInt64.self)
        let size = Int(number(header, 0x3A, UInt16.self))
        let count = Int(number(header, 0x3C, UInt16.self))
        let namesIndex = Int(number(header, 0x3E, UInt16.self))
        guard size >= 64, namesIndex < count, let sections = bytes(place, size * count) else { return nil }
        let namesAt = number(sections, namesIndex * size + 0x18, UInt64.self)
        for section in 0..<count {
            let name = UInt64(number(sections, section * size, UInt32.self))
            guard let text = bytes(namesAt + name, 8), text == Array(".rodata\0".utf8) else { continue }
            let start = UInt(number(sections, section * size + 0x10, UInt64.self))
            return start..<start + UInt(number(sections, section * size + 0x20, UInt64.self))
        }
        return nil
    }
    #endif
}
