/// Cuts a stream into the messages of the base protocol: headers, an empty line, and as many bytes as `Content-Length` says.
package struct MessageReader: Sendable {
    /// What stands where a header should stand; nothing behind it can be understood.
    package struct Malformed: Error, Sendable, CustomStringConvertible {
        package var header: String
        package var description: String {
            "an editor's message begins with \"Content-Length: N\", and here begins \"\(header)\""
        }
    }

    /// More than any editor sends; a length above it is a mistake.
    private static let limit = 256 << 20

    private var buffer: [UInt8] = []

    package init() {}

    package mutating func append(_ bytes: some Sequence<UInt8>) {
        buffer += bytes
    }

    /// The next whole message; nil until more comes.
    package mutating func next() throws(Malformed) -> [UInt8]? {
        guard let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) else {
            // Headers are short: what is longer is something else.
            guard buffer.count < 4096 else { throw Malformed(header: head) }
            return nil
        }
        var length: Int?
        let headers = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
        for line in headers.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.filter { $0 != " " } }
            if parts.count == 2, parts[0].lowercased() == "content-length" { length = Int(parts[1]) }
        }
        guard let length, (0...Self.limit).contains(length) else { throw Malformed(header: head) }
        guard buffer.count >= end.upperBound + length else { return nil }
        let message = Array(buffer[end.upperBound..<end.upperBound + length])
        buffer.removeFirst(end.upperBound + length)
        return message
    }

    private var head: String { String(decoding: buffer.prefix(40), as: UTF8.self) }

    /// A message with its header.
    package static func framed(_ message: JSON) -> [UInt8] {
        let bytes = message.bytes
        return Array("Content-Length: \(bytes.count)\r\n\r\n".utf8) + bytes
    }
}
