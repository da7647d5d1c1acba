/// Something that a store found wrong and mended; for the log.
package enum StoreReport: Sendable, Hashable {
    /// The last block ended in the middle of a record, as after a crash; `bytes` were cut off at `offset`.
    case tornTail(path: String, offset: Int, bytes: Int)
    /// Messages that belong together ended before the last of them, as after a crash; from `offset` on they were cut off.
    case unfinishedGroup(path: String, offset: Int)
    /// `bytes` at `offset` hold no valid record. The messages that were in them count as deleted.
    case corruptRecord(path: String, offset: Int, bytes: Int)
    /// A block's header is unreadable; all its messages count as deleted. The file was renamed to `path`.
    case corruptBlock(path: String)
    /// A block that the index names is gone; its messages count as deleted.
    case missingBlock(path: String)
    /// The index or a block's summary was lost or does not fit the blocks, and was made anew from them.
    case rebuilt(path: String, reason: String)
    /// The list of deletions ends in the middle of an entry or holds a bad one at `offset`; what that named is not known any more.
    case tornDeletions(path: String, offset: Int)
    /// One copy of what is kept twice was broken at `offset`; the other one was taken.
    case mended(path: String, offset: Int)
    /// Housekeeping (index, summary, compaction) failed and will be tried again; no message is concerned.
    case postponed(path: String, error: StoreError)
}
