/// The header block that goes before the payload of an `HPUB` or `HMSG`: a version line and `Name: value` lines.
///
/// Names keep their spelling and order; a name may occur several times. See the NATS protocol page and ADR-4.
package struct HeaderBlock: Sendable, Hashable {
    /// One header line.
    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The header lines, in the order in which they stand in the block.
    package var fields: [Field]

    /// The three-digit status on the version line (`NATS/1.0 503`), which servers use for answers without a payload.
    package var status: Int?

    /// The text after the status, empty if there is none.
    package var statusDescription: String

    package init(fields: [Field] = [], status: Int? = nil, statusDescription: String = "") {
        self.fields = fields
        self.status = status
        self.statusDescription = statusDescription
    }

    /// The status a server answers with when nobody listens to the subject of a request.
    package static let noResponders = 503
}

/// A header block that breaks the format.
package enum HeaderError: Error, Hashable, Sendable {
    /// The block does not begin with `NATS/1.0`.
    case missingVersion
    /// The version line goes on with something that is no three-digit status.
    case badStatus(String)
    /// A line without a colon.
    case missingColon(line: String)
    /// A name that is empty or holds a colon, a blank, or a character outside printable ASCII.
    case badName(String)
}
