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
        guard case .object(let members) = document else {
            throw JSONError(
                description:
                    "json: cannot unmarshal \(Self.kind(of: document, for: "ClientOpts")) into Go value of type server.ClientOpts",
                offset: 0)
        }
        // Go's decoder reads on behind a field that has the wrong type, and tells of the first one; null changes nothing.
        var firstError: JSONError?
        for member in members where member.value != .null {
            do throws(JSONError) {
                try take(member)
            } catch {
                firstError = firstError ?? error
            }
        }
        if let firstError { throw firstError }
    }

    /// Takes over one field. Names are told apart without regard to case; fields that nobody knows are left alone.
    private mutating func take(_ member: JSONValue.Member) throws(JSONError) {
        switch member.key.lowercased() {
        case "echo": try Self.read(member, "bool", &echo, Self.bool)
        case "verbose": try Self.read(member, "bool", &verbose, Self.bool)
        case "pedantic": try Self.read(member, "bool", &pedantic, Self.bool)
        case "tls_required": try Self.read(member, "bool", &tlsRequired, Self.bool)
        case "nkey": try Self.read(member, "string", &nkey, Self.string)
        case "jwt": try Self.read(member, "string", &jwt, Self.string)
        case "sig": try Self.read(member, "string", &signature, Self.string)
        case "auth_token": try Self.read(member, "string", &token, Self.string)
        case "user": try Self.read(member, "string", &user, Self.string)
        case "pass": try Self.read(member, "string", &password, Self.string)
        case "name": try Self.read(member, "string", &name, Self.string)
        case "lang": try Self.read(member, "string", &language, Self.string)
        case "version": try Self.read(member, "string", &version, Self.string)
        case "protocol": try Self.read(member, "int", &protocolVersion, Self.int)
        case "account": try Self.read(member, "string", &account, Self.string)
        case "new_account": try Self.read(member, "bool", &newAccount, Self.bool)
        case "headers": try Self.read(member, "bool", &headers, Self.bool)
        case "no_responders": try Self.read(member, "bool", &noResponders, Self.bool)
        // What only other servers say has no effect, but must have the right type.
        case "proxy_sig", "remote_account":
            var unused = ""
            try Self.read(member, "string", &unused, Self.string)
        case "import", "export": try Self.checkPermission(member)
        default: break
        }
    }

    private static func read<Value>(
        _ member: JSONValue.Member,
        _ type: String,
        _ field: inout Value,
        _ convert: (JSONValue) -> Value?
    ) throws(JSONError) {
        guard let value = convert(member.value) else { throw mismatch(member.value, member.key, type) }
        field = value
    }

    /// Whether the field is `{"allow": ["subject"], "deny": ["subject"]}`, or as much of that as there is.
    private static func checkPermission(_ member: JSONValue.Member) throws(JSONError) {
        guard case .object(let lists) = member.value else {
            throw mismatch(member.value, member.key, "server.SubjectPermission")
        }
        for list in lists where ["allow", "deny"].contains(list.key.lowercased()) && list.value != .null {
            let place = "\(member.key).\(list.key)"
            guard case .array(let subjects) = list.value else { throw mismatch(list.value, place, "[]string") }
            for (index, subject) in subjects.enumerated() where subject != .null && string(subject) == nil {
                throw JSONError(
                    description:
                        "json: cannot unmarshal \(kind(of: subject, for: "string")) into ClientOpts.\(place).\(index) of type string",
                    offset: 0)
            }
        }
    }

    private static func mismatch(_ value: JSONValue, _ place: String, _ type: String) -> JSONError {
        JSONError(
            description:
                "json: cannot unmarshal \(kind(of: value, for: type)) into Go struct field ClientOpts.\(place) of type \(type)",
            offset: 0)
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
