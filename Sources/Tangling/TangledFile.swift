/// One file that the guides describe, as it must stand on disk.
package struct TangledFile: Sendable, Hashable {
    /// A run of lines that came from one block.
    package struct Part: Sendable, Hashable {
        /// The guide's path.
        package var guide: String
        /// The block's index in its guide; nil for lines that Launchpad itself adds, such as the provenance comment.
        package var block: Int?
        /// The line of the guide from which the part's first line comes.
        package var guideLine: Int
        /// The part's lines in the file, from 1.
        package var fileLines: Range<Int>

        package init(guide: String, block: Int?, guideLine: Int, fileLines: Range<Int>) {
            self.guide = guide
            self.block = block
            self.guideLine = guideLine
            self.fileLines = fileLines
        }
    }

    /// Relative to the project's root.
    package var path: String
    package var contents: [UInt8]
    /// POSIX permission bits, `0o644` unless `mode=` says otherwise.
    package var mode: UInt16
    /// The guide that owns the file.
    package var guide: String
    /// Which line came from where.
    package var parts: [Part]
    /// True for a file that no block describes: Launchpad makes it out of all that a guide says.
    package var isGenerated: Bool

    package init(
        path: String, contents: [UInt8], mode: UInt16 = 0o644, guide: String, parts: [Part], isGenerated: Bool = false
    ) {
        self.path = path
        self.contents = contents
        self.mode = mode
        self.guide = guide
        self.parts = parts
        self.isGenerated = isGenerated
    }
}

/// Every file that the guides of a project describe, ready to be compared with or written to the disk.
package struct TanglePlan: Sendable, Hashable {
    /// Sorted by path; each path stands once.
    package var files: [TangledFile]

    package init(files: [TangledFile]) {
        self.files = files
    }
}
