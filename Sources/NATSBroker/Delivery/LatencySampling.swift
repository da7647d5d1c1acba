import NATSWire

/// Which requests are measured.
enum LatencySampling {
    /// Whether a request with `headers`, a whole header block, is measured, and the headers that decided it.
    static func sample(_ latency: ServiceExport.Latency, _ headers: UnsafeRawBufferPointer) -> [JSONValue.Member]? {
        if latency.sampling >= 100 { return [] }
        if latency.sampling > 0, Int.random(in: 0..<100) <= latency.sampling { return [] }
        return headers.isEmpty ? nil : sample(fields(headers))
    }

    /// What trace headers of Jaeger, Zipkin and the W3C say, the first kind that is there.
    private static func sample(_ fields: [(name: String, value: String)]) -> [JSONValue.Member]? {
        let value = { (name: String) in fields.first { $0.name == name }?.value }
        let all = { (names: [String]) in
            names.filter { value($0) != nil }.map { name in
                JSONValue.Member(name, .array(fields.filter { $0.name == name }.map { .string($0.value) }))
            }
        }
        if let trace = value("Uber-Trace-Id") {
            let parts = trace.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 4, (1...2).contains(parts[3].utf8.count), let flags = UInt8(parts[3], radix: 16),
                flags & 1 == 1
            else { return nil }
            let context = Set(fields.map(\.name).filter { $0.hasPrefix("Uberctx-") }).sorted()
            return all(["Uber-Trace-Id"] + context).sorted { $0.key < $1.key }
        }
        let zipkin = ["X-B3-Parentspanid", "X-B3-Sampled", "X-B3-Spanid", "X-B3-Traceid"]
        if let sampled = value("X-B3-Sampled"), sampled == "1" || sampled == "0" {
            return sampled == "1" ? all(zipkin) : nil
        }
        if value("X-B3-Traceid") != nil { return all(zipkin) }
        if let single = value("B3") {
            let parts = single.split(separator: "-", omittingEmptySubsequences: false)
            let isDenied = (parts.count > 2 && parts[2] == "0") || (parts.count == 1 && parts[0] == "0")
            return isDenied ? nil : all(["B3"])
        }
        if let parent = value("Traceparent") {
            let parts = parent.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 4, parts[3].utf8.count == 2, let flags = Int8(parts[3], radix: 16), flags & 1 == 1
            else {
                return nil
            }
            return all(["Traceparent", "Tracestate"])
        }
        return nil
    }

    /// Names as nats-server's library writes them, with a capital letter behind each hyphen, and values.
    private static func fields(_ headers: UnsafeRawBufferPointer) -> [(name: String, value: String)] {
        headers.split(separator: 0x0A).dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let value = line[(colon + 1)...].filter { $0 != 0x0D }.drop { $0 == 0x20 || $0 == 0x09 }
            return (canonical(line[..<colon]), String(decoding: value, as: UTF8.self))
        }
    }

    private static func canonical(_ name: Slice<UnsafeRawBufferPointer>) -> String {
        var startsWord = true
        let bytes = name.map { byte -> UInt8 in
            defer { startsWord = byte == UInt8(ascii: "-") }
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): return startsWord ? byte - 32 : byte
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): return startsWord ? byte : byte + 32
            default: return byte
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
