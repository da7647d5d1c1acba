#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A line of a `match=regex` expectation: it must match the whole line.
///
/// These are POSIX extended regular expressions, as `grep -E` and bash's `=~` have them, so that a guide and the check script
/// made from it agree. `\d`, `\s`, `\w` and their opposites, `\t`, and non-capturing groups are translated. Back references and
/// look-around are refused: they make matching time explode.
final class LineRegex: @unchecked Sendable {
    /// Why a regular expression is refused.
    struct Problem: Error {
        var message: String
        /// Where in the line, in bytes from 0.
        var offset: Int
    }

    /// What bash can use behind `=~`: translated and anchored.
    let source: String
    private let literal: [UInt8]
    // Written once by regcomp, and only read by regexec, which is safe to call from many threads.
    private let compiled: UnsafeMutablePointer<regex_t>

    init(_ text: String) throws(Problem) {
        let bytes = Array(text.utf8)
        var translator = RegexTranslator(text: bytes)
        let anchored = "^(" + (try translator.translate()) + ")$"
        // Assigned only once it holds something to free: a throwing initializer runs `deinit` on a complete object.
        let pointer = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        pointer.initialize(to: regex_t())
        let status = Self.inUTF8 { regcomp(pointer, anchored, REG_EXTENDED | REG_NOSUB) }
        guard status == 0 else {
            var message = [CChar](repeating: 0, count: 200)
            regerror(status, pointer, &message, message.count)
            pointer.deallocate()
            let words = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw Problem(message: String(decoding: words, as: UTF8.self).lowercased(), offset: 0)
        }
        literal = bytes
        source = anchored
        compiled = pointer
    }

    deinit {
        regfree(compiled)
        compiled.deallocate()
    }

    func matches(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        if line.elementsEqual(literal) { return true }
        let text = line.map { CChar(bitPattern: $0) } + [0]
        return Self.inUTF8 { regexec(compiled, text, 0, nil, 0) == 0 }
    }

    /// Runs `body` with characters, not bytes, as the unit of `.` and of bracket expressions.
    private static func inUTF8<Result>(_ body: () -> Result) -> Result {
        guard let utf8 else { return body() }
        let previous = uselocale(utf8.locale)
        defer { uselocale(previous) }
        return body()
    }

    private struct Locale: @unchecked Sendable {
        // Made once and never freed or changed.
        let locale: locale_t
    }

    private static let utf8: Locale? = {
        for name in ["C.UTF-8", "en_US.UTF-8", "UTF-8"] {
            if let made = newlocale(CTypeMask.value, name, nil) { return Locale(locale: made) }
        }
        return nil
    }()
}

private enum CTypeMask {
    #if canImport(Darwin)
    static let value = LC_CTYPE_MASK
    #else
    /// `LC_CTYPE_MASK`, a macro that Swift does not import.
    static let value = Int32(1) << LC_CTYPE
    #endif
}
