extension StoreFileSystem {
    /// All of a file, `nil` where there is none.
    package func contents(of path: String) throws(StoreError) -> [UInt8]? {
        guard let size = try size(path) else { return nil }
        let file = try open(path, forWriting: false)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: size)
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(StoreError) in try read(file, into: buffer, at: 0) }
        }
        bytes.removeLast(size - (try result.get()))
        return bytes
    }

    /// Lends all of a large file.
    ///
    /// - Returns: what `body` returned, `nil` where there is no file.
    func withContents<Result>(
        of path: String, _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Result
    ) throws(StoreError) -> Result? {
        guard let size = try size(path) else { return nil }
        guard size > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return try PagedMemory.with(size) { buffer throws(StoreError) in
            let file = try open(path, forWriting: false)
            defer { close(file) }
            let count = try read(file, into: buffer, at: 0)
            return try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    func write(_ file: Int32, _ bytes: [UInt8], at offset: Int) throws(StoreError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(StoreError) in try write(file, buffer, at: offset) }
        }
        try result.get()
    }

    /// Writes a file under another name, syncs it and gives it its name: whoever reads finds the old one or the new one.
    package func replace(_ path: String, with bytes: [UInt8]) throws(StoreError) {
        let temporary = path + ".tmp"
        do {
            let file = try open(temporary, forWriting: true)
            defer { close(file) }
            try truncate(file, to: 0)
            try write(file, bytes, at: 0)
            try sync(file)
        } catch {
            // The disk may be full; that the file stays is no harm, it is written over.
            try? remove(temporary)
            throw error
        }
        try rename(temporary, to: path)
    }
}
