/// Blocks in files of one directory: `<n>.blk`, for sealed ones `<n>.idx`, the `index`, and `deletions.<generation>`.
///
/// What is appended lies in the tails of blocks until it is flushed. The file of the open block stays open.
final class FileMedium: BlockMedium {
    static var hasChecksums: Bool { true }

    let directory: String
    let blockSize: Int
    let name: [UInt8]
    /// Seed of the checksums of everything but records.
    let nameKey: UInt64
    let files: any StoreFileSystem
    let report: (StoreReport) -> Void
    let windows = ReadWindows()

    /// Blocks with bytes that are not in their files yet.
    var unwritten: [Block] = []
    /// Blocks whose files are not needed any more, once the removals that led to this are kept.
    var discarded: [Block] = []
    /// Sealed blocks with much that was removed.
    var sparse: [Block] = []
    /// Numbers of blocks that were written since the last sync.
    var unsynced: Set<UInt64> = []
    /// Whether files were made or renamed since the last sync.
    var hasNewNames = false
    var deletions = DeletionLog(generation: 0, indexedThrough: 0)
    /// Whether only a new index says what is there.
    var needsIndex = false
    var indexSize = 0
    var bytesSinceIndex = 0
    var lastNumber: UInt64 = 0
    /// How much of what the deletions are written to is not counted yet.
    var deletionsToCommit = 0
    /// Where messages begin that belong together and of which the last was not found yet.
    var openGroup: (block: UInt64, offset: Int)?
    /// Why a flush failed after which the disk could not be brought back in order.
    var failure: StoreError?

    private var openFile: (number: UInt64, file: Int32)?
    /// Files that are being read, the last used last.
    private var readFiles: [(identity: UInt64, file: Int32)] = []
    private static let readFileLimit = 8
    private var deletionsFile: (generation: UInt64, file: Int32)?

    init(
        directory: String, name: [UInt8], blockSize: Int, files: any StoreFileSystem,
        report: @escaping (StoreReport) -> Void
    ) {
        self.directory = directory
        self.name = name
        self.blockSize = blockSize
        self.files = files
        self.report = report
        nameKey = name.withUnsafeBytes { XXHash64.hash($0, seed: 0) }
    }

    deinit {
        closeFiles()
    }

    func path(_ name: String) -> String { directory + "/" + name }
    func blockPath(_ number: UInt64) -> String { path("\(number).blk") }
    func summaryPath(_ number: UInt64) -> String { path("\(number).idx") }

