import NATSClient
import NIOCore
import Testing

@testable import NATSCommands

@Suite("Message templates")
struct MessageTemplateTests {
    private let template = MessageTemplate(
        count: 7, request: "ask", time: LocalTime(seconds: 1_700_000_000, nanoseconds: 5))

    @Test(
        "fill in their actions",
        arguments: [
            ("plain", "plain"), ("{{Count}} {{.Cnt}} {{ .Count }}{{Cnt}}", "7 7 77"), ("{{Unix}}", "1700000000"),
            ("{{UnixNano}}", "1700000000000000005"), ("{{Request}}/{{.Request}}", "ask/ask"), ("{{/* note */}}x", "x"),
            ("a {{- \"b\" -}} c", "abc"), ("{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}"), ("{{Random 0 0}}|", "|"),
        ]
    )
    func expanding(text: String, result: String) throws {
        #expect(try template.expand(text) == result)
    }

    @Test("make random texts of the length asked for")
    func random() throws {
        for _ in 0..<50 {
            let text = try template.expand("{{Random 10 3}}")
            #expect((3...10).contains(text.count))
            #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
        }
        #expect(try template.expand("{{ID}}").count == 22)
    }

    @Test(
        "report what they can't do, with the line",
        arguments: [
            ("{{Count", "template: body:1: unclosed action"),
            ("a\n{{bad}}", "template: body:2: function \"bad\" not defined"),
            ("{{.Bad}}", "template: body:1: can't evaluate field Bad"),
            ("{{}}", "template: body:1: missing value for command"),
            ("{{Random 1}}", "template: body:1: wrong number of args for Random: want 2 got 1"),
        ]
    )
    func failures(text: String, message: String) {
        let error = #expect(throws: Template.Failure.self) { try template.expand(text) }
        #expect(error?.description == message)
    }

    @Test("know no request where none is answered")
    func noRequest() {
        #expect(throws: Template.Failure.self) { try MessageTemplate(count: 1).expand("{{Request}}") }
    }

    @Test("fill in headers, which need a colon")
    func headers() throws {
        let headers = try HeaderArguments.headers(["A: x:{{Count}} ", " B :"], template: template)
        #expect(headers == ["A": "x:7", "B": ""])
        let error = #expect(throws: CommandError.self) { try HeaderArguments.headers(["bad"], template: template) }
        #expect(error?.description == "invalid header \"bad\"")
    }
}

@Suite("Received messages")
struct MessageOutputTests {
    private func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    @Test("have a heading with number, subject and reply")
    func heading() {
        var message = NATSMessage(subject: "a.b")
        #expect(MessageOutput.heading(number: 3, stamp: "", message: message) == "[#3] Received on \"a.b\"")
        message.replyTo = "r"
        #expect(
            MessageOutput.heading(number: 1, stamp: " @ now", message: message)
                == "[#1] @ now Received on \"a.b\" with reply \"r\""
        )
    }

    @Test(
        "end with the empty lines that natscli leaves",
        arguments: [
            (MessageBody.bytes(Array("hi".utf8)), "hi\n\n\n"), (.bytes(Array("hi\n".utf8)), "hi\n\n"),
            (.none, "nil body\n\n\n"),
            (
                .failure(output: Array("no\n".utf8), reason: "exit status 1"),
                "\"no\\n\"\nError while translating msg body: exit status 1\n\n"
            ),
        ]
    )
    func spacing(body: MessageBody, output: String) {
        #expect(text(MessageOutput.spaced(body)) == output)
    }

    @Test("show headers before the body, and alone where asked")
    func headers() {
        let headers: Headers = ["A": "1", "B": "2"]
        #expect(text(MessageOutput.headersAndBody(headers, .bytes(Array("x".utf8)))) == "A: 1\nB: 2\n\nx\n\n\n")
        #expect(text(MessageOutput.headersAndBody(headers, nil)) == "A: 1\nB: 2\n\n")
        #expect(text(MessageOutput.headersAndBody([:], .bytes(Array("x".utf8)))) == "x\n\n\n")
    }

    @Test("are dumped as JSON documents")
    func dump() {
        var headers: Headers = ["b": "2", "a": "<1>"]
        headers.add("b", "3")
        let message = NATSMessage(subject: "s", replyTo: "r", headers: headers)
        #expect(
            MessageOutput.dump(message, body: Array("hi".utf8))
                == #"{"Subject":"s","Reply":"r","Header":{"a":["\u003c1\u003e"],"b":["2","3"]},"Data":"aGk=","Sub":null}"#
        )
        #expect(
            MessageOutput.dump(NATSMessage(subject: "s"), body: [])
                == #"{"Subject":"s","Reply":"","Header":null,"Data":"","Sub":null}"#
        )
    }

    @Test("are sent through commands, whose failures are told")
    func translation() async {
        let message = NATSMessage(subject: "s.1", payload: ByteBuffer(string: "hello"))
        #expect(await MessageBody(of: message, translatedBy: nil) == .bytes(Array("hello".utf8)))
        #expect(await MessageBody(of: message, translatedBy: "tr a-z A-Z") == .bytes(Array("HELLO".utf8)))
        #expect(
            await MessageBody(of: message, translatedBy: "echo '{{Subject}}'", subject: "s.1")
                == .bytes(Array("s.1\n".utf8))
        )
        #expect(
            await MessageBody(of: message, translatedBy: "sh -c 'echo no >&2; exit 3'")
                == .failure(output: Array("no\n".utf8), reason: "exit status 3")
        )
        guard case .failure = await MessageBody(of: message, translatedBy: "no-such-program-here") else {
            Issue.record("a missing program is no failure")
            return
        }
    }

    @Test("are told apart by subjects with wildcards")
    func overlap() {
        #expect(SubjectOverlap.exists("a.b", "a.*"))
        #expect(SubjectOverlap.exists("a.b.c", "a.>"))
        #expect(SubjectOverlap.exists("a.*", "*.b"))
        #expect(!SubjectOverlap.exists("a", "a.>"))
        #expect(!SubjectOverlap.exists("a.b", "a.c"))
        #expect(!SubjectOverlap.exists("a.b.c", "a.*"))
    }
}
