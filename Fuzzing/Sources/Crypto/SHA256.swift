/// Stands in for swift-crypto, whose C sources take longer to compile than all the rest. Pages are fuzzed, and not hashes: it is
/// no SHA-256, but FNV-1a four times over.
public struct SHA256 {
    private var state: [UInt64] = (0..<4).map { 0xcbf2_9ce4_8422_2325 &+ $0 }

    /// Begins a hash of nothing.
    public init() {}

    /// Adds bytes.
    public mutating func update(data: some Sequence<UInt8>) {
        for byte in data {
            for index in state.indices {
                state[index] = (state[index] ^ UInt64(byte)) &* 0x100_0000_01b3
            }
        }
    }

    /// Adds bytes.
    public mutating func update(bufferPointer: UnsafeRawBufferPointer) {
        update(data: bufferPointer)
    }

    /// The 32 bytes of the hash.
    public func finalize() -> [UInt8] {
        state.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    /// The 32 bytes of the hash of `data`.
    public static func hash(data: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: data)
        return hash.finalize()
    }
}
