import NATSWire

/// The functions that bodies, subjects and headers of messages may use.
struct MessageTemplate: Sendable {
    /// The number of the message.
    var count: Int
    /// The payload of the request that is answered; empty if there is none.
    var request = ""
    var time = LocalTime.now()

    private static let alphanumerics = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

    /// `text` with its actions filled in.
    func expand(_ text: String) throws(Template.Failure) -> String {
        guard text.contains("{{") else { return text }
        return try Template(text, name: "body").expand(functions: functions, fields: fields)
    }

    private var fields: [String: String] {
        [
            "Cnt": String(count), "Count": String(count), "Unix": String(time.seconds), "UnixNano": unixNano,
            "TimeStamp": time.rfc3339, "Time": time.kitchen, "Request": request, "ID": NUID.next(),
        ]
    }

    private var functions: [String: Template.Function] {
        var functions: [String: Template.Function] = [
            "Random": { arguments throws(Template.Failure) in try Self.random(arguments) },
            "ID": { _ in NUID.next() },
        ]
        var constants = ["Count", "Cnt", "Unix", "UnixNano", "TimeStamp", "Time"]
        if !request.isEmpty {
            constants.append("Request")
        }
        for name in constants {
            let value = fields[name] ?? ""
            functions[name] = { _ in value }
        }
        return functions
    }

    private var unixNano: String {
        String(time.seconds * 1_000_000_000 + time.nanoseconds)
    }

    private static func random(_ arguments: [Template.Argument]) throws(Template.Failure) -> String {
        guard arguments.count == 2 else {
            throw Template.Failure(description: "wrong number of args for Random: want 2 got \(arguments.count)")
        }
        guard case .integer(let first) = arguments[0], case .integer(let second) = arguments[1], first >= 0,
            second >= 0, max(first, second) <= 64 << 20
        else {
            throw Template.Failure(description: "wrong type of value for Random: expected two lengths")
        }
        let length = Int.random(in: min(first, second)...max(first, second))
        return String((0..<length).map { _ in alphanumerics[Int.random(in: 0..<alphanumerics.count)] })
    }
}
