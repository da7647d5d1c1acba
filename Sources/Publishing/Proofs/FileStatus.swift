import Tangling

/// Whether a file on the disk is what the guides describe.
struct FileStatus: Sendable, Hashable {
    enum State: Sendable, Hashable {
        case matches, drifted, missing

        /// A file's state is shown with the look of a check's.
        var cssName: String {
            switch self {
            case .matches: "passed"
            case .drifted: "failed"
            case .missing: "not-run"
            }
        }

        var label: String {
            switch self {
            case .matches: "In step"
            case .drifted: "Drifted"
            case .missing: "Not written"
            }
        }

        var explanation: String {
            switch self {
            case .matches: "the file on disk matches this guide;"
            case .drifted: "the file on disk differs from this guide;"
            case .missing: "the file is not on disk yet;"
            }
        }
    }

    var state: State
    /// The line of the file on which each block of its guide starts, by the block's index.
    var firstLines: [Int: Int]

    init(_ file: TangledFile, onDisk contents: [UInt8]?) {
        state = contents.map { $0 == file.contents ? .matches : .drifted } ?? .missing
        firstLines = Dictionary(
            file.parts.compactMap { part in part.block.map { ($0, part.fileLines.lowerBound) } },
            uniquingKeysWith: min
        )
    }
}
