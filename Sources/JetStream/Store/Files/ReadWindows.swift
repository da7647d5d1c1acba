/// Parts of files that were read in: a few, each of which grows while somebody reads on, so that reading in order takes few
/// calls and reading here and there takes small ones.
final class ReadWindows {
    private final class Window {
        var block: UInt64 = 0
        var start = 0
        var count = 0
        var capacity = 0
        var memory: UnsafeMutableRawPointer?
        var lastUse = 0

        deinit { memory?.deallocate() }

        func reserve(_ size: Int) -> UnsafeMutableRawBufferPointer {
            if size > capacity {
                memory?.deallocate()
                memory = .allocate(byteCount: size, alignment: 16)
                capacity = size
            }
            return UnsafeMutableRawBufferPointer(start: memory, count: size)
        }
    }

    private static let limit = 4
    private static let smallest = 8192
    private static let largest = 262_144

    private var windows: [Window] = []
    private var clock = 0

    /// Bytes of a block from `offset` on, at least `count`.
    ///
    /// - Parameters:
    ///   - end: where the part of the block ends that is in the file.
    ///   - fill: reads into a buffer from an offset.
    /// - Returns: `nil` where the file has fewer bytes.
    func bytes(
        of block: UInt64,
        at offset: Int,
        count: Int,
        end: Int,
        fill: (UnsafeMutableRawBufferPointer, Int) throws(StoreError) -> Int
    ) throws(StoreError) -> UnsafeRawBufferPointer? {
        clock += 1
        for window in windows where window.block == block && window.start <= offset {
            if offset + count <= window.start + window.count {
                window.lastUse = clock
                return view(window, from: offset)
            }
        }
        let window = windowToFill(block, offset)
        let isContinued = window.block == block && window.start < offset && offset <= window.start + window.count
        let ahead = isContinued ? min(window.capacity * 4, Self.largest) : Self.smallest
        let size = max(count, min(ahead, end - offset))
        window.block = block
        window.start = offset
        window.count = 0
        window.lastUse = clock
        window.count = try fill(window.reserve(size), offset)
        return window.count >= count ? view(window, from: offset) : nil
    }

    /// Forgets what was read of a block, whose bytes were changed.
    func forget(_ block: UInt64) {
        windows.removeAll { $0.block == block }
    }

    func removeAll() {
        windows = []
    }

    /// The window that a reader continues, a new one, or the one that was not used for longest.
    private func windowToFill(_ block: UInt64, _ offset: Int) -> Window {
        if let window = windows.first(where: {
            $0.block == block && $0.start < offset && offset <= $0.start + $0.count
        }) {
            return window
        }
        if windows.count < Self.limit {
            let window = Window()
            windows.append(window)
            return window
        }
        return windows.min { $0.lastUse < $1.lastUse } ?? windows[0]
    }

    private func view(_ window: Window, from offset: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: window.memory.map { UnsafeRawPointer($0) + (offset - window.start) },
            count: window.start + window.count - offset
        )
    }
}
