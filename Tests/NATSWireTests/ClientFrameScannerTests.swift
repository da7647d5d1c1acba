import NATSWire
import Testing

/// A frame with its parts as text, so that it can be compared.
private func describe(_ frame: ClientFrame, _ bytes: UnsafeRawBufferPointer) -> String {
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    switch frame {
    case .publish(let frame):
        let verb = frame.isHeaderPublish ? "HPUB" : "PUB"
        let body = text(frame.body..<frame.body + frame.size)
        return "\(verb) \(text(frame.subject))|\(text(frame.reply))|\(frame.headerSize)|\(text(frame.sizeText))|\(body)"
    case .subscribe(let arguments): return "SUB \(text(arguments))"
    case .unsubscribe(let arguments): return "UNSUB \(text(arguments))"
    case .connect(let arguments): return "CONNECT \(text(arguments))"
    case .info(let arguments): return "INFO \(text(arguments))"
    case .error(let arguments): return "-ERR \(text(arguments))"
    case .ping: return "PING"
    case .pong: return "PONG"
    case .ok: return "+OK"
    }
}

/// Reads pieces as they would arrive, keeping what is incomplete.
private func scan(_ pieces: [[UInt8]], _ scanner: ClientFrameScanner) -> (frames: [String], error: ClientFrameError?) {
    var frames: [String] = []
    var held: [UInt8] = []
    for piece in pieces {
        held += piece
        var used = 0
        var failure: ClientFrameError?
        held.withUnsafeBytes { bytes in
            loop: while used < bytes.count {
                let short = scanner.scanPlainPublish(bytes, from: used)
                switch scanner.scan(bytes, from: used) {
                case .frame(let frame, let next):
                    if let short, short.next != next || describe(.publish(short.frame), bytes) != describe(frame, bytes)
                    {
                        frames.append("something else by the short way")
                    }
                    frames.append(describe(frame, bytes))
                    used = next
                case .incomplete(let count):
                    if count > 0 && count <= bytes.count - used { frames.append("said to be incomplete, and is not") }
                    break loop
                case .failed(let error):
                    failure = error
                    break loop
                }
            }
        }
        if let failure { return (frames, failure) }
        held.removeFirst(used)
    }
    return (frames, nil)
}

private let scanner = ClientFrameScanner(maxControlLine: 1_024, maxPayload: 1_000, takesHeaders: true)

@Suite("The scanner of client frames")
struct ClientFrameScannerTests {
    private let stream = Array(
        ("CONNECT {\"verbose\":false}\r\nPING\r\nsub foo.* q 12\r\nPUB foo.a 5\r\nhello\r\nPUB foo.a  reply\t0 \r\n\r\n"
            + "HPUB foo.b r 12 14\r\nNATS/1.0\r\n\r\nhi\r\npong\r\nUnSub 12 3\r\n+OK\r\nINFO {}\r\nPUB x 3\n\r\n\r\r\n")
            .utf8)
    private let frames = [
        "CONNECT {\"verbose\":false}", "PING", "SUB foo.* q 12", "PUB foo.a||0|5|hello", "PUB foo.a|reply|0|0|",
        "HPUB foo.b|r|12|14|NATS/1.0\r\n\r\nhi", "PONG", "UNSUB 12 3", "+OK", "INFO {}", "PUB x||0|3|\r\n\r",
    ]

    @Test("finds every frame of a stream that arrives at once")
    func wholeStream() {
        let result = scan([stream], scanner)
        #expect(result.frames == frames)
        #expect(result.error == nil)
    }

    @Test("finds the same frames wherever the stream is split in two")
    func everySplit() {
        for point in 1..<stream.count {
            let result = scan([Array(stream[..<point]), Array(stream[point...])], scanner)
            #expect(result.frames == frames, "split at \(point)")
            #expect(result.error == nil, "split at \(point)")
        }
    }

    @Test("finds the same frames when every byte arrives alone")
    func singleBytes() {
        #expect(scan(stream.map { [$0] }, scanner).frames == frames)
    }

    @Test(
        "finds fault with the first byte that fits no verb",
        arguments: [
            ("X", 0, 0), ("PX", 29, 1), ("PUX", 30, 2), ("PUB\r", 31, 3), ("PIX", 34, 2), ("PINX", 35, 3),
            ("POX", 37, 2),
            ("HX", 18, 1), ("HPX", 19, 2), ("HMX", 24, 2), ("SUX", 44, 2), ("SUB\r", 45, 3), ("UNX", 60, 2),
            ("UNSUB\n", 63, 5), ("CX", 10, 1), ("CONNECX", 15, 6), ("INX", 72, 2), ("+X", 1, 1), ("-ERX", 6, 3),
        ]
    )
    func unknownVerbs(text: String, state: Int, at: Int) {
        #expect(scan([Array(text.utf8)], scanner).error == .unknownOperation(state: state, at: at))
    }

