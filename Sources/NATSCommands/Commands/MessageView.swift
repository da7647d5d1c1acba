import GoFormats
import NATSClient
import NIOCore

/// How `nats subscribe` shows a message: with a heading, bare, or as a file of its own.
struct MessageView: Sendable {
    let invocation: Invocation
    private let start = ContinuousClock.now

    init(_ invocation: Invocation) {
        self.invocation = invocation
    }

    /// Whether bodies are all that is printed.
    var isBare: Bool { invocation[SubscribeCommand.raw] || invocation[SubscribeCommand.dump] != nil }

    /// Shows one message.
    ///
    /// - Parameters:
    ///   - number: how many came before it, and it.
    ///   - heading: the first line; what came on which subject if missing.
    ///   - file: the name of its file for `--dump`, if it is not the number.
    func show(
        _ message: NATSMessage,
        number: Int,
        heading: String? = nil,
        file: Int? = nil,
        answer: NATSMessage?
    ) async throws {
        if invocation[GlobalFlags.trace], let replyTo = message.replyTo {
            invocation.console.print("<<< Reply Subject: \(replyTo)")
        }
        if let directory = invocation[SubscribeCommand.dump] {
            try await dump(message, answer, to: directory, number: number, file: file ?? number)
        } else if invocation[SubscribeCommand.raw] {
            var output = MessageOutput.compact(await body(of: message))
            if let answer {
                output += Array(answer.payload.readableBytesView) + [UInt8(ascii: "\n")]
            }
            invocation.console.print(bytes: output)
        } else {
            await prettyPrint(message, number, heading, answer)
        }
    }

    private func prettyPrint(_ message: NATSMessage, _ number: Int, _ heading: String?, _ answer: NATSMessage?) async {
        let first =
            heading.map { "[#\(number)]\(stamp) \($0)" }
            ?? MessageOutput.heading(number: number, stamp: stamp, message: message)
        var output = Array((first + "\n").utf8)
        if !invocation[SubscribeCommand.subjectsOnly] {
            output += await content(of: message)
        }
        if let answer {
            output += Array("[#\(number)]\(stamp) Matched reply on \(GoText.quoted(answer.subject))\n".utf8)
            output += await content(of: answer)
        }
        invocation.console.print(bytes: output)
    }

    private var stamp: String {
        if invocation[SubscribeCommand.timestamps] {
            return " @ \(LocalTime.now().stamp)"
        }
        if invocation[SubscribeCommand.deltaTimes] {
            return " @ \(GoDuration.described(ContinuousClock.now - start))"
        }
        return ""
    }

    private func content(of message: NATSMessage) async -> [UInt8] {
        guard !invocation[SubscribeCommand.headersOnly] else {
            return MessageOutput.headersAndBody(message.headers, nil)
        }
        let body = await MessageBody(
            of: message,
            translatedBy: invocation[SubscribeCommand.translate],
            subject: message.subject
        )
        return MessageOutput.headersAndBody(message.headers, body)
    }

    private func body(of message: NATSMessage) async -> MessageBody {
        await MessageBody(of: message, translatedBy: invocation[SubscribeCommand.translate])
    }

    private func dump(
        _ message: NATSMessage,
        _ answer: NATSMessage?,
        to directory: String,
        number: Int,
        file: Int
    ) async throws {
        for (message, suffix) in [(message, ""), (answer, "_reply")] {
            guard let message else { continue }
            let body = await body(of: message)
            if case .failure(let output, let reason) = body {
                invocation.console.log("\(GoText.quoted(output))\nError while translating msg body: \(reason)\n\n")
                continue
            }
            let document = Array(MessageOutput.dump(message, body: body.bytes).utf8)
            if directory == "-" {
                invocation.console.print(bytes: document + [0])
                continue
            }
            try FileSystem.replace("\(directory)/\(file)\(suffix).json", with: document)
            if number % 100 == 0 {
                invocation.console.print(bytes: [UInt8(ascii: ".")])
            }
        }
    }
}
