import Guides

/// Which paths a guide may write to. Looks at the path alone; ``FolderLinks`` looks at the disk.
struct PathRules: Sendable {
    private let configuration: ProjectConfiguration

    init(_ configuration: ProjectConfiguration) {
        self.configuration = configuration
    }

    /// Why `path` cannot be written, and what would be valid; nil where it can.
    func problem(with path: String) -> (message: String, help: String)? {
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        let relative = "write a path relative to the project's root, such as \(configuration.ops)/nats.conf"
        if path.hasPrefix("/") || path == "~" || path.hasPrefix("~/") {
            return ("\"\(path)\" leaves the project", relative)
        }
        if components.contains("..") {
            return ("\"\(path)\" leaves the project, or could", relative)
        }
        if components.contains("") || components.contains(".") {
            return ("\"\(path)\" is not a plain path", "leave out empty parts, \".\" and a slash at the end")
        }
        if path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) {
            return ("\"\(path)\" contains a control character or a backslash", relative)
        }
        if let long = components.first(where: { $0.utf8.count > 200 }) {
            return ("\"\(long.prefix(24))...\" is too long a name", "shorten it to at most 200 bytes")
        }
        return problemWithPlace(path, components)
    }

    /// Where `launchpad build` writes to.
    private static let sitePath = "site/public"

    /// Names are compared without regard to case, because many file systems do.
    private func problemWithPlace(_ path: String, _ components: [Substring]) -> (message: String, help: String)? {
        let folded = path.lowercased()
        let elsewhere = "choose another path, such as one below \(configuration.ops)/"
        if let owned = components.first(where: { $0.lowercased() == ".git" }) {
            return ("\"\(owned)\" is not a place for files of a guide", elsewhere)
        }
        if [".launchpad", ".build"].contains(components[0].lowercased()) {
            return ("\"\(components[0])\" is not a place for files of a guide", elsewhere)
        }
        if folded == Manifest.path(in: configuration).lowercased() {
            return ("\"\(path)\" is Launchpad's own list of files", elsewhere)
        }
        if folded == "launchpad.yml" {
            return ("\"\(path)\" is the project's configuration", elsewhere)
        }
        let docs = configuration.docs.lowercased()
        if folded == docs {
            return ("\"\(path)\" is the folder of the guides", elsewhere)
        }
        if folded.hasPrefix(docs + "/") {
            return (
                "\"\(path)\" is in the folder of the guides, which only people write to",
                "choose a path outside \(configuration.docs)/, such as one below \(configuration.ops)/"
            )
        }
        if folded == "site" || folded == Self.sitePath || folded.hasPrefix(Self.sitePath + "/") {
            return ("\"\(path)\" is where the published site is", elsewhere)
        }
        return nil
    }
}
