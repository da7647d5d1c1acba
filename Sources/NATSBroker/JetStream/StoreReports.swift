import JetStream

extension StoreError {
    /// What the log says.
    var description: String {
        switch self {
        case .noSpace: "no space is left on the device"
        case .readOnly(let path): "\(path) can't be written: it is read-only"
        case .system(let call, let path, let code): "\(call) \(path): \(systemErrorText(code))"
        case .corrupt(let path, let offset, let reason): "\(path) is damaged at byte \(offset): \(reason)"
        case .tooLarge: "a message is too large to be stored"
        case .outOfOrder(let sequence, let last): "sequence \(sequence) does not come after \(last)"
        case .closed: "the store is closed"
        }
    }
}

extension StoreReport {
    /// What the log says.
    var description: String {
        switch self {
        case .tornTail(let path, let offset, let bytes):
            "\(path) ended in the middle of a record: \(bytes) bytes at \(offset) were cut off"
        case .unfinishedGroup(let path, let offset):
            "\(path) ended in the middle of a batch: its messages from \(offset) on were cut off"
        case .corruptRecord(let path, let offset, let bytes):
            "\(path) holds no valid record in \(bytes) bytes at \(offset): their messages count as deleted"
        case .corruptBlock(let path): "a block is unreadable and its messages count as deleted; it is kept as \(path)"
        case .missingBlock(let path): "\(path) is gone: its messages count as deleted"
        case .rebuilt(let path, let reason): "\(path) was made anew: \(reason)"
        case .tornDeletions(let path, let offset):
            "\(path) is torn at \(offset): some messages that were deleted may be there again"
        case .mended(let path, let offset):
            "\(path) is damaged at byte \(offset): its other copy was taken, and nothing is lost"
        case .postponed(let path, let error): "\(path) will be written later: \(error.description)"
        }
    }
}
