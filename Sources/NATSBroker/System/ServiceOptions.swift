import NATSWire

/// What a request to a service of the system account says: a JSON object, or nothing.
struct ServiceOptions {
    /// The name that nats-server's messages have for the kind of options: `ConnzEventOptions`.
    let type: String
    private let document: JSONValue

    /// A request that cannot be read; `description` is what the requester is told, with the code 400.
    struct Failure: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    /// - Throws: ``Failure`` in the words of Go's JSON decoder.
    init(_ type: String, _ payload: [UInt8]) throws(Failure) {
        self.type = type
        guard !payload.isEmpty else {
            document = .object([])
            return
        }
        do throws(JSONError) {
            document = try JSONValue(parsing: payload)
        } catch {
            throw Failure(description: error.description)
        }
        switch document {
        case .object, .null: break
        default:
            throw Failure(
                description: "json: cannot unmarshal \(document.goKind(for: type)) into Go value of type server.\(type)"
            )
        }
    }

    func bool(_ key: String) throws(Failure) -> Bool {
        switch document[key] {
        case nil, .null: return false
        case .bool(let value): return value
        case let other?: throw mismatch(key, other, "bool")
        }
    }

    func int(_ key: String, as type: String = "int") throws(Failure) -> Int {
        switch document[key] {
        case nil, .null: return 0
        case .int(let value) where type != "uint64" || value >= 0: return Int(value)
        case let other?: throw mismatch(key, other, type)
        }
    }

    func string(_ key: String, as type: String = "string") throws(Failure) -> String {
        switch document[key] {
        case nil, .null: return ""
        case .string(let value): return value
        case let other?: throw mismatch(key, other, type)
        }
    }

    func strings(_ key: String) throws(Failure) -> [String] {
        switch document[key] {
        case nil, .null: return []
        case .array(let values):
            var texts: [String] = []
            for value in values {
                guard case .string(let text) = value else { throw mismatch(key, value, "string") }
                texts.append(text)
            }
            return texts
        case let other?: throw mismatch(key, other, "[]string")
        }
    }

    /// Bytes as they are written in base 64; nil where there are none.
    func base64(_ key: String) throws(Failure) -> String? {
        switch document[key] {
        case nil, .null: return nil
        case .string(let text):
            guard Base64.decodedCount(text) != nil else {
                let place = "Go struct field \(type).\(key) of type []uint8"
                throw Failure(
                    description: "json: cannot unmarshal string into \(place): illegal base64 data at input byte 0")
            }
            return text
        case let other?: throw mismatch(key, other, "[]uint8")
        }
    }

    /// Looks at options that have no effect here: of a wrong kind they are refused all the same.
    func check(strings: [String] = [], bools: [String] = [], ints: [String] = []) throws(Failure) {
        for key in strings { _ = try string(key) }
        for key in bools { _ = try bool(key) }
        for key in ints { _ = try int(key) }
    }

    private func mismatch(_ key: String, _ value: JSONValue, _ wanted: String) -> Failure {
        Failure(
            description:
                "json: cannot unmarshal \(value.goKind(for: wanted)) into Go struct field \(type).\(key) of type "
                + wanted)
    }
}

extension JSONValue {
    /// What Go's decoder calls a value that it cannot use. A number is shown where another one would do.
    fileprivate func goKind(for wanted: String) -> String {
        let wantsNumber = wanted == "int" || wanted == "uint64"
        return switch self {
        case .null: "null"
        case .bool: "bool"
        case .int(let value): wantsNumber ? "number \(value)" : "number"
        case .unsigned(let value): wantsNumber ? "number \(value)" : "number"
        case .double(let value): wantsNumber ? "number \(value)" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

/// The servers that a request is meant for. One that it is not meant for does not answer.
struct ServerFilter {
    private var name: String
    private var cluster: String
    private var host: String
    private var tags: [String]
    private var domain: String
    private var isExact: Bool

    init(_ options: ServiceOptions) throws(ServiceOptions.Failure) {
        name = try options.string("server_name")
        cluster = try options.string("cluster")
        host = try options.string("host")
        isExact = try options.bool("exact_match")
        tags = try options.strings("tags")
        domain = try options.string("domain")
    }

    /// Whether a server that is in no cluster is meant.
    ///
    /// - Parameter domain: JetStream's, empty for none.
    func includes(name: String, host: String, tags: [String], domain: String) -> Bool {
        let pairs = [(self.name, name), (self.host, host), (cluster, "")]
        let agrees = pairs.allSatisfy { wanted, own in
            wanted.isEmpty || (isExact ? wanted == own : own.contains(wanted))
        }
        let known = Set(tags.map { $0.lowercased() })
        return agrees && self.tags.allSatisfy { known.contains($0.lowercased()) }
            && (self.domain.isEmpty || self.domain == domain)
    }
}
