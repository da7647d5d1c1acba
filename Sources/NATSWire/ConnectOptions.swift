/// What a client says about itself in `CONNECT {…}`.
package struct ConnectOptions: Sendable, Equatable {
    package var echo = true
    package var verbose = true
    package var pedantic = true
    package var tlsRequired = false
    package var nkey = ""
    package var jwt = ""
    package var signature = ""
    package var token = ""
    package var user = ""
    package var password = ""
    package var name = ""
    package var language = ""
    package var version = ""
    package var protocolVersion: Int64 = 0
    package var account = ""
    package var newAccount = false
    package var headers = false
    package var noResponders = false

    /// What holds before a client has said anything: it is answered `+OK` and subjects are checked.
    package init() {}

    /// Takes over what `json` says and keeps the rest, as a second CONNECT does.
    ///
    /// - Throws: ``JSONError`` when `json` is no JSON object or a field has the wrong type.
    package mutating func update(fromJSON json: UnsafeRawBufferPointer) throws(JSONError) {
        let document = try JSONValue(parsing: json)
        if case .null = document { return }
        guard case .object = document else {
            throw JSONError(
                description:
                    "json: cannot unmarshal \(Self.kind(of: document, for: "ClientOpts")) into Go value of type server.ClientOpts",
                offset: 0)
        }
        try Self.read(document, "echo", "bool", &echo, Self.bool)
        try Self.read(document, "verbose", "bool", &verbose, Self.bool)
        try Self.read(document, "pedantic", "bool", &pedantic, Self.bool)
        try Self.read(document, "tls_required", "bool", &tlsRequired, Self.bool)
        try Self.read(document, "nkey", "string", &nkey, Self.string)
        try Self.read(document, "jwt", "string", &jwt, Self.string)
        try Self.read(document, "sig", "string", &signature, Self.string)
        try Self.read(document, "auth_token", "string", &token, Self.string)
        try Self.read(document, "user", "string", &user, Self.string)
        try Self.read(document, "pass", "string", &password, Self.string)
        try Self.read(document, "name", "string", &name, Self.string)
        try Self.read(document, "lang", "string", &language, Self.string)
        try Self.read(document, "version", "string", &version, Self.string)
        try Self.read(document, "protocol", "int", &protocolVersion, Self.int)
        try Self.read(document, "account", "string", &account, Self.string)
        try Self.read(document, "new_account", "bool", &newAccount, Self.bool)
        try Self.read(document, "headers", "bool", &headers, Self.bool)
        try Self.read(document, "no_responders", "bool", &noResponders, Self.bool)
    }

    private static func read<Value>(
        _ document: JSONValue,
        _ key: String,
        _ type: String,
        _ field: inout Value,
        _ convert: (JSONValue) -> Value?
    ) throws(JSONError) {
        guard let found = document[key], found != .null else { return }
        guard let value = convert(found) else {
            let kind = kind(of: found, for: type)
            throw JSONError(
                description: "json: cannot unmarshal \(kind) into Go struct field ClientOpts.\(key) of type \(type)",
                offset: 0)
        }
        field = value
    }

    private static func bool(_ value: JSONValue) -> Bool? {
        if case .bool(let bool) = value { bool } else { nil }
    }

    private static func string(_ value: JSONValue) -> String? {
        if case .string(let string) = value { string } else { nil }
    }

    private static func int(_ value: JSONValue) -> Int64? {
        if case .int(let int) = value { int } else { nil }
    }

    private static func kind(of value: JSONValue, for type: String) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        // A number is shown where another one would do.
        case .int(let value): type == "int" ? "number \(value)" : "number"
        case .unsigned(let value): type == "int" ? "number \(value)" : "number"
        case .double(let value): type == "int" ? "number \(value)" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
