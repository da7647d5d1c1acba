import Guides

/// What each file was when it was tangled last, kept in `.launchpad/tangled/` for three-way comparisons.
///
/// The manifest, which is committed, holds hashes; a copy counts only while it has the hash that the manifest says.
struct TangleBase: Sendable {
    private let manifest: Manifest
    /// The remembered copy of the file at a path.
    private let read: @Sendable (String) -> [UInt8]?

    init(manifest: Manifest, read: @escaping @Sendable (String) -> [UInt8]?) {
        self.manifest = manifest
        self.read = read
    }

    init(root: String, manifest: Manifest) {
        self.init(manifest: manifest) { try? FileBytes.read("\(root)/\(Self.copy(of: $0))") }
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
        return (candidates + [read(path)].compactMap { $0 }).first { Manifest.hash($0) == hash }
    }

    /// Remembers what `file` is from now on.
    func stage(_ file: TangledFile, in transaction: inout FileTransaction) throws {
        if read(file.path) != file.contents {
            try transaction.stage(Self.copy(of: file.path), contents: file.contents, mode: 0o600)
        }
    }
}
