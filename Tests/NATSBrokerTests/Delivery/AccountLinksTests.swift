import NIOCore
import Synchronization
import Testing

@testable import NATSBroker

private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

@Suite("Mappings of an account")
struct SubjectMappingsTests {
    private func counts(_ mappings: SubjectMappings, _ subject: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for _ in 0..<2_000 {
            counts[String(decoding: mappings.mapped(Array(subject.utf8)), as: UTF8.self), default: 0] += 1
        }
        return counts
    }

    @Test("share messages out by weight, and leave the rest where it is")
    func weights() {
        var mappings = SubjectMappings()
        mappings.add("a.*", [("b.$1", 20), ("c.$1", 50)])
        let counts = counts(mappings, "a.x")
        #expect(Set(counts.keys) == ["a.x", "b.x", "c.x"])
        #expect((280...520).contains(counts["b.x", default: 0]), "\(counts)")
        #expect((850...1_150).contains(counts["c.x", default: 0]), "\(counts)")
    }

    @Test("lose what is missing to a hundred when the source is one of the destinations")
    func loss() {
        var mappings = SubjectMappings()
        mappings.add("a", [("a", 30), ("b", 20)])
        let counts = counts(mappings, "a")
        #expect(Set(counts.keys) == ["a", "b", ""])
        #expect((850...1_150).contains(counts["", default: 0]), "\(counts)")
    }

    @Test("leave other subjects alone, and go by the first that fits")
    func order() {
        var mappings = SubjectMappings()
        mappings.add("a.b", [("first", 100)])
        mappings.add("a.*", [("second", 100)])
        mappings.add("a.*", [("third", 100)])
        #expect(counts(mappings, "a.b") == ["first": 2_000])
        #expect(counts(mappings, "a.c") == ["third": 2_000])
        #expect(counts(mappings, "b") == ["b": 2_000])
    }
}

@Suite("Imports of an account")
struct ImportTests {
    private let exporter = Account(name: "E")

    @Test(
        "subscribe there to what was subscribed to here",
        arguments: [
            ("pub.>", "pre.pub.>", "pre.pub.>", "pub.>"),
            ("pub.>", "pre.pub.>", "pre.pub.x", "pub.x"),
            ("pub.>", "pre.pub.>", "pre.pub.*.y", "pub.*.y"),
            ("pub.>", "pre.pub.>", ">", "pub.>"),
            ("pub.>", "pre.pub.>", "*.pub.x", "pub.x"),
            ("pub.>", "pre.pub.>", "pub.x", nil),
            ("pub.*", "pub.*", "pub.x", "pub.x"),
            ("pub.*", "pub.*", "*.x", "pub.x"),
            ("pub.*", "pub.*", "other.*", nil),
            ("one", "uno", "uno", "one"),
            ("one", "uno", "*", "one"),
            ("one", "uno", "one", nil),
            ("ev.*.*", "t.$2.$1", "t.a.b", "ev.b.a"),
            ("ev.*.*", "t.$2.$1", "t.*.b", "ev.b.*"),
            ("ev.*.*", "t.$2.$1", "t.>", "ev.*.*"),
        ] as [(String, String, String, String?)])
    func patterns(from: String, to: String, subscribed: String, there: String?) throws {
        let imported = try #require(StreamImport(from: from, to: to, exporter: exporter))
        #expect(text(imported.pattern(for: Array(subscribed.utf8))) == there)
    }

    @Test(
        "deliver under the name here",
        arguments: [
            ("pub.>", "pre.pub.>", "pub.x.y", "pre.pub.x.y"), ("pub.*", "pub.*", "pub.x", "pub.x"),
            ("one", "uno", "one", "uno"), ("ev.*.*", "t.$2.$1", "ev.a.b", "t.b.a"),
        ])
    func names(from: String, to: String, published: String, delivered: String) throws {
        let imported = try #require(StreamImport(from: from, to: to, exporter: exporter))
        #expect(text(imported.delivered(published.utf8)) == delivered)
    }

    @Test(
        "ask there under the name there",
        arguments: [
            ("help", "help", "help", "help"), ("ask.*", "req.*", "ask.x", "req.x"),
            ("t.$2.$1", "p.*.*", "t.a.b", "p.b.a"),
            ("deep.>", "deep.>", "deep.x.y", "deep.x.y"), ("here", "there", "here", "there"),
        ])
    func targets(from: String, to: String, asked: String, target: String) throws {
        let service = try #require(
            ServiceImport(
                from: from, to: to, importer: Account(name: "I"), exporter: exporter, isShared: false, export: nil))
        #expect(text(service.target(of: Array(asked.utf8))) == target)
    }
}

@Suite("Answers that are waited for")
struct ResponseTests {
    private let exporter = Account(name: "E")
    private let importer = Account(name: "I")

    private func expect(_ reply: String, _ export: ServiceExport? = nil) -> PendingResponse {
        let response = PendingResponse(
            exporter: exporter, subject: exporter.responses.makeSubject(), importer: importer, reply: Array(reply.utf8),
            export: export, isShared: false, measurement: nil)
        exporter.responses.addOwed(response)
        importer.responses.addAwaited(response)
        return response
    }

    @Test("are found by the subject that the service was given, until they are there")
    func owed() {
        let response = expect("inbox.1")
        #expect(response.subject.starts(with: ResponseRegistry.prefix))
        response.subject.withUnsafeBytes { #expect(exporter.responses.covers($0)) }
        #expect(exporter.responses.owed(on: response.subject) === response)
        #expect(response.remove())
        #expect(!response.remove())
        #expect(exporter.responses.owed(on: response.subject) == nil)
        response.subject.withUnsafeBytes { #expect(exporter.responses.covers($0)) }
        let isEmpty = importer.responses.isEmpty.load(ordering: .acquiring)
        #expect(isEmpty)
    }

    @Test("end when nobody listens to the reply subject")
    func abandoned() {
        let (one, other) = (expect("inbox.1"), expect("inbox.2"))
        #expect(importer.responses.takeAwaited(by: Array("inbox.1".utf8)) { _ in false }.isEmpty)
        #expect(importer.responses.takeAwaited(by: Array("inbox.3".utf8)) { _ in true }.isEmpty)
        let taken = importer.responses.takeAwaited(by: Array("inbox.*".utf8)) { $0 == other.reply }
        #expect(taken.count == 1 && taken[0] === other)
        #expect(exporter.responses.owed(on: one.subject) === one)
    }

    @Test("are overdue when nothing was heard of them for too long")
    func overdue() {
        let export = ServiceExport("help", responseType: .streamed, latency: nil, threshold: .seconds(1))
        let (one, other) = (expect("inbox.1", export), expect("inbox.2", export))
        other.noteUse()
        let (late, hasMore) = exporter.responses.overdue(export, since: one.asked)
        #expect(late.count == 1 && late[0] === one)
        #expect(hasMore)
    }

    @Test("have subjects that nobody else has")
    func subjects() {
        let subjects = Set((0..<500).map { _ in exporter.responses.makeSubject() })
        #expect(subjects.count == 500)
        #expect(subjects.allSatisfy { $0.count == 17 && $0.prefix(11) == subjects.first?.prefix(11) })
    }
}