    @Test(
        "names what is wrong with the arguments of PUB and HPUB",
        arguments: [
            ("PUB foo\r\n", ClientFrameError.BadArguments.publish), ("PUB a b c 1\r\n", .publish),
            ("PUB foo x\r\n", .publishSize), ("PUB foo 1234567890\r\n", .publishSize),
            ("HPUB foo 1\r\n", .headerPublish),
            ("HPUB foo x 1\r\n", .headerSize), ("HPUB foo 1 x\r\n", .totalSize),
            ("HPUB foo 2 1\r\n", .headerLargerThanTotal),
        ]
    )
    func badArguments(text: String, expected: ClientFrameError.BadArguments) {
        guard case .badArguments(let problem, _) = scan([Array(text.utf8)], scanner).error else {
            Issue.record("\(text) was taken")
            return
        }
        #expect(problem == expected)
    }

    @Test("refuses a payload that is too large before it arrives")
    func largePayload() {
        let expected = ClientFrameError.payloadTooLarge(size: 1_001, arguments: 4..<12, isHeaderPublish: false)
        #expect(scan([Array("PUB foo 1001\r\n".utf8)], scanner).error == expected)
        #expect(scan([Array("PUB foo 1000\r\n".utf8)], scanner).error == nil)
    }

    @Test("refuses a line that is too long, ended or not")
    func longLines() {
        let subject = String(repeating: "x", count: 1_100)
        for line in ["SUB \(subject) 1\r\n", "SUB \(subject)", "PUB \(subject) 1\r\n", "PUB \(subject)"] {
            guard case .controlLineTooLong = scan([Array(line.utf8)], scanner).error else {
                Issue.record("a line of \(line.count) bytes was taken")
                continue
            }
        }
    }

    @Test("takes a line of the largest length wherever it is split")
    func longestLine() {
        let line = Array("PUB \(String(repeating: "s", count: 1_022)) 2\r\nhi\r\n".utf8)
        for point in 1..<line.count {
            let result = scan([Array(line[..<point]), Array(line[point...])], scanner)
            #expect(result.frames.count == 1, "split at \(point)")
            #expect(result.error == nil, "split at \(point)")
        }
    }

    @Test("refuses HPUB from a client that did not ask for headers")
    func headersUnasked() {
        let plain = ClientFrameScanner(maxControlLine: 1_024, maxPayload: nil, takesHeaders: false)
        #expect(scan([Array("HPUB foo 12 12\r\n".utf8)], plain).error == .headersNotSupported(arguments: 5..<14))
    }

    @Test(
        "takes the short way for a PUB as clients write it, and for nothing else",
        arguments: [
            ("PUB foo 5\r\nhello\r\n", true), ("pub foo.bar 0\r\n\r\n", true), ("PUB foo reply.1 2\r\nhi\r\n", true),
            ("PUB foo 1st 2\r\nhi\r\n", true), ("PUB foo 2 2\r\nhi\r\n", false), ("PUB  foo 2\r\nhi\r\n", false),
            ("PUB foo 2\nhi\r\n", false), ("PUB foo 2 \r\nhi\r\n", false), ("PUB foo\t2\r\nhi\r\n", false),
            ("PUB foo 5\r\nhello\r", false), ("PUB foo 5\r\nhelloXX", false), ("PUB foo \r\n\r\n\r\n", false),
            ("PUB foo 1000000000\r\nhi\r\n", false), ("PUB foo r 1x\r\nhi\r\n", false), ("PUBX foo 2\r\nhi\r\n", false),
            ("PING\r\nPING\r\n", false),
        ])
    func shortWay(line: String, isTaken: Bool) {
        var line = line
        line.withUTF8 { bytes in
            let short = scanner.scanPlainPublish(UnsafeRawBufferPointer(bytes), from: 0)
            #expect(short?.next == (isTaken ? bytes.count : nil))
        }
    }

    @Test("never reads past the end nor claims progress it has not made, whatever the bytes")
    func randomBytes() {
        var state: UInt64 = 7
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let pieces = [
            "PUB ", "HPUB ", "SUB ", "foo", " ", "\t", "\r\n", "\n", "\r", "1", "12", "PING\r\n", "x", "\u{0}",
        ]
        for _ in 0..<5_000 {
            let text = (0..<Int(next() % 12)).map { _ in pieces[Int(next()) % pieces.count] }.joined()
            let whole = scan([Array(text.utf8)], scanner)
            #expect(!whole.frames.contains("said to be incomplete, and is not"), "\(text.debugDescription)")
            let single = scan(text.utf8.map { [$0] }, scanner)
            #expect(whole.frames == single.frames, "\(text.debugDescription)")
        }
    }
}
