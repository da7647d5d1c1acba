/// How a file's own language writes a comment of one line; used for the provenance line.
struct CommentSyntax: Sendable, Hashable {
    var opening: String
    var closing = ""

    /// `text` as one line without its ending; nil where a comment of this kind cannot hold it.
    func line(_ text: String) -> String? {
        // Two hyphens must not stand in an XML comment at all.
        let forbidden = self == Self.angles ? "--" : closing
        guard forbidden.isEmpty || !text.contains(forbidden) else {
            return nil
        }
        return closing.isEmpty ? "\(opening) \(text)" : "\(opening) \(text) \(closing)"
    }

    /// The syntax for the file at `path` that starts with `firstLine`, or nil for a format without comments.
    ///
    /// The name decides, then its ending, then a shebang, and at last the language of the block that describes it.
    static func forFile(at path: String, firstLine: Substring, language: String = "") -> CommentSyntax? {
        let name = (path.split(separator: "/").last ?? "").lowercased()
        if let known = byName[name] {
            return known
        }
        let stem = name.prefix { $0 != "." }
        if ["dockerfile", "containerfile", "makefile"].contains(stem) || name == ".env" || name.hasPrefix(".env.") {
            return hash
        }
        if let dot = name.lastIndex(of: "."), dot != name.startIndex {
            let ending = String(name[name.index(after: dot)...])
            if let known = byEnding[ending] {
                return known
            }
            if withoutComments.contains(ending) {
                return nil
            }
        }
        if firstLine.hasPrefix("#!") {
            let interpreters = ["node", "deno", "bun", "swift", "kotlin", "rust-script"]
            return interpreters.contains { firstLine.contains($0) } ? slashes : hash
        }
        let language = language.lowercased()
        return byLanguage[language] ?? byEnding[language]
    }

    static let hash = CommentSyntax(opening: "#")
    private static let slashes = CommentSyntax(opening: "//")
    private static let hyphens = CommentSyntax(opening: "--")
    private static let semicolon = CommentSyntax(opening: ";")
    private static let percent = CommentSyntax(opening: "%")
    private static let stars = CommentSyntax(opening: "/*", closing: "*/")
    private static let angles = CommentSyntax(opening: "<!--", closing: "-->")

    private static let byName: [String: CommentSyntax] = [
        "dockerfile": hash, "containerfile": hash, "makefile": hash, "gnumakefile": hash, "justfile": hash,
        "vagrantfile": hash, "gemfile": hash, "rakefile": hash, "procfile": hash, "caddyfile": hash, "codeowners": hash,
        "brewfile": hash, "crontab": hash, "hosts": hash, "tiltfile": hash, "pkgbuild": hash, "jenkinsfile": slashes,
        "go.mod": slashes, "go.work": slashes, ".gitignore": hash, ".gitattributes": hash, ".dockerignore": hash,
        ".editorconfig": hash, ".npmrc": hash, ".bashrc": hash, ".profile": hash, ".envrc": hash, ".netrc": hash,
        ".vimrc": CommentSyntax(opening: "\""), "cmakelists.txt": hash, "requirements.txt": hash, "robots.txt": hash,
    ]

    /// Endings of files that have no comments, whatever their block's language says.
    private static let withoutComments: Set<String> = [
        "json", "jsonl", "ndjson", "geojson", "webmanifest", "ipynb", "txt", "csv", "tsv", "pem", "crt", "key", "creds",
        "jwt", "nk", "seed", "pub", "asc", "lock", "snap", "diff", "patch", "log",
    ]

