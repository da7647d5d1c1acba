#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

import Crypto
package import Guides

/// The list of files that Launchpad has written, with what it wrote: `ops/.launchpad.json`, committed with them.
///
/// It tells a clean clone which files are Launchpad's, also those whose format has no comments, and whether somebody
/// edited one by hand since.
package struct Manifest: Codable, Sendable, Hashable {
    /// One file's row.
    package struct Entry: Codable, Sendable, Hashable {
        /// The guide that owns the file.
        package var guide: String
        /// Of the contents as they were written, in lower-case hexadecimal.
        package var sha256: String
    }

    package var version = 1
    /// By path relative to the project's root.
    package var files: [String: Entry]

    package init(files: [String: Entry] = [:]) {
        self.files = files
    }

    /// This manifest with the rows that `other` has for `paths`.
    func keeping(_ paths: [String], of other: Manifest) -> Manifest {
        var both = self
        for path in paths {
            both.files[path] = other.files[path]
        }
        return both
    }

    /// The manifest's path relative to the project's root.
    package static func path(in configuration: ProjectConfiguration) -> String {
        configuration.ops + "/.launchpad.json"
    }

    /// The SHA-256 of `bytes` in lower-case hexadecimal.
    package static func hash(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in SHA256.hash(data: bytes) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads the manifest of a project; an empty one where there is none.
    ///
    /// - Throws: ``DiagnosticsError`` when there is one that cannot be read.
    package static func read(root: String, configuration: ProjectConfiguration) throws -> Manifest {
        let path = path(in: configuration)
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(root + "/" + path)
        } catch {
            if error.isMissing {
                return Manifest()
            }
            throw DiagnosticsError([
                Diagnostic(
                    code: "unreadable-manifest", "the list of tangled files cannot be read: \(error)", file: path)
            ])
        }
        guard var manifest = try? JSONDecoder().decode(Manifest.self, from: Data(bytes)), manifest.version == 1 else {
            throw DiagnosticsError([
                Diagnostic(
                    code: "bad-manifest",
                    "the list of tangled files is damaged or of another version",
                    file: path,
                    help: "restore it from version control, or remove it and run: launchpad tangle"
                )
            ])
        }
        // What it names may be removed, so it must not name anything that a guide could not write.
        let rules = PathRules(configuration)
        manifest.files = manifest.files.filter { rules.problem(with: $0.key) == nil }
        return manifest
    }

    /// The file's bytes: JSON with sorted keys, so that it only changes where something changed.
    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [0x0A]
    }
}
