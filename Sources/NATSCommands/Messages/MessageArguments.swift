import NATSClient
import NIOCore

/// What a command line says about the messages to send.
struct MessageArguments: Sendable {
    var subject: String
    var replyTo: String?
    var headers: [String]
    /// Whether actions in subject and body are filled in.
    var fillsIn: Bool

    /// The message with the given number. An action that can't be filled in is reported and left as it is.
    func message(body: String, number: Int, console: Console) throws(CommandError) -> NATSMessage {
        let template = MessageTemplate(count: number)
        return NATSMessage(
            subject: expand(subject, "subject", template, console),
            replyTo: replyTo,
            headers: try HeaderArguments.headers(headers, template: template),
            payload: ByteBuffer(string: expand(body, "body", template, console))
        )
    }

    private func expand(_ text: String, _ what: String, _ template: MessageTemplate, _ console: Console) -> String {
        guard fillsIn else { return text }
        do {
            return try template.expand(text)
        } catch {
            console.log("Could not parse \(what) template: \(error)")
            return text
        }
    }
}