    func makeBlock(startingAt sequence: UInt64) -> Block {
        lastNumber += 1
        let header = BlockHeader(number: lastNumber, base: sequence, salt: .random(in: .min ... .max))
        let block = Block(
            number: lastNumber,
            salt: header.salt,
            key: header.key(name: name),
            base: sequence,
            start: BlockHeader.size
        )
        block.beginDetails(blockSize: blockSize)
        block.tail = TailBuffer(start: 0)
        let bytes = header.bytes(nameKey: nameKey)
        bytes.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(
                start: block.tail.extend(by: bytes.count, limit: blockSize),
                count: bytes.count
            ).copyMemory(from: $0)
        }
        unwritten.append(block)
        return block
    }

    func seal(_ block: Block) {
        if !unwritten.contains(where: { $0 === block }) { unwritten.append(block) }
    }

    func bytes(of block: Block, at offset: Int, count: Int) throws(StoreError) -> UnsafeRawBufferPointer {
        guard offset + count <= block.size else {
            throw .corrupt(
                path: blockPath(block.number), offset: offset, reason: "a record reaches behind the block's end")
        }
        if offset >= block.tail.start { return UnsafeRawBufferPointer(block.tail.bytes(from: offset)) }
        let found = try windows.bytes(
            of: block.identity,
            at: offset,
            count: count,
            end: block.tail.start
        ) { (buffer, offset) throws(StoreError) in
            try files.read(try fileForReading(block), into: buffer, at: offset)
        }
        guard let found else {
            throw .corrupt(path: blockPath(block.number), offset: offset, reason: "the file is too short")
        }
        return found
    }

    func noteRemoval(_ sequence: UInt64, of block: Block, subject: UnsafeRawBufferPointer, storedSize: Int) {
        if needsIndex { return }
        deletions.add(sequence, of: block, subject: subject, storedSize: storedSize)
    }

    func noteBulkRemoval() {
        needsIndex = true
    }

    func noteSparse(_ block: Block, in contents: StoreContents) {
        if !sparse.contains(where: { $0 === block }) { sparse.append(block) }
    }

    func discard(_ block: Block) {
        unwritten.removeAll { $0 === block }
        sparse.removeAll { $0 === block }
        if block.written > 0 { discarded.append(block) }
    }

    func erase(_ record: Record, at offset: Int, of block: Block) throws(StoreError) {
        let place: UnsafeMutableRawBufferPointer
        var copy = [UInt8](repeating: 0, count: record.length)
        if offset >= block.tail.start {
            place = UnsafeMutableRawBufferPointer(rebasing: block.tail.bytes(from: offset)[..<record.length])
            record.erase(place, key: block.key)
            copy = [UInt8](place)
        } else {
            let bytes = try bytes(of: block, at: offset, count: record.length)
            copy = [UInt8](bytes[..<record.length])
            copy.withUnsafeMutableBytes { record.erase($0, key: block.key) }
        }
        windows.forget(block.identity)
        guard offset < block.written else { return }
        let file = try fileForWriting(block.number)
        try files.write(file, copy, at: offset)
        unsynced.insert(block.number)
        closeWritten(ifSealed: block)
    }

    func releaseCaches(_ contents: StoreContents) {
        windows.removeAll()
        for open in readFiles { files.close(open.file) }
        readFiles = []
        for block in contents.blocks {
            if block.isSealed { block.forgetDetails() }
            if block.written == block.tail.end { block.tail.clear(releasing: true) }
        }
    }
}

extension FileMedium {
    /// The file of the open block, or for a moment that of another one.
    func fileForWriting(_ number: UInt64) throws(StoreError) -> Int32 {
        if let openFile, openFile.number == number { return openFile.file }
        if let openFile { files.close(openFile.file) }
        openFile = nil
        let file = try files.open(blockPath(number), forWriting: true)
        openFile = (number, file)
        return file
    }

    func closeWritten(ifSealed block: Block) {
        guard block.isSealed, let openFile, openFile.number == block.number else { return }
        files.close(openFile.file)
        self.openFile = nil
    }

    func fileForReading(_ block: Block) throws(StoreError) -> Int32 {
        if let openFile, openFile.number == block.number { return openFile.file }
        if let last = readFiles.last, last.identity == block.identity { return last.file }
        if let index = readFiles.firstIndex(where: { $0.identity == block.identity }) {
            readFiles.append(readFiles.remove(at: index))
            return readFiles[readFiles.count - 1].file
        }
        if readFiles.count == Self.readFileLimit { files.close(readFiles.removeFirst().file) }
        guard try files.size(blockPath(block.number)) != nil else {
            throw .corrupt(path: blockPath(block.number), offset: 0, reason: "the file is gone")
        }
        let file = try files.open(blockPath(block.number), forWriting: false)
        readFiles.append((block.identity, file))
        return file
    }

    func fileForDeletions() throws(StoreError) -> Int32 {
        if let deletionsFile, deletionsFile.generation == deletions.generation { return deletionsFile.file }
        if let deletionsFile { files.close(deletionsFile.file) }
        deletionsFile = nil
        let file = try files.open(path(DeletionLog.name(deletions.generation)), forWriting: true)
        deletionsFile = (deletions.generation, file)
        hasNewNames = true
        return file
    }

    func closeFiles() {
        for open in readFiles { files.close(open.file) }
        if let openFile { files.close(openFile.file) }
        if let deletionsFile { files.close(deletionsFile.file) }
        openFile = nil
        readFiles = []
        deletionsFile = nil
        windows.removeAll()
    }
}