    private static let byEnding: [String: CommentSyntax] = [
        "sh": hash, "bash": hash, "zsh": hash, "ksh": hash, "fish": hash, "bats": hash, "yml": hash, "yaml": hash,
        "toml": hash, "conf": hash, "cfg": hash, "cnf": hash, "config": hash, "env": hash, "properties": hash,
        "py": hash, "pyi": hash, "rb": hash, "pl": hash, "pm": hash, "r": hash, "jl": hash, "ex": hash, "exs": hash,
        "nix": hash, "tf": hash, "tfvars": hash, "hcl": hash, "nomad": hash, "mk": hash, "make": hash, "cmake": hash,
        "dockerfile": hash, "graphql": hash, "gql": hash, "awk": hash, "sed": hash, "tcl": hash, "ps1": hash,
        "psm1": hash, "service": hash, "socket": hash, "timer": hash, "mount": hash, "path": hash, "target": hash,
        "network": hash, "netdev": hash, "rules": hash, "container": hash, "volume": hash, "desktop": hash,
        "coffee": hash, "cr": hash, "nim": hash, "gd": hash, "bzl": hash, "star": hash, "rego": hash, "prom": hash,
        "logrotate": hash, "repo": hash, "list": hash, "ini": semicolon, "asm": semicolon, "clj": semicolon,
        "cljs": semicolon, "edn": semicolon, "el": semicolon, "lisp": semicolon, "scm": semicolon, "reg": semicolon,
        "zone": semicolon, "sql": hyphens, "lua": hyphens, "hs": hyphens, "elm": hyphens, "adb": hyphens,
        "ads": hyphens, "vhd": hyphens, "dhall": hyphens, "swift": slashes, "kt": slashes, "kts": slashes,
        "java": slashes, "groovy": slashes, "gradle": slashes, "scala": slashes, "sc": slashes, "js": slashes,
        "mjs": slashes, "cjs": slashes, "jsx": slashes, "ts": slashes, "mts": slashes, "cts": slashes, "tsx": slashes,
        "c": slashes, "h": slashes, "cc": slashes, "cpp": slashes, "cxx": slashes, "hh": slashes, "hpp": slashes,
        "m": slashes, "mm": slashes, "cs": slashes, "fs": slashes, "fsx": slashes, "go": slashes, "rs": slashes,
        "zig": slashes, "dart": slashes, "php": slashes, "proto": slashes, "thrift": slashes, "cue": slashes,
        "jsonc": slashes, "json5": slashes, "jsonnet": slashes, "libsonnet": slashes, "scss": slashes, "less": slashes,
        "sass": slashes, "v": slashes, "sv": slashes, "glsl": slashes, "wgsl": slashes, "dot": slashes,
        "bicep": slashes,
        "css": stars, "pcss": stars, "html": angles, "htm": angles, "xhtml": angles, "xml": angles, "xsd": angles,
        "xsl": angles, "xslt": angles, "svg": angles, "plist": angles, "vue": angles, "svelte": angles, "md": angles,
        "markdown": angles, "mdx": CommentSyntax(opening: "{/*", closing: "*/}"), "csproj": angles, "pom": angles,
        "rss": angles,
        "atom": angles, "tex": percent, "sty": percent, "bib": percent, "erl": percent, "hrl": percent,
        "vim": CommentSyntax(opening: "\""),
        "bat": CommentSyntax(opening: "REM"), "cmd": CommentSyntax(opening: "REM"), "f90": CommentSyntax(opening: "!"),
        "vb": CommentSyntax(opening: "'"),
        "mustache": CommentSyntax(opening: "{{!", closing: "}}"), "j2": CommentSyntax(opening: "{#", closing: "#}"),
        "adoc": slashes, "rst": CommentSyntax(opening: ".."), "nats": hash,
    ]

    /// Names of languages that are no endings.
    private static let byLanguage: [String: CommentSyntax] = [
        "shell": hash, "python": hash, "ruby": hash, "perl": hash, "docker": hash, "makefile": hash, "terraform": hash,
        "systemd": hash, "dotenv": hash, "nginx": hash, "apache": hash, "javascript": slashes, "typescript": slashes,
        "kotlin": slashes, "rust": slashes, "csharp": slashes, "golang": slashes, "haskell": hyphens,
        "clojure": semicolon,
        "latex": percent, "erlang": percent, "powershell": hash,
    ]
}
