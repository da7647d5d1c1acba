/// Carries the placeholders of a shown line over to another line that came in its place.
enum PlaceholderTransfer {
    /// Larger products of line lengths are not worth the time.
    private static let limit = 250_000

    /// The line with those placeholders of `template` that fit into it, or nil where none does.
    ///
    /// The template's words and the line are aligned so that as little text as possible differs, and no placeholder is given up
    /// for less.
    static func apply(_ template: String, to line: String, _ captures: Captures) -> (line: String, template: String)? {
        let pieces = pieces(of: template)
        let text = Array(line.utf8)
        guard pieces.contains(where: \.isPlaceholder), (pieces.count + 1) * (text.count + 1) <= limit else {
            return nil
        }
        let result = text.withUnsafeBufferPointer { align(pieces, $0, captures) }
        let joined = String(decoding: result, as: UTF8.self)
        let pattern = LinePattern(joined)
        guard !pattern.isLiteral, text.withUnsafeBufferPointer({ pattern.firstMatch($0, captures) }) != nil else {
            return nil
        }
        // A line that is all placeholder says nothing about what is new.
        guard joined != "[..]" || template == "[..]" else { return nil }
        return (joined, template)
    }

    private struct Piece {
        var text: [UInt8]
        var type: PlaceholderType?
        var name: String?
        var isAnything = false
        var isPlaceholder: Bool { type != nil || isAnything }
    }

    /// The template in words, runs of other characters, and placeholders.
    private static func pieces(of template: String) -> [Piece] {
        var result: [Piece] = []
        for (number, segment) in LinePattern(template).segments.enumerated() {
            if number > 0 { result.append(Piece(text: Placeholders.anything, isAnything: true)) }
            for token in segment {
                switch token {
                case .value(let name, let type):
                    result.append(Piece(text: Array("[\(name):\(type.rawValue)]".utf8), type: type, name: name))
                case .literal(let bytes):
                    for byte in bytes {
                        let isWord = byte.isAlphanumeric || byte >= 0x80
                        if let last = result.last, !last.isPlaceholder, let end = last.text.last,
                            isWord, end.isAlphanumeric || end >= 0x80
                        {
                            result[result.count - 1].text.append(byte)
                        } else {
                            result.append(Piece(text: [byte]))
                        }
                    }
                }
            }
        }
        return result
    }

    /// The cheapest way through pieces and text: a byte that is not in the template costs 1, a word that is left out its length,
    /// a byte that `[..]` swallows 1, a placeholder that is given up 1,000.
    private static func align(_ pieces: [Piece], _ text: LinePattern.Text, _ captures: Captures) -> [UInt8] {
        struct Step {
            var cost: Int
            var piece: Int
            var place: Int
            /// What the step adds to the line.
            var adds: [UInt8]
        }
        let width = text.count + 1
        var best = [Step?](repeating: nil, count: (pieces.count + 1) * width)
        best[0] = Step(cost: 0, piece: -1, place: 0, adds: [])
        func offer(_ piece: Int, _ place: Int, _ step: Step) {
            let index = piece * width + place
            if let known = best[index], known.cost <= step.cost { return }
            best[index] = step
        }
        for number in 0...pieces.count {
            for place in 0..<width {
                guard let here = best[number * width + place] else { continue }
                if place < text.count {
                    offer(
                        number, place + 1, Step(cost: here.cost + 1, piece: number, place: place, adds: [text[place]]))
                }
                guard number < pieces.count else { continue }
                let piece = pieces[number]
                let loss = piece.isPlaceholder ? 1_000 : piece.text.count
                offer(number + 1, place, Step(cost: here.cost + loss, piece: number, place: place, adds: []))
                if piece.isAnything {
                    for end in place..<width {
                        let cost = here.cost + end - place
                        offer(number + 1, end, Step(cost: cost, piece: number, place: place, adds: piece.text))
                    }
                } else if let type = piece.type {
                    var ends = type.startsInside(text, at: place) ? [] : type.ends(in: text, from: place)
                    if let name = piece.name, let known = captures.values[name] {
                        ends = text.starts(with: known, at: place) ? [place + known.count] : []
                    }
                    if let end = ends.first {
                        offer(number + 1, end, Step(cost: here.cost, piece: number, place: place, adds: piece.text))
                    }
                } else if text.starts(with: piece.text, at: place) {
                    let end = place + piece.text.count
                    offer(number + 1, end, Step(cost: here.cost, piece: number, place: place, adds: piece.text))
                }
            }
        }
        var result: [[UInt8]] = []
        var position = (pieces.count, text.count)
        while let step = best[position.0 * width + position.1], step.piece >= 0 {
            result.append(step.adds)
            position = (step.piece, step.place)
        }
        return result.reversed().flatMap { $0 }
    }
}
