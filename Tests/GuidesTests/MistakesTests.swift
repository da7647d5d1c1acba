import Foundation
import Testing

@testable import Guides

/// Every guide in `Fixtures/mistakes` beside what is printed about it. `LAUNCHPAD_RECORD=1` writes the latter anew.
@Suite("Mistakes in guides")
struct MistakesTests {
    private static let folder = Bundle.module.resourcePath.map { $0 + "/Fixtures/mistakes" } ?? ""
    private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }.sorted()

    @Test("there are fixtures to look at")
    func fixtures() {
        #expect(Self.names.count >= 13)
    }

    @Test("each mistake is told with its place, what is valid and what to do", arguments: names)
    func told(name: String) throws {
        let bytes = try FileBytes.read("\(Self.folder)/\(name).md")
        let (guide, diagnostics) = GuideParser.parse(path: "docs/\(name).md", name: name, bytes: bytes)
        #expect(guide != nil)
        let renderer = DiagnosticRenderer(colored: false) { _ in SourceText(bytes) }
        let text = renderer.render(diagnostics)
        if ProcessInfo.processInfo.environment["LAUNCHPAD_RECORD"] != nil {
            let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(source)/Fixtures/mistakes/\(name).txt"))
        } else {
            #expect(text == String(decoding: try FileBytes.read("\(Self.folder)/\(name).txt"), as: UTF8.self))
        }
    }
}
