import Guides
import Proving

/// A console block taken apart into commands, what the guide shows behind them, and remarks between them.
struct ConsoleTranscript {
    enum Entry: Hashable {
        /// A command without its prompts, continuation lines joined by `\n`; what the guide shows, with its line ends;
        /// the step's index in the check, and so in its proof.
        case command(String, output: String, step: Int?)
        /// A line that runs nothing: a comment, also one behind a prompt, or an idle prompt.
        case remark(String)
    }

    private(set) var entries: [Entry] = []

    /// - Parameter steps: the check's steps, which say exactly where commands stand; without them prompts alone decide.
    init(_ block: Block, steps: [Step]?) {
        let lines = block.text.split(separator: "\n", omittingEmptySubsequences: false)
        let starts = Dictionary(
            (steps ?? []).enumerated().map { ($1.line - block.contentLine, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var continuations = 0
        for (index, line) in (lines.last == "" ? lines.dropLast() : lines[...]).enumerated() {
            let isPrompt = line == "$" || line.hasPrefix("$ ")
            if let step = starts[index], let steps {
                entries.append(.command(steps[step].command, output: "", step: step))
                continuations = steps[step].command.utf8.count { $0 == UInt8(ascii: "\n") }
            } else if continuations > 0 {
                continuations -= 1
            } else if steps == nil, line.hasPrefix("$ "), !line.hasPrefix("$ #") {
                entries.append(.command(String(line.dropFirst(2)), output: "", step: nil))
            } else if isPrompt {
                entries.append(.remark(String(line)))
            } else if case .command(let command, let output, let step) = entries.last {
                if steps == nil, output.isEmpty, line == ">" || line.hasPrefix("> ") {
                    entries[entries.count - 1] = .command(command + "\n" + line.dropFirst(2), output: "", step: nil)
                } else {
                    entries[entries.count - 1] = .command(command, output: output + line + "\n", step: step)
                }
            } else {
                entries.append(.remark(String(line)))
            }
        }
    }

    /// True when the guide shows output of any command, which makes it assert all of them.
    var showsOutput: Bool {
        entries.contains { if case .command(_, let output, _) = $0 { !output.isEmpty } else { false } }
    }
}

extension HTMLWriter {
    /// Writes what a guide expects of an output, with its placeholders marked: a line `...`, `[..]`, `[name:type]`.
    mutating func placeholders(in text: String) {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var sink = TokenSink()
            var index = 0
            while index < bytes.count {
                if let end = Self.placeholderEnd(bytes, index) {
                    sink.emit(.plain, upTo: index)
                    sink.emit(.placeholder, upTo: end)
                    index = end
                } else {
                    index += 1
                }
            }
            sink.emit(.plain, upTo: bytes.count)
            code(bytes, tokens: sink.tokens)
        }
    }

    private static func placeholderEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        let atLineStart = start == 0 || text[start - 1] == UInt8(ascii: "\n")
        if atLineStart, text[start...].starts(with: Array("...".utf8)),
            start + 3 == text.count || text[start + 3] == UInt8(ascii: "\n")
        {
            return start + 3
        }
        guard text[start] == UInt8(ascii: "["),
            let close = text[start...].prefix(64).firstIndex(of: UInt8(ascii: "]"))
        else { return nil }
        let inside = text[(start + 1)..<close]
        if inside.elementsEqual("..".utf8) {
            return close + 1
        }
        guard let colon = inside.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let type = String(decoding: inside[(colon + 1)...], as: UTF8.self)
        return ["time", "nuid", "int", "duration", "bytes"].contains(type) ? close + 1 : nil
    }
}
