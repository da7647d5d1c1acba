/// The last bytes of a block, to which records are appended.
final class TailBuffer {
    /// Where in the block the first byte lies.
    private(set) var start: Int
    private(set) var count = 0
    private var capacity = 0
    private var memory: UnsafeMutableRawPointer?

    init(start: Int) {
        self.start = start
    }

    deinit {
        memory?.deallocate()
    }

    /// Where in the block the bytes end.
    var end: Int { start + count }

    /// Adds `size` bytes, which the caller writes at once, and grows to at least that; by doubling, up to `limit`.
    @inline(__always)
    func extend(by size: Int, limit: Int) -> UnsafeMutableRawPointer {
        if let memory, count &+ size <= capacity {
            defer { count &+= size }
            return memory + count
        }
        let grown = grow(to: count + size, limit: limit)
        count += size
        return grown + (count - size)
    }

    /// The bytes from `offset` in the block on.
    @inline(__always)
    func bytes(from offset: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: memory.map { $0 + (offset - start) }, count: end - offset)
    }

    /// Forgets all bytes: they are found elsewhere.
    func clear(releasing: Bool) {
        start += count
        count = 0
        guard releasing else { return }
        memory?.deallocate()
        memory = nil
        capacity = 0
    }

    private func grow(to wanted: Int, limit: Int) -> UnsafeMutableRawPointer {
        let size = max(wanted, min(limit, max(2048, capacity * 2)))
        let grown = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        if let memory {
            grown.copyMemory(from: memory, byteCount: count)
            memory.deallocate()
        }
        memory = grown
        capacity = size
        return grown
    }
}
