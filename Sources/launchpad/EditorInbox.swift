import Dispatch
import LanguageServer
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The messages that an editor sends on standard input.
final class EditorInbox: Sendable {
    private let waiting = Mutex(0)

    /// Every message, until the editor hangs up or sends what is none.
    func messages() -> AsyncStream<Result<[UInt8], MessageReader.Malformed>> {
        let (stream, continuation) = AsyncStream.makeStream(of: Result<[UInt8], MessageReader.Malformed>.self)
        // Reading blocks, which no thread of the shared pool may do.
        let thread = DispatchQueue(label: "editor")
        thread.async { [self] in
            var reader = MessageReader()
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = piece.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                reader.append(piece[..<count])
                do throws(MessageReader.Malformed) {
                    while let message = try reader.next() {
                        waiting.withLock { $0 += 1 }
                        continuation.yield(.success(message))
                    }
                } catch {
                    continuation.yield(.failure(error))
                    break
                }
            }
            continuation.finish()
        }
        return stream
    }

    /// Counts one message as taken.
    ///
    /// - Returns: how many wait behind it.
    func takeOne() -> Int {
        waiting.withLock { count in
            count -= 1
            return count
        }
    }
}
