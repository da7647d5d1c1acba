#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
package import Guides
import Proving
import Tangling

/// What a build looked at and what it wrote, so that the next can tell that there is nothing to do.
///
/// The stamp holds the state of every file and folder that the build looked at and of every file of the site. Where one of
/// them differs, even if only in its date, the stamp does not count, and the site is built as if there had been none.
package struct SiteStamp: Sendable {
    /// What the build came to.
    package struct Outcome: Sendable, Codable, Equatable {
        package var diagnostics: [Diagnostic]
        package var pages: Int
        package var summary: String
        /// How many files the site has.
        package var files: Int

        package init(diagnostics: [Diagnostic], pages: Int, summary: String, files: Int) {
            self.diagnostics = diagnostics
            self.pages = pages
            self.summary = summary
            self.files = files
        }
    }

    /// The stamp's first line.
    private struct Head: Codable {
        var version: Int
        var key: String
        var outcome: Outcome
    }

    private static let version = 1

    /// Absolute.
    private let path: String
    private let key: String

    /// - Parameters:
    ///   - root: absolute path of the project.
    ///   - key: everything that the site depends on and that is no file, such as the command line.
    package init(root: String, key: String) {
        path = root + "/.launchpad/site"
        self.key = key
    }

    /// What a build would come to; nil where it could be anything else than what it was the last time.
    package func outcome() async -> Outcome? {
        guard let bytes = try? FileBytes.read(path), let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let head = try? JSONDecoder().decode(Head.self, from: Data(bytes[..<end])), head.version == Self.version,
            head.key == key
        else { return nil }
        let lines = bytes[(end + 1)...].split(separator: UInt8(ascii: "\n"))
        // The last line says that the stamp is whole.
        guard lines.last.map(Array.init) == Array(Self.end.utf8) else { return nil }
        // What was written last stands for the site as a whole: it may have been removed.
        guard let last = lines.dropLast().last, Self.holds(last) else { return nil }
        let same = await lines.dropLast().map { $0 }.concurrentMap(Self.holds)
        return same.allSatisfy { $0 } ? head.outcome : nil
    }

    /// Remembers a build.
    ///
    /// - Parameters:
    ///   - trace: what it looked at.
    ///   - outputs: paths of the files of the site.
    /// - Throws: ``CouldNotRun`` where the stamp can't be written.
    package func write(_ outcome: Outcome, trace: FileTrace, outputs: [String]) async throws {
        let written = await outputs.concurrentMap { path in
            Self.line(FileTrace.Look(path: path, kind: .contents), FileState(of: path, .contents))
        }
        let looked = await trace.looks.map { ($0.look, $0.state) }.concurrentMap { Self.line($0.0, $0.1) }
        let lines = looked + written
        // A name with a line end in it could pass for two.
        guard !lines.contains(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) else { return }
        let head = try JSONEncoder().encode(Head(version: Self.version, key: key, outcome: outcome))
        let text = lines.joined(separator: "\n") + "\n" + Self.end + "\n"
        try AtomicFile.write(Array(head) + [UInt8(ascii: "\n")] + Array(text.utf8), to: path)
    }

    private static let end = "end"

    /// `contents STATE HASH PATH`, where the hash is `-` unless the state alone does not tell.
    private static func line(_ look: FileTrace.Look, _ state: FileState) -> String {
        "\(look.kind.rawValue) \(state.text) \(state.isDoubtful ? hash(look.path) : "-") \(look.path)"
    }

    /// Whether what a line tells of is still so.
    private static func holds(_ line: ArraySlice<UInt8>) -> Bool {
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4, let kind = FileState.Kind(rawValue: String(decoding: fields[0], as: UTF8.self)) else {
            return false
        }
        let path = String(decoding: fields[3], as: UTF8.self)
        guard FileState(of: path, kind).text.utf8.elementsEqual(fields[1]) else { return false }
        return fields[2].elementsEqual([UInt8(ascii: "-")]) || hash(path).utf8.elementsEqual(fields[2])
    }

    /// The SHA-256 of a file, or of the names in a folder; `none` of what can't be read.
    private static func hash(_ path: String) -> String {
        if let bytes = try? FileBytes.read(path) { return Manifest.hash(bytes) }
        guard let entries = try? FolderEntry.all(in: path) else { return "none" }
        return Manifest.hash(Array(entries.map { "\($0.name)/\($0.kind)" }.joined(separator: "\n").utf8))
    }
}
