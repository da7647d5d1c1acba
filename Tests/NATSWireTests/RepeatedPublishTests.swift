import Testing

@testable import NATSWire

@Suite("A PUB that repeats the one before it")
struct RepeatedPublishTests {
    private let scanner = ClientFrameScanner(maxControlLine: 4_096, maxPayload: nil, takesHeaders: true)

    /// What becomes of the second frame in `text` after the first one was read.
    private func second(_ text: String) throws -> (frame: PublishFrame, next: Int)? {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBytes { bytes in
            let (frame, next) = try #require(scanner.scanPlainPublish(bytes, from: 0))
            let last = RepeatedPublish(frame, from: 0)
            guard last.isRepeated(in: bytes, at: next) else { return nil }
            #expect(last.reply(at: next) == last.frame(at: next).reply)
            return (last.frame(at: next), next + last.length)
        }
    }

    @Test(
        "is found as the whole grammar finds it",
        arguments: [
            "PUB a 1\r\nx\r\n", "PUB foo.bar 5\r\nhello\r\n", "PUB foo.bar reply.1 5\r\nhello\r\n", "PUB a 0\r\n\r\n",
            "pub a.rather.long.subject 16\r\n0123456789abcdef\r\n",
        ])
    func repeated(frame: String) throws {
        let found = try #require(try second(frame + frame))
        let bytes = Array((frame + frame).utf8)
        let expected = try #require(bytes.withUnsafeBytes { scanner.scanPlainPublish($0, from: frame.utf8.count) })
        #expect(found.next == expected.next)
        #expect("\(found.frame)" == "\(expected.frame)")
    }

    @Test(
        "is none when another subject, reply, size or verb follows, or a part is missing",
        arguments: [
            "PUB foo.baz 5\r\nhello\r\n", "PUB foo.bar 6\r\nhello!\r\n", "PUB foo.bar r 5\r\nhello\r\n",
            "SUB foo.bar 5\r\nhello\r\n", "PUB foo.bar 5\r\nhello\r", "PUB foo.bar 5\r\nhell",
            "PUB foo.bar 5\r\nhello!\r\n",
            "PUB foo.bar 5\r\nhello\n\r", "pUB foo.bar 5\r\nhello\r\n", "",
        ])
    func different(frame: String) throws {
        #expect(try second("PUB foo.bar 5\r\nhello\r\n" + frame) == nil)
    }

    @Test(
        "is counted with those like it behind it, up to the first that differs or is not whole",
        arguments: [
            ("", 1), ("PUB foo.bar 5\r\nhello\r\nPUB foo.bar 5\r\nthere\r\n", 3),
            ("PUB foo.bar 5\r\nthere\r\nPUB foo.bar 5\r\nher", 2), ("PUB foo.baz 5\r\nhello\r\n", 1),
            ("PUB foo.bar 5\r\nhello\r\nPING\r\n", 2),
        ])
    func repetitions(rest: String, count: Int) throws {
        let frame = "PUB foo.bar 5\r\nhello\r\n"
        let bytes = Array((frame + frame + rest).utf8)
        try bytes.withUnsafeBytes { bytes in
            let (found, next) = try #require(scanner.scanPlainPublish(bytes, from: 0))
            #expect(RepeatedPublish(found, from: 0).repetitions(in: bytes, at: next) == count)
        }
    }

    @Test("is none before there was one")
    func none() {
        let bytes = Array("PUB a 1\r\nx\r\n".utf8)
        #expect(!bytes.withUnsafeBytes { RepeatedPublish().isRepeated(in: $0, at: 0) })
    }
}
