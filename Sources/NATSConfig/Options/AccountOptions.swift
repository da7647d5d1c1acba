/// One account of the `accounts` block. Its users are in ``ServerOptions/users`` and ``ServerOptions/nkeys``.
package struct AccountOptions: Sendable, Hashable {
    package var name: String
    /// Where the account is defined.
    package var position: ConfigPosition?
    /// The account's public key; empty for none.
    package var nkey = ""
    package var exports: [ExportOptions] = []
    package var imports: [ImportOptions] = []
    package var mappings: [SubjectMapping] = []
    package var limits = AccountLimits()
    /// Nil when JetStream is not enabled for the account.
    package var jetStream: JetStreamAccountOptions?
    /// What users without permissions of their own may do. They have been given it already.
    package var defaultPermissions: PermissionOptions?
    /// Where traces of messages go; empty for nowhere.
    package var traceDestination = ""
    /// Percent of the messages that are traced.
    package var traceSampling = 0

    package init(name: String, position: ConfigPosition? = nil) {
        self.name = name
        self.position = position
    }

    /// The account of clients that belong to no other.
    package static let globalName = "$G"
    /// The system account's name where the file gives it none.
    package static let defaultSystemName = "$SYS"
}

/// Bounds on an account; −1 for none.
package struct AccountLimits: Sendable, Hashable {
    package var maxConnections: Int32 = -1
    package var maxSubscriptions: Int32 = -1
    package var maxPayload: Int32 = -1
    package var maxLeafNodes: Int32 = -1

    package init() {}
}

/// A subject that an account offers to others.
package struct ExportOptions: Sendable, Hashable {
    /// What is offered.
    package enum Kind: String, Sendable, Hashable {
        case stream, service
    }

    /// How a service answers.
    package enum ResponseType: String, Sendable, Hashable {
        case singleton = "Singleton"
        case streamed = "Streamed"
        case chunked = "Chunked"
    }

    /// Where measurements of a service's latency go.
    package struct Latency: Sendable, Hashable {
        package var subject: String
        /// Percent; 0 when requests ask for it in a header.
        package var sampling: Int
    }

    package var kind: Kind
    package var subject: String
    /// Who may import it; nil for everybody.
    package var accounts: [String]?
    package var responseType = ResponseType.singleton
    /// How long a service may take to answer; nil for the default, two minutes.
    package var responseThreshold: Duration?
    package var latency: Latency?
    /// The token of the subject that must be the importing account's name, counted from 1; 0 for none.
    package var accountTokenPosition = 0
    package var allowTrace = false

    package init(_ kind: Kind, subject: String) {
        self.kind = kind
        self.subject = subject
    }
}

/// A subject that an account takes from another one.
package struct ImportOptions: Sendable, Hashable {
    package var kind: ExportOptions.Kind
    /// The exporting account.
    package var account: String
    /// The subject there.
    package var subject: String
    /// The subject here; empty for the same one. Only a stream may have a prefix instead.
    package var to = ""
    /// A stream's prefix here; empty for none.
    package var prefix = ""
    /// Whether a service sees who asks.
    package var share = false
    package var allowTrace = false

    package init(_ kind: ExportOptions.Kind, account: String, subject: String) {
        self.kind = kind
        self.account = account
        self.subject = subject
    }
}

/// A subject that is published under another name.
package struct SubjectMapping: Sendable, Hashable {
    /// One of the names it may get.
    package struct Destination: Sendable, Hashable {
        package var subject: String
        /// Percent of the messages.
        package var weight: UInt8
        /// The cluster that the destination is for; empty for every one.
        package var cluster = ""

        package init(subject: String, weight: UInt8, cluster: String = "") {
            self.subject = subject
            self.weight = weight
            self.cluster = cluster
        }
    }

    package var source: String
    package var destinations: [Destination]

    package init(source: String, destinations: [Destination]) {
        self.source = source
        self.destinations = destinations
    }
}
