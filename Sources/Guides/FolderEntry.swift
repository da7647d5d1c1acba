#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Something that lies in a folder on the disk.
package struct FolderEntry: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case folder
        /// A symbolic link, wherever it leads.
        case link
        /// A file, or what the system treats like one.
        case file
    }

    package var name: String
    package var kind: Kind

    /// What lies in the folder at `path`, sorted by name, in one reading of it.
    ///
    /// - Throws: ``FileBytes/ReadError``.
    package static func all(in path: String) throws(FileBytes.ReadError) -> [FolderEntry] {
        FileTrace.note(path)
        guard let folder = opendir(path) else {
            throw FileBytes.ReadError(path: path, code: errno)
        }
        defer { closedir(folder) }
        var entries: [FolderEntry] = []
        while let next = readdir(folder) {
            let name = withUnsafePointer(to: &next.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: next.pointee.d_name)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." {
                entries.append(FolderEntry(name: name, kind: kind(next.pointee.d_type, path + "/" + name)))
            }
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// Some file systems leave it to `lstat` to tell what an entry is.
    private static func kind(_ type: UInt8, _ path: String) -> Kind {
        switch Int32(type) {
        case Int32(DT_DIR): return .folder
        case Int32(DT_LNK): return .link
        case Int32(DT_UNKNOWN): break
        default: return .file
        }
        var status = stat()
        guard lstat(path, &status) == 0 else {
            return .file
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .file
        }
    }
}
