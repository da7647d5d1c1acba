import NATSClient
import NIOCore

/// The payload of a message as it is shown: as it came, or sent through a command.
enum MessageBody: Sendable, Hashable {
    case none
    case bytes([UInt8])
    /// The command failed; what it printed and why.
    case failure(output: [UInt8], reason: String)

    /// - Parameters:
    ///   - command: a command line whose `{{Subject}}` stands for the subject; `nil` to leave the payload alone.
    ///   - subject: what `{{Subject}}` gives.
    init(of message: NATSMessage, translatedBy command: String?, subject: String = "") async {
        let payload = Array(message.payload.readableBytesView)
        guard let command else {
            self = payload.isEmpty ? .none : .bytes(payload)
            return
        }
        do {
            let line = try Template(command, name: "translate")
                .expand(functions: ["Subject": { _ in subject }, "Stream": { _ in "" }], fields: [:])
            let outcome = try await ExternalCommand.run(line, input: payload)
            self = outcome.failure.map { .failure(output: outcome.output, reason: $0) } ?? .bytes(outcome.output)
        } catch {
            self = .failure(output: [], reason: "\(error)")
        }
    }

    /// The bytes that there are; none after a failure.
    var bytes: [UInt8] {
        if case .bytes(let bytes) = self { bytes } else { [] }
    }
}
