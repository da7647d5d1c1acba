import GoFormats
import NATSWire

/// Why a request's JSON does not fit, in the words of Go's `encoding/json`, which nats-server answers with.
package struct RequestProblem: Error, Hashable {
    package var message: String
}

/// Reads a request's JSON into values the way Go's `encoding/json` does: names without regard to case, `null` leaves what
/// is there, the first value of a wrong type is reported once all is read.
struct RequestDecoder {
    /// The Go type's name, which stands in messages.
    private let root: String
    /// Whether a name that nobody knows is an error.
    private let isStrict: Bool
    private var path: [String] = []
    private var problem: RequestProblem?

    private init(root: String, isStrict: Bool) {
        self.root = root
        self.isStrict = isStrict
    }

    /// Reads an object.
    ///
    /// - Parameters:
    ///   - field: takes a member by its lower-case name; false where it knows no such name.
    static func decode(
        _ bytes: [UInt8],
        as root: String,
        isStrict: Bool,
        _ field: (inout RequestDecoder, String, JSONValue) throws(RequestProblem) -> Bool
    ) throws(RequestProblem) {
        guard !bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) else { return }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw RequestProblem(syntax: error, isStrict: isStrict)
        }
        var decoder = RequestDecoder(root: root, isStrict: isStrict)
        try decoder.object(value, type: "server.\(root)", field)
        if let problem = decoder.problem { throw problem }
    }

    mutating func object(
        _ value: JSONValue,
        type: String,
        _ field: (inout RequestDecoder, String, JSONValue) throws(RequestProblem) -> Bool
    ) throws(RequestProblem) {
        guard case .object(let members) = value else {
            if value != .null { mismatch(value, type) }
            return
        }
        for member in members {
            path.append(member.key.lowercased())
            let isKnown = try field(&self, member.key.lowercased(), member.value)
            path.removeLast()
            if !isKnown && isStrict {
                note(RequestProblem(message: "json: unknown field \(GoText.quoted(member.key))"))
            }
        }
    }

    mutating func array<Element>(
        _ target: inout [Element],
        _ value: JSONValue,
        type: String,
        _ element: (inout RequestDecoder, JSONValue) throws(RequestProblem) -> Element
    ) throws(RequestProblem) {
        switch value {
        case .null: target = []
        case .array(let values):
            target = []
            for value in values { target.append(try element(&self, value)) }
        default: mismatch(value, type)
        }
    }

    mutating func strings(_ target: inout [String], _ value: JSONValue) throws(RequestProblem) {
        try array(&target, value, type: "[]string") { decoder, value throws(RequestProblem) in
            var text = ""
            decoder.string(&text, value)
            return text
        }
    }

    mutating func string(_ target: inout String, _ value: JSONValue) {
        switch value {
        case .null: break
        case .string(let text): target = text
        default: mismatch(value, "string")
        }
    }

    mutating func bool(_ target: inout Bool, _ value: JSONValue) {
        switch value {
        case .null: break
        case .bool(let flag): target = flag
        default: mismatch(value, "bool")
        }
    }

    /// - Parameter type: Go's name for it.
    mutating func integer<Number: FixedWidthInteger>(_ target: inout Number, _ value: JSONValue, type: String) {
        switch value {
        case .null: break
        case .unsigned: mismatch(value, type)
        case .int(let number):
            if let fitting = Number(exactly: number) {
                target = fitting
            } else {
                mismatch(value, type, shown: "number \(number)")
            }
        case .double(let number):
            // Whole numbers beyond 64 bits with a sign arrive here.
            if number >= 0x1p63, let fitting = Number(exactly: number) {
                target = fitting
            } else {
                mismatch(value, type, shown: "number \(number)")
            }
        default: mismatch(value, type)
        }
    }

    mutating func duration(_ target: inout Int64, _ value: JSONValue) {
        integer(&target, value, type: "time.Duration")
    }

    /// - Throws: ``RequestProblem`` for what is no time of RFC 3339; Go reports this at once.
    mutating func time(_ target: inout GoTime?, _ value: JSONValue) throws(RequestProblem) {
        switch value {
        case .null: target = nil
        case .string(let text):
            guard let time = GoTime(rfc3339: text) else {
                throw RequestProblem(
                    message: "parsing time \(GoText.quoted(text)) as \"2006-01-02T15:04:05Z07:00\": cannot parse "
                        + "\(GoText.quoted(text)) as \"2006\"")
            }
            target = time
        default: throw RequestProblem(message: "Time.UnmarshalJSON: input is not a JSON string")
        }
    }

    /// - Throws: ``RequestProblem`` for a word that is none of the choice's.
    mutating func choice<Choice: RequestChoice>(_ target: inout Choice, _ value: JSONValue) throws(RequestProblem) {
        guard value != .null || Choice.refusesNull else { return }
        if case .string(let word) = value, let choice = Choice(word: word) {
            target = choice
        } else {
            throw RequestProblem(message: Choice.problem(String(decoding: value.encoded(), as: UTF8.self)))
        }
    }

    mutating func metadata(_ target: inout [String: String]?, _ value: JSONValue) {
        guard case .object(let members) = value else {
            if value == .null { target = nil } else { mismatch(value, "map[string]string") }
            return
        }
        var result = target ?? [:]
        for member in members {
            var text = ""
            path.append(member.key)
            string(&text, member.value)
            path.removeLast()
            result[member.key] = text
        }
        target = result
    }

    private mutating func mismatch(_ value: JSONValue, _ type: String, shown: String? = nil) {
        let kind =
            switch value {
            case .null: "null"
            case .bool: "bool"
            case .int, .unsigned, .double: "number"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        let place = path.isEmpty ? "value" : "struct field \(root).\(path.joined(separator: "."))"
        note(RequestProblem(message: "json: cannot unmarshal \(shown ?? kind) into Go \(place) of type \(type)"))
    }

    private mutating func note(_ found: RequestProblem) {
        if problem == nil { problem = found }
    }
}

/// A word out of a few, as a request's JSON holds it.
protocol RequestChoice {
    init?(word: String)
    /// What is said of JSON that is none of the words.
    static func problem(_ json: String) -> String
    static var refusesNull: Bool { get }
}

extension RequestChoice {
    static func problem(_ json: String) -> String { "can not unmarshal \(GoText.quoted(json))" }
    static var refusesNull: Bool { true }
}

extension RequestProblem {
    /// A decoder of a stream, which nats-server uses first, tells an early end in other words than one of a whole document.
    fileprivate init(syntax error: JSONError, isStrict: Bool) {
        if !isStrict {
            message = error.description
        } else if error.description == "unexpected end of JSON input" {
            message = "unexpected EOF"
        } else {
            message = "\(error.description) at offset \(error.offset + 1)"
        }
    }
}
