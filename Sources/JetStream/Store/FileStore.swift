/// A store whose messages are in files and outlive the process.
package enum FileStore {
    /// How large blocks become: large enough that a store of many messages has few, small enough that one that lost most of its
    /// messages is soon given back.
    package static let defaultBlockSize = 16 << 20

    /// Opens the store in `directory`, or makes an empty one there.
    ///
    /// Takes time in the number of blocks, and of what was appended since the index was written: 64 MB at most, or more where
    /// the index itself is large. Only where the index was lost are all blocks read.
    ///
    /// - Parameters:
    ///   - directory: belongs to the store alone.
    ///   - name: the stream's name. It goes into the checksums, so that blocks of one stream are not taken for another's.
    ///   - report: told what was found wrong and mended.
    /// - Throws: ``StoreError``, ``StoreError/readOnly(path:)`` where nothing may be written.
    package static func open(
        _ directory: String,
        name: [UInt8],
        blockSize: Int = defaultBlockSize,
        files: any StoreFileSystem = SystemFiles(),
        report: @escaping (StoreReport) -> Void
    ) throws(StoreError) -> any StreamStore {
        let medium = FileMedium(directory: directory, name: name, blockSize: blockSize, files: files, report: report)
        let store = BlockStore(medium: medium, contents: StoreContents())
        try medium.load(store.contents)
        try store.findFirst()
        return store
    }
}
