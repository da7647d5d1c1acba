import Foundation

/// A monitoring document and how it was answered.
struct Answer: Sendable {
    var status: Int
    var type: String
    var body: Data

    /// Every path of keys in the document with the kind of value at its end; the elements of a list
    /// are taken together, since their order may be any.
    var shape: Set<String> {
        guard let value = try? JSONSerialization.jsonObject(with: body) else { return [] }
        return Self.shape(of: value, at: "")
    }

    private static func shape(of value: Any, at path: String) -> Set<String> {
        switch value {
        case let object as [String: Any]:
            return object.reduce(into: [path + "{}"]) { $0.formUnion(shape(of: $1.value, at: "\(path)/\($1.key)")) }
        case let list as [Any]:
            return list.reduce(into: [path + "[]"]) { $0.formUnion(shape(of: $1, at: path + "[…]")) }
        case is String: return [path + " text"]
        default: return [path + " number"]
        }
    }
}

/// Asks for a document over HTTP.
func get(_ path: String, _ port: Int) async throws -> Answer {
    try await onThread { try fetch(path, port) }
}

/// Asks for a document over HTTP, blocking.
func fetch(_ path: String, _ port: Int, method: String = "GET") throws -> Answer {
    let client = try RawClient(port: port)
    client.send("\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    try client.readToEnd()
    let text = Data(client.received)
    guard let gap = text.range(of: Data("\r\n\r\n".utf8)) else { return Answer(status: 0, type: "", body: text) }
    let head = String(decoding: text[..<gap.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    var body = text[gap.upperBound...]
    if head.contains("Transfer-Encoding: chunked") { body = dechunked(body) }
    let type = head.first { $0.hasPrefix("Content-Type: ") }?.dropFirst(14)
    let status = Int(head[0].split(separator: " ")[1])
    return Answer(status: status ?? 0, type: String(type ?? ""), body: Data(body))
}

private func dechunked(_ data: Data) -> Data {
    var rest = data
    var result = Data()
    while let end = rest.range(of: Data("\r\n".utf8)),
        let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16), size > 0
    {
        result += rest[end.upperBound..<end.upperBound + size]
        rest = rest[(end.upperBound + size + 2)...]
    }
    return result
}
