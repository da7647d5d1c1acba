/// How a file's own language writes a comment of one line; used for the provenance line.
struct CommentSyntax: Sendable, Hashable {
    var opening: String
    var closing: String = ""

    static let hash = CommentSyntax(opening: "# ")
    static let slashes = CommentSyntax(opening: "// ")
    static let dashes = CommentSyntax(opening: "-- ")
    static let semicolon = CommentSyntax(opening: "; ")
    static let stars = CommentSyntax(opening: "/* ", closing: " */")
    static let markup = CommentSyntax(opening: "<!-- ", closing: " -->")

    private static let byExtension: [String: CommentSyntax?] = {
        var table: [String: CommentSyntax?] = [:]
        let rows: [(CommentSyntax?, String)] = [
            (
                hash,
                "sh bash zsh fish yml yaml toml conf cfg py rb pl ps1 env properties tf hcl nix mk cmake service r jl ex exs"
            ),
            (
                slashes,
                "swift c h cc cpp hpp m java kt kts js mjs cjs ts tsx jsx go rs cs scala groovy gradle proto dart zig jsonc json5"
            ),
            (dashes, "sql lua hs elm"),
            (semicolon, "ini"),
            (stars, "css"),
            (markup, "html htm xml svg md markdown vue xhtml plist"),
            (nil, "json csv tsv txt pem crt key creds jwt nk svgz lock ndjson"),
        ]
        for (syntax, extensions) in rows {
            for name in extensions.split(separator: " ") {
                table[String(name)] = .some(syntax)
            }
        }
        return table
    }()

    /// The syntax for the file at `path` that starts with `contents`, or nil for a format without comments.
    ///
    /// A shebang means `#`; after that the extension decides, then the name; an unknown one counts as without comments.
    static func forFile(at path: String, contents: some Collection<UInt8>) -> CommentSyntax? {
        if contents.starts(with: Array("#!".utf8)) {
            return interpreterUsesSlashes(contents) ? .slashes : .hash
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let known = [
            "Dockerfile", "Containerfile", "Makefile", "GNUmakefile", "Procfile", "Gemfile", "Vagrantfile", "crontab",
            ".gitignore", ".dockerignore", ".env", ".editorconfig", "Caddyfile",
        ]
        if known.contains(name) || name.hasPrefix("Dockerfile.") || name.hasPrefix(".env.") {
            return .hash
        }
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
            return nil
        }
        return byExtension[name[name.index(after: dot)...].lowercased()] ?? nil
    }

    private static func interpreterUsesSlashes(_ contents: some Collection<UInt8>) -> Bool {
        let line = String(decoding: contents.prefix { $0 != 0x0A }, as: UTF8.self)
        return ["node", "deno", "bun", "swift", "kotlin"].contains { line.hasSuffix($0) || line.contains("\($0) ") }
    }
}

/// The line that says where a generated file comes from.
package enum Provenance {
    /// What every provenance line contains, and nothing else should: files that have it belong to Launchpad.
    package static let marker = "Written by Launchpad from "

    /// The text of the line for a file of `guide`, without comment signs.
    package static func text(guide: String) -> String {
        "\(marker)\(guide). Do not edit: change the guide and run `launchpad tangle`."
    }

    /// Whether a file's first lines say that Launchpad wrote it.
    static func isPresent(in contents: [UInt8]) -> Bool {
        let head = contents.prefix(4096).split(separator: 0x0A, maxSplits: 5, omittingEmptySubsequences: false).prefix(
            5)
        return head.contains { String(decoding: $0, as: UTF8.self).contains(marker) }
    }

    /// Puts the provenance line into `contents`: first, or behind a shebang, an XML declaration or a document type.
    ///
    /// - Returns: the new contents and the number of the line that was put in; nil for a format without comments.
    static func insert(into contents: [UInt8], path: String, guide: String) -> (contents: [UInt8], line: Int)? {
        guard let syntax = CommentSyntax.forFile(at: path, contents: contents) else {
            return nil
        }
        let line = Array((syntax.opening + text(guide: guide) + syntax.closing + "\n").utf8)
        let first = contents.prefix { $0 != 0x0A }
        let mustStayFirst =
            first.starts(with: Array("#!".utf8)) || first.starts(with: Array("<?xml".utf8))
            || String(decoding: first, as: UTF8.self).lowercased().hasPrefix("<!doctype")
        guard mustStayFirst else {
            return (line + contents, 1)
        }
        let end = min(first.count + 1, contents.count)
        let separator: [UInt8] = first.count == contents.count ? [0x0A] : []
        return (Array(contents[..<end]) + separator + line + contents[end...], 2)
    }
}
