package import NATSWire

/// An answer that refuses a request or a message, with nats-server's numbers and words.
package struct JetStreamError: Error, Sendable, Hashable {
    /// One entry of the catalogue.
    package struct Kind: Sendable, Hashable {
        /// The number that programs tell errors apart by, `err_code` in answers.
        package let number: Int
        /// What HTTP would call it, `code` in answers.
        package let status: Int
        /// The text; `{name}` stands for what ``JetStreamError/init(_:_:)`` fills in.
        package let text: String

        init(_ number: Int, _ status: Int, _ text: String) {
            self.number = number
            self.status = status
            self.text = text
        }
    }

    package let kind: Kind
    /// The text with its placeholders filled in.
    package let description: String

    /// - Parameter values: what goes in the placeholders, in the order in which they stand in the text.
    init(_ kind: Kind, _ values: String...) {
        self.kind = kind
        var text = ""
        var rest = kind.text[...]
        var next = values.makeIterator()
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}"),
            let value = next.next()
        {
            text += rest[..<open] + value
            rest = rest[rest.index(after: close)...]
        }
        description = text + rest
    }

    /// The `error` member of an answer.
    package var json: JSONValue {
        .object([
            .init("code", .int(Int64(kind.status))),
            .init("err_code", .int(Int64(kind.number))),
            .init("description", .string(description)),
        ])
    }
}
