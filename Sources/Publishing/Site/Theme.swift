import Guides
import Mustache
import Tangling

/// Templates, style, scripts and icons of a site: Launchpad's own, which are part of the binary, each of which a file
/// of the same name in `site/theme` replaces. Other files there are added to the site's assets.
package struct Theme: Sendable {
    /// One file of a theme, by its name.
    package typealias Files = [String: [UInt8]]

    let templates: MustacheLibrary
    /// The assets under the names that pages use, which change with the content so that browsers may keep them for ever.
    let assets: [SiteFile]
    private let names: [String: String]
    /// Changes with every template and asset.
    let fingerprint: String

    /// Launchpad's own theme.
    package static let defaults: Files = [
        "page.mustache": PackageResources.page_mustache,
        "head.mustache": PackageResources.head_mustache,
        "header.mustache": PackageResources.header_mustache,
        "icons.mustache": PackageResources.icons_mustache,
        "pager.mustache": PackageResources.pager_mustache,
        "footer.mustache": PackageResources.footer_mustache,
        "launchpad.css": PackageResources.launchpad_css,
        "theme.js": PackageResources.theme_js,
        "page.js": PackageResources.page_js,
        "search.js": PackageResources.search_js,
        "icon.svg": PackageResources.icon_svg,
    ]

    /// - Parameters:
    ///   - overrides: the files of the project's theme, by their path in it.
    ///   - directory: where they lie, for messages.
    /// - Throws: ``DiagnosticsError`` where a template is not valid Mustache.
    package init(overrides: Files = [:], directory: String = "site/theme") throws {
        let files = Self.defaults.merging(overrides) { _, override in override }
        var templates = MustacheLibrary()
        var assets: [SiteFile] = []
        var names: [String: String] = [:]
        var diagnostics: [Diagnostic] = []
        for (name, contents) in files.sorted(by: { $0.key < $1.key }) {
            if name.hasSuffix(".mustache") {
                do {
                    try templates.register(
                        String(decoding: contents, as: UTF8.self),
                        named: String(name.dropLast(".mustache".count))
                    )
                } catch {
                    diagnostics.append(Self.diagnostic(error, file: "\(directory)/\(name)"))
                }
            } else {
                let path = "assets/" + Self.hashedName(name, contents)
                names[name] = path
                assets.append(SiteFile(path: path, contents: contents))
            }
        }
        guard diagnostics.isEmpty else { throw DiagnosticsError(diagnostics) }
        self.templates = templates
        self.assets = assets
        self.names = names
        fingerprint = Manifest.hash(files.sorted { $0.key < $1.key }.flatMap { Array($0.key.utf8) + [0] + $0.value })
    }

    /// The path in the site of the asset called `name` in the theme.
    func asset(_ name: String) -> String { names[name] ?? "" }

    /// `launchpad.css` with the start of its SHA-256: `launchpad.3fa9c1d2.css`.
    private static func hashedName(_ name: String, _ contents: [UInt8]) -> String {
        let text = Manifest.hash(contents).prefix(8)
        guard let dot = name.lastIndex(of: ".") else { return "\(name).\(text)" }
        return "\(name[..<dot]).\(text)\(name[dot...])"
    }

    private static func diagnostic(_ error: any Error, file: String) -> Diagnostic {
        guard let error = error as? MustacheTemplate.ParserError else {
            return Diagnostic(code: "invalid-template", "the template can't be read: \(error)", file: file)
        }
        return Diagnostic(
            code: "invalid-template",
            "the template is not valid Mustache: \(error.error)",
            file: file,
            range: SourceRange(line: error.context.lineNumber, column: max(1, error.context.columnNumber))
        )
    }
}

/// One file of a site.
package struct SiteFile: Sendable, Hashable {
    /// Relative to the site's root.
    package var path: String
    package var contents: [UInt8]

    package init(path: String, contents: [UInt8]) {
        self.path = path
        self.contents = contents
    }
}
