import Mustache
import NIOConcurrencyHelpers

/// The page template, rendered once for all pages that have the same parts.
///
/// Pages differ in their texts, and in which parts they have. A template that is rendered with a mark in the place of each
/// text leaves stretches that all such pages share; what is left to do for a page is to copy them, and its own texts between.
final class PageSkeleton: Sendable {
    /// Stands for a text while the template is rendered. Mustache escapes the ampersand where it would escape the text, and
    /// the character around is for private use.
    static func mark(_ number: Int) -> String { "\u{F8FF}&\(number)\u{F8FF}" }

    private enum Piece {
        case shared([UInt8])
        case text(Int, isEscaped: Bool)
    }

    private let pieces: [Piece]

    /// - Parameter rendered: the template's output with marks in it.
    init(_ rendered: String) {
        var pieces: [Piece] = []
        let parts = rendered.split(separator: "\u{F8FF}", omittingEmptySubsequences: false)
        for part in parts {
            if part.hasPrefix("&amp;"), let number = Int(part.dropFirst(5)) {
                pieces.append(.text(number, isEscaped: true))
            } else if part.hasPrefix("&"), let number = Int(part.dropFirst()) {
                pieces.append(.text(number, isEscaped: false))
            } else {
                pieces.append(.shared(Array(part.utf8)))
            }
        }
        self.pieces = pieces
    }

    /// The page with these texts, by their numbers.
    func fill(_ texts: [[UInt8]]) -> [UInt8] {
        var writer = HTMLWriter(capacity: 8192 + texts.reduce(0) { $0 + $1.count })
        for piece in pieces {
            switch piece {
            case .shared(let bytes): writer.trusted(bytes)
            case .text(let number, let isEscaped):
                guard texts.indices.contains(number) else { continue }
                if isEscaped {
                    texts[number].withUnsafeBufferPointer { writer.text(bytes: $0) }
                } else {
                    writer.trusted(texts[number])
                }
            }
        }
        return writer.bytes
    }
}

/// The skeletons that were made, by the parts that their pages have.
final class PageSkeletons: Sendable {
    private let known: NIOLockedValueBox<[[Bool]: PageSkeleton]> = NIOLockedValueBox([:])

    func skeleton(_ shape: [Bool], _ make: () -> String) -> PageSkeleton {
        if let skeleton = known.withLockedValue({ $0[shape] }) {
            return skeleton
        }
        let skeleton = PageSkeleton(make())
        known.withLockedValue { $0[shape] = skeleton }
        return skeleton
    }
}
