#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
package import Guides
import Proving
import Yams

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An image and the program of this machine that stands in for it.
package struct StandIn: Sendable, Hashable, Codable {
    package var map: ImageStandIn
    /// Absolute path of the program.
    package var path: String
    /// Its version, such as `15.18`; empty where it does not say.
    package var version: String
    /// True where the program is Launchpad itself.
    package var isBundled = false
    /// Absolute paths of its further programs, by name.
    package var tools: [String: String] = [:]
    /// Where a workbench has what its template command has made; nil where it has none.
    package var template: String?

    /// For proofs: `PostgreSQL 15.18 of this machine`.
    package var servedBy: String {
        if isBundled { return "\(map.serves) of \(version)" }
        return version.isEmpty ? "\(map.serves) of this machine" : "\(map.serves) \(version) of this machine"
    }

    /// Whether this is what the image's tag asks for.
    package func matches(_ image: ImageReference) -> Bool {
        map.isOriginal && !isBundled && image.matches(version: version)
    }
}

/// Which images can be stood in for on this machine.
package struct ImageCatalog: Sendable, Codable {
    /// Where a workbench's commands find the catalog of their run.
    package static let path = "/run/launchpad/images.json"

    /// By the image's name without a tag.
    package var standIns: [String: StandIn]
    /// The programs that are not here, by the image's name without a tag.
    package var missing: [String: [String]]

    package init(standIns: [String: StandIn] = [:], missing: [String: [String]] = [:]) {
        self.standIns = standIns
        self.missing = missing
    }

    /// The image map that ships with Launchpad.
    package static let shipped: [String: [ImageStandIn]] = {
        let bytes = PackageResources.images_yml
        var reader = ImageMapReader(file: "images.yml", text: SourceText(bytes))
        guard let node = try? Yams.compose(yaml: String(decoding: bytes, as: UTF8.self)) else { return [:] }
        return reader.read(node)
    }()

    /// Looks for the programs of `images` and asks them for their versions.
    ///
    /// - Parameters:
    ///   - map: ``shipped``, with what the project adds.
    ///   - images: names without tags; others are left out.
    ///   - tools: programs that come before those of the machine, by name.
    ///   - bundled: absolute path of this program and what it calls itself, such as `Launchpad 0.1.0`.
    package static func find(
        _ map: [String: [ImageStandIn]], images: Set<String>, tools: [String: String],
        bundled: (path: String, name: String)
    ) -> ImageCatalog {
        var catalog = ImageCatalog()
        for name in images {
            let candidates = map[name] ?? []
            for candidate in candidates where catalog.standIns[name] == nil {
                guard let path = locate(candidate.program, candidate.search, tools) else { continue }
                let isBundled = path == bundled.path
                var standIn = StandIn(
                    map: candidate, path: path, version: isBundled ? bundled.name : version(of: path, candidate),
                    isBundled: isBundled)
                if let since = candidate.since, isOlder(standIn.version, than: since) { continue }
                for tool in candidate.tools { standIn.tools[tool] = locate(tool, candidate.search, tools) }
                catalog.standIns[name] = standIn
            }
            if catalog.standIns[name] == nil {
                catalog.missing[name] = candidates.map { $0.program + ($0.since.map { " from \($0) on" } ?? "") }
            }
        }
        return catalog
    }

    /// Why `image` cannot be served, nil where it can.
    package func obstacle(_ image: String) -> String? {
        let name = ImageReference(image).name
        if standIns[name] != nil { return nil }
        guard let programs = missing[name], !programs.isEmpty else {
            return "nothing stands in for the image \(image)"
        }
        let words =
            programs.count == 1
            ? programs[0] : programs.dropLast().joined(separator: ", ") + " or " + programs[programs.count - 1]
        return "no \(words) here to serve \(image)"
    }

    /// Whether a version is before another one, number by number; a version that says nothing is not.
    private static func isOlder(_ version: String, than since: String) -> Bool {
        func numbers(_ text: String) -> [Int] {
            text.split(separator: ".").map { Int($0.prefix { $0.isASCII && $0.isNumber }) ?? 0 }
        }
        return !version.isEmpty && numbers(version).lexicographicallyPrecedes(numbers(since))
    }

    private static func locate(_ program: String, _ search: [String], _ tools: [String: String]) -> String? {
        if let tool = tools[program] { return tool }
        let found = ExecutableSearch.find(program) ?? ExecutableSearch.find(program, in: search.flatMap(expand))
        guard let found, let real = realpath(found, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// The directories that a pattern means, the last in alphabetical order first, which is the newest version.
    private static func expand(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }.reversed()
    }

    private static func version(of path: String, _ standIn: ImageStandIn) -> String {
        guard let output = ToolVersion.answer(of: path, arguments: standIn.version, called: standIn.program) else {
            return ""
        }
        // The first word that begins with a number: "postgres (PostgreSQL) 15.18 (Debian 15.18-0)", "rclone v1.75.2".
        let words = output.split(whereSeparator: { $0.isWhitespace || $0 == "(" || $0 == ")" || $0 == "," })
        let numbers = words.map { $0.drop { $0 == "v" } }
        return numbers.first { ($0.first?.isNumber ?? false) && $0.contains(".") }.map(String.init) ?? ""
    }
}
