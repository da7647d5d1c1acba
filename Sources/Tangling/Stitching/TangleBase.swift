import Guides

/// What each file was when it was tangled last, kept in `.launchpad/tangled/` for three-way comparisons.
///
/// The manifest, which is committed, holds hashes; a copy counts only while it has the hash that the manifest says.
struct TangleBase: Sendable {
    private let manifest: Manifest
    /// The remembered copy of the file at a path.
    private let read: @Sendable (String) -> [UInt8]?
    /// The file at a path as it was committed last: a fresh clone remembers nothing else.
    private let committed: @Sendable (String) -> [UInt8]?

    init(
        manifest: Manifest, committed: @escaping @Sendable (String) -> [UInt8]? = { _ in nil },
        read: @escaping @Sendable (String) -> [UInt8]?
    ) {
        self.manifest = manifest
        self.committed = committed
        self.read = read
    }

    init(root: String, manifest: Manifest, committed: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }) {
        self.init(manifest: manifest, committed: committed) {
            try? FileBytes.read("\(root)/\(Self.copy(of: $0))")
        }
    }

    private static func copy(of path: String) -> String {
        ".launchpad/tangled/\(path)"
    }

    /// What was tangled to `path` last; nil where nobody knows any more.
    ///
    /// - Parameter candidates: contents that may be it.
    func contents(of path: String, among candidates: [[UInt8]]) -> [UInt8]? {
        guard let hash = manifest.files[path]?.sha256 else {
            return nil
        }
        func isIt(_ contents: [UInt8]?) -> Bool { contents.map(Manifest.hash) == hash }
        if let candidate = candidates.first(where: isIt) { return candidate }
        return [read, committed].lazy.map { $0(path) }.first(where: isIt) ?? nil
    }

    /// Remembers what `file` is from now on.
    func stage(_ file: TangledFile, in transaction: inout FileTransaction) throws {
        if read(file.path) != file.contents {
            try transaction.stage(Self.copy(of: file.path), contents: file.contents, mode: 0o600)
        }
    }
}
