import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the bodies of published messages come from: the command line, or standard input, whole or line by line.
struct PayloadSource {
    enum Mode: String {
        case endOfFile = "eof"
        case newline
    }

    let readsInput: Bool
    private let mode: Mode
    private var given: String?
    private var buffered: [UInt8] = []
    private var isAtEnd = false

    /// - Parameters:
    ///   - body: what the command line gives.
    ///   - mode: whether standard input is one body, or each of its lines.
    ///   - isForced: whether to read standard input even where somebody may sit at the keyboard.
    init(body: String?, mode: Mode, isForced: Bool) {
        given = body
        self.mode = mode
        let isInputTerminal = isatty(0) == 1
        readsInput = body == nil && (!isInputTerminal || isatty(1) == 1 || isForced)
    }

    /// The next body, `nil` when there are no more.
    mutating func next() async throws -> String? {
        guard readsInput else {
            defer { (given, isAtEnd) = (nil, true) }
            return isAtEnd ? nil : given ?? ""
        }
        guard mode == .newline else {
            guard !isAtEnd else { return nil }
            isAtEnd = true
            let bytes = try await NIOThreadPool.singleton.runIfActive {
                try FileSystem.readAll(0, path: "/dev/stdin")
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        return try await nextLine()
    }

    /// The next line of standard input without its end. A last line without an end counts unless it is empty.
    private mutating func nextLine() async throws -> String? {
        while true {
            if let end = buffered.firstIndex(of: UInt8(ascii: "\n")) {
                var line = buffered[..<end]
                if line.last == UInt8(ascii: "\r") {
                    line = line.dropLast()
                }
                defer { buffered.removeSubrange(...end) }
                return String(decoding: line, as: UTF8.self)
            }
            guard !isAtEnd else {
                defer { buffered = [] }
                return buffered.isEmpty ? nil : String(decoding: buffered, as: UTF8.self)
            }
            let more = try await NIOThreadPool.singleton.runIfActive { try FileSystem.readSome(0, path: "/dev/stdin") }
            isAtEnd = more.isEmpty
            buffered += more
        }
    }
}
