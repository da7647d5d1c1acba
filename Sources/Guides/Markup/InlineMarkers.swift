/// Private scalars that stand for `*`, `_`, `~` and the brackets of footnote references while libcmark parses inlines.
///
/// libcmark then finds code, links, HTML and entities, but no emphasis; emphasis and strikethrough, which must be
/// matched together, are left to ``DelimiterMatcher``. Each scalar says what the character before and behind it permit,
/// since that cannot be told any more once libcmark has decoded the text around it.
struct InlineMarkers {
    enum Meaning: Equatable {
        case delimiter(UInt8, opens: Bool, closes: Bool)
        case referenceStart
        case referenceEnd
        /// Put before a paragraph so that it cannot begin another block.
        case start
    }

    private static let count: UInt32 = 16
    private static let delimiters: [UInt8] = [UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~")]

    private let base: UInt32

    /// Markers that do not occur in `bytes`.
    init(absentFrom bytes: [UInt8]) {
        var used: Set<UInt32> = []
        // Private scalars start with these bytes in UTF-8.
        if bytes.contains(where: { $0 == 0xEE || $0 == 0xEF || $0 >= 0xF3 }) {
            for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars
            where scalar.properties.generalCategory == .privateUse {
                used.insert(scalar.value / Self.count)
            }
        }
        // Half a megabyte of private scalars would be needed to use up all of these.
        let planes: [ClosedRange<UInt32>] = [0xE000...0xF8F0, 0xF_0000...0xF_FFE0, 0x10_0000...0x10_FFE0]
        let windows = planes.lazy.map { $0.lowerBound / Self.count...$0.upperBound / Self.count }.joined()
        base = (windows.first { !used.contains($0) } ?? 0xE00) * Self.count
    }

    /// The UTF-8 of the scalar for `meaning`.
    func bytes(for meaning: Meaning) -> [UInt8] {
        let index: UInt32 =
            switch meaning {
            case .delimiter(let byte, let opens, let closes):
                UInt32(Self.delimiters.firstIndex(of: byte) ?? 0) * 4 + (opens ? 2 : 0) + (closes ? 1 : 0)
            case .referenceStart: 12
            case .referenceEnd: 13
            case .start: 14
            }
        return Unicode.Scalar(base + index).map { Array(String($0).utf8) } ?? []
    }

    func meaning(of scalar: Unicode.Scalar) -> Meaning? {
        guard scalar.value >= base, scalar.value < base + 15 else {
            return nil
        }
        let index = Int(scalar.value - base)
        switch index {
        case 12: return .referenceStart
        case 13: return .referenceEnd
        case 14: return .start
        default: return .delimiter(Self.delimiters[index / 4], opens: index & 2 != 0, closes: index & 1 != 0)
        }
    }

    /// `string` as it was before the markers were put in.
    func plain(_ string: String) -> String {
        guard string.utf8.contains(where: { $0 >= 0xEE }) else {
            return string
        }
        var result = String.UnicodeScalarView()
        for scalar in string.unicodeScalars {
            switch meaning(of: scalar) {
            case nil: result.append(scalar)
            case .delimiter(let byte, _, _): result.append(Unicode.Scalar(byte))
            case .referenceStart: result.append("[")
            case .referenceEnd: result.append("]")
            case .start: break
            }
        }
        return String(result)
    }
}
