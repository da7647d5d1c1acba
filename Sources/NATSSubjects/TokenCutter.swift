/// What the functions of mappings do to a token.
enum TokenCutter {
    /// FNV-1a over 32 bits, by which partitions are numbered.
    static func hash(_ bytes: [UInt8]) -> UInt32 {
        bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }

    /// A token that is not longer than `size` is left whole.
    static func cut(_ token: [UInt8], _ cut: TransformFunction.Cut, _ size: Int) -> [UInt8] {
        guard size > 0, size < token.count else { return token }
        switch cut {
        case .splitFromLeft: return join([token.prefix(size), token.dropFirst(size)])
        case .splitFromRight: return join([token.dropLast(size), token.suffix(size)])
        case .sliceFromLeft: return join(slices(token[...], size))
        case .sliceFromRight:
            let rest = token.count % size
            let whole = slices(token.dropFirst(rest), size)
            return join(rest > 0 ? [token.prefix(rest)] + whole : whole)
        case .left: return Array(token.prefix(size))
        case .right: return Array(token.suffix(size))
        }
    }

    /// The pieces between separators, those that are empty at either end left out.
    static func split(_ token: [UInt8], _ separator: [UInt8]) -> [UInt8] {
        let pieces = pieces(of: token, separator)
        var result: [UInt8] = []
        for (index, piece) in pieces.enumerated() {
            result += piece
            let isFollowed = index < pieces.count - 1 && !pieces[index + 1].isEmpty
            if isFollowed, !(index == 0 && piece.isEmpty) { result.append(Subject.dot) }
        }
        return result
    }

    private static func pieces(of token: [UInt8], _ separator: [UInt8]) -> [[UInt8]] {
        // Without a separator, every character is a piece.
        guard !separator.isEmpty else {
            return String(decoding: token, as: UTF8.self).unicodeScalars.map { Array(String($0).utf8) }
        }
        var pieces: [[UInt8]] = []
        var start = 0
        var index = 0
        while index + separator.count <= token.count {
            if token[index..<index + separator.count].elementsEqual(separator) {
                pieces.append(Array(token[start..<index]))
                index += separator.count
                start = index
            } else {
                index += 1
            }
        }
        return pieces + [Array(token[start...])]
    }

    private static func slices(_ token: ArraySlice<UInt8>, _ size: Int) -> [ArraySlice<UInt8>] {
        stride(from: token.startIndex, to: token.endIndex, by: size).map {
            token[$0..<min($0 + size, token.endIndex)]
        }
    }

    private static func join(_ pieces: [ArraySlice<UInt8>]) -> [UInt8] {
        Array(pieces.joined(separator: [Subject.dot]))
    }
}
