import NATSWire

/// What became of one message, told to whoever asked for it in the message's headers.
///
/// Source: ADR-41. The words are nats-server's. A single server has no hops, and no stream has a part in it.
final class MessageTrace {
    /// Why a subscription did not get the message.
    enum Loss: String {
        case noEcho = "Not delivered because of no echo"
        case denied = "Not delivered because subscription denies this subject"
        case closedSubscription = "Not delivered because subscription is closed"
        case closedClient = "Not delivered because client is closed"
        case slowConsumer = "Not delivered because fast producer not stalled and consumer is slow"
    }

    /// Where the trace goes.
    let destination: [UInt8]
    /// Whether the message is traced and not delivered.
    let isTraceOnly: Bool
    /// The account in which the message was published.
    let account: Account
    /// Whether the trace's reader would take it compressed, and is told that it is not.
    let namesEncoding: Bool
    private let request: JSONValue
    private var ingress: [JSONValue.Member]
    private var later: [JSONValue] = []

    /// - Parameter size: the message's bytes, headers included.
    init(_ headers: TraceHeaders, destination: [UInt8], subject: String, size: Int, from client: Connection) {
        self.destination = destination
        isTraceOnly = headers.isTraceOnly
        account = client.account
        namesEncoding = headers["Accept-Encoding"] != nil
        request = .object([.init("header", headers.document), .init("msgsize", .int(Int64(size)))])
        ingress = Self.event("in") + Self.members(of: client)
        ingress += [.init("acc", .string(client.account.name)), .init("subj", .string(subject))]
    }

    func add(mappedTo subject: String) {
        later.append(.object(Self.event("sm") + [.init("to", .string(subject))]))
    }

    /// The message was refused.
    func add(refusal: String) {
        ingress.append(.init("error", .string(refusal)))
    }

    /// The message is imported by `account`, under the name `subject`.
    func add(streamExportTo account: String, as subject: String) {
        later.append(
            .object(Self.event("se") + [.init("acc", .string(account)), .init("to", .string(subject))]))
    }

    /// The message asks a service of `account`.
    func add(serviceOf account: String, from: String, to: String) {
        later.append(
            .object(
                Self.event("si") + [
                    .init("acc", .string(account)), .init("from", .string(from)), .init("to", .string(to)),
                ]))
    }

    /// The message reached `subscription`, or did not.
    func add(_ subscription: Subscription, _ loss: Loss?) {
        let owner = subscription.owner
        var members = Self.event("eg") + Self.members(of: owner)
        if owner.account !== account { members.append(.init("acc", .string(owner.account.name))) }
        members.append(.init("sub", .string(String(decoding: subscription.subject, as: UTF8.self))))
        if let queue = subscription.queue {
            members.append(.init("queue", .string(String(decoding: queue, as: UTF8.self))))
        }
        if let loss { members.append(.init("error", .string(loss.rawValue))) }
        later.append(.object(members))
    }

    /// - Parameter server: who traced.
    func document(server: JSONValue) -> JSONValue {
        .object([
            .init("server", server), .init("request", request), .init("events", .array([.object(ingress)] + later)),
        ])
    }

    private static func event(_ type: JSONValue) -> [JSONValue.Member] {
        [.init("type", type), .init("ts", .string(WallClock.now().rfc3339))]
    }

    /// `kind` 0 is a client's connection.
    private static func members(of client: Connection) -> [JSONValue.Member] {
        let name = client.traceName
        return [.init("kind", 0), .init("cid", .int(Int64(client.id)))]
            + (name.isEmpty ? [] : [.init("name", .string(name))])
    }
}

/// The headers of a message that asks to be traced.
struct TraceHeaders {
    static let destination = "Nats-Trace-Dest"
    /// In place of a destination: nobody is to trace the message any more.
    static let disabled = "trace disabled"

    /// Whether the message belongs to a trace of other systems, by `traceparent`, and names no destination itself.
    let isExternal: Bool
    private var fields: [(name: String, value: String)] = []

    /// Whether a block has a header that could ask for a trace. A look at the first letter of each line is enough for most.
    static func mayAsk(_ block: UnsafeRawBufferPointer) -> Bool {
        var index = 10
        while index &+ 11 < block.count {
            let letter = block[index] | 0x20
            if letter == UInt8(ascii: "n") || letter == UInt8(ascii: "t") {
                let start = UnsafeRawBufferPointer(rebasing: block[index..<index &+ 11])
                if start.starts(with: "Nats-Trace-".utf8) || isTraceParent(start) { return true }
            }
            while index < block.count, block[index] != 0x0A { index &+= 1 }
            index &+= 1
        }
        return false
    }

    private static func isTraceParent(_ name: UnsafeRawBufferPointer) -> Bool {
        name.count == 11 && zip(name, "traceparent".utf8).allSatisfy { $0 | 0x20 == $1 }
    }

    /// Nil for a block that asks for no trace, or whose trace was ended.
    init?(_ block: UnsafeRawBufferPointer) {
        let version = Array("NATS/1.0\r\n".utf8)
        guard block.starts(with: version) else { return nil }
        var hasDestination = false
        var isSampledElsewhere = false
        var rest = block[version.count...]
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            let name = rest[rest.startIndex..<colon]
            let line = rest[(colon + 1)...].drop { Self.isBlank($0) }
            guard let end = Self.lineEnd(line) else { break }
            var value = line[line.startIndex..<end]
            while let last = value.last, Self.isBlank(last) { value = value.dropLast() }
            rest = rest[(end + 2)...]
            guard !name.isEmpty, !value.isEmpty else { continue }
            let (key, text) = (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
            if key == Self.destination {
                if text == Self.disabled { return nil }
                hasDestination = true
            } else if Self.isTraceParent(UnsafeRawBufferPointer(rebasing: name)) {
                isSampledElsewhere = isSampledElsewhere || Self.isSampled(text)
            }
            fields.append((key, text))
        }
        guard hasDestination || isSampledElsewhere else { return nil }
        isExternal = !hasDestination
    }

    /// The first value of a header.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    var isTraceOnly: Bool {
        !isExternal && ["1", "true", "on"].contains((self["Nats-Trace-Only"] ?? "").lowercased())
    }

    /// Every header with all its values, by name.
    var document: JSONValue {
        var values: [String: [JSONValue]] = [:]
        for field in fields { values[field.name, default: []].append(.string(field.value)) }
        return .object(values.sorted { $0.key < $1.key }.map { .init($0.key, .array($0.value)) })
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func lineEnd(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        bytes.indices.first { bytes[$0] == 0x0D && $0 + 1 < bytes.endIndex && bytes[$0 + 1] == 0x0A }
    }

    /// The last bit of the flags, https://www.w3.org/TR/trace-context/#sampled-flag.
    private static func isSampled(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].utf8.count == 2, let flags = Int8(parts[3], radix: 16) else { return false }
        return flags & 1 == 1
    }
}
