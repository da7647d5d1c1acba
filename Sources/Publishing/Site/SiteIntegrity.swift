import Guides
import Tangling

/// The SHA-256 of every file of a site, as a file that `sha256sum --check` reads too.
package enum SiteIntegrity {
    /// The file's name in the site.
    package static let name = "SHA256SUMS"

    /// The sums of `files`, which are sorted by path.
    package static func file(of files: [SiteFile]) async -> SiteFile {
        let lines = await files.concurrentMap { "\(hash($0.contents))  \($0.path)\n" }
        return SiteFile(path: name, contents: Array(lines.joined().utf8))
    }

    static func hash(_ contents: [UInt8]) -> String { Manifest.hash(contents) }

    /// Reads such a file; nil where it is none.
    static func parse(_ bytes: [UInt8]) -> [String: String]? {
        var sums: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let hash = line.prefix { $0.isHexDigit }
            guard hash.utf8.count == 64, line.dropFirst(64).hasPrefix("  ") else { return nil }
            sums[String(line.dropFirst(66))] = String(hash)
        }
        return sums.isEmpty ? nil : sums
    }
}
