/// Reads a stream of frames that S2 or Snappy wrote, as its bytes come in.
struct S2Reader {
    private var input: [UInt8] = []
    private var position = 0
    private var hasBegun = false

    /// Takes the next bytes, and adds what they hold to `output`.
    mutating func read(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) throws(SnapshotProblem) {
        if position > 0 {
            input.removeFirst(position)
            position = 0
        }
        input += bytes
        while input.count - position >= 4 {
            let kind = input[position]
            let length =
                Int(input[position + 1]) | Int(input[position + 2]) << 8 | Int(input[position + 3]) << 16
            guard hasBegun || kind == S2Frame.identifier else { throw .corrupt }
            guard input.count - position - 4 >= length else { return }
            let start = position + 4
            position = start + length
            try take(kind, input[start..<position], &output)
        }
    }

    /// Nothing more comes.
    func finish() throws(SnapshotProblem) {
        if position < input.count { throw .corrupt }
    }

    private mutating func take(
        _ kind: UInt8, _ content: ArraySlice<UInt8>, _ output: inout [UInt8]
    ) throws(SnapshotProblem) {
        switch kind {
        case S2Frame.identifier:
            guard S2Frame.names.contains(where: { content.elementsEqual($0) }) else { throw .corrupt }
            hasBegun = true
        case S2Frame.compressed, S2Frame.plain:
            guard content.count >= 4 else { throw .corrupt }
            let start = output.count
            let data = content.dropFirst(4)
            if kind == S2Frame.plain {
                output += data
            } else {
                try S2Block.decode(data, into: &output)
            }
            let wanted = content.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let found = output.withUnsafeBytes { CRC32C.masked(UnsafeRawBufferPointer(rebasing: $0[start...])) }
            if found != wanted { throw .checksum }
        case S2Frame.skippable...: break
        default: throw .corrupt
        }
    }
}

/// One compressed block: pieces of text, and copies of what came before.
///
/// As https://github.com/google/snappy/blob/main/format_description.txt has it, and with S2's own: a short copy over no distance
/// is one over the last distance, and its length may be written in up to three more bytes.
enum S2Block {
    static func decode(_ block: ArraySlice<UInt8>, into output: inout [UInt8]) throws(SnapshotProblem) {
        var input = Input(bytes: block)
        let length = try input.varint()
        guard length <= S2Frame.largestBlock else { throw .corrupt }
        let start = output.count
        output.reserveCapacity(start + length)
        var distance = 0
        while !input.bytes.isEmpty {
            let tag = try input.number(1)
            var count = tag >> 2
            switch tag & 3 {
            case 0:
                if count >= 60 { count = try input.number(count - 59) }
                count += 1
                guard count <= input.bytes.count else { throw .corrupt }
                output += input.bytes.prefix(count)
                input.bytes = input.bytes.dropFirst(count)
            case 1:
                let short = tag >> 2 & 7
                let near = (tag >> 5) << 8 | (try input.number(1))
                if near == 0 { count = try repeated(short, &input) } else { count = short + 4 }
                if near > 0 { distance = near }
                try copy(count, from: distance, since: start, &output)
            case 2:
                distance = try input.number(2)
                try copy(count + 1, from: distance, since: start, &output)
            default:
                distance = try input.number(4)
                try copy(count + 1, from: distance, since: start, &output)
            }
            guard output.count - start <= length else { throw .corrupt }
        }
        guard output.count - start == length else { throw .corrupt }
    }

    /// How much is copied over the last distance once more.
    private static func repeated(_ short: Int, _ input: inout Input) throws(SnapshotProblem) -> Int {
        switch short {
        case 5: 8 + (try input.number(1))
        case 6: 4 + 1 << 8 + (try input.number(2))
        case 7: 4 + 1 << 16 + (try input.number(3))
        default: 4 + short
        }
    }

    private static func copy(
        _ count: Int, from distance: Int, since start: Int, _ output: inout [UInt8]
    ) throws(SnapshotProblem) {
        guard distance > 0, distance <= output.count - start else { throw .corrupt }
        guard count <= S2Frame.largestBlock else { throw .corrupt }
        // What is copied may be part of what the copy itself writes.
        var rest = count
        while rest > 0 {
            let piece = min(rest, distance)
            output += Array(output[(output.count - distance)...].prefix(piece))
            rest -= piece
        }
    }

    private struct Input {
        var bytes: ArraySlice<UInt8>

        mutating func number(_ size: Int) throws(SnapshotProblem) -> Int {
            guard bytes.count >= size else { throw .corrupt }
            let value = bytes.prefix(size).reversed().reduce(0) { $0 << 8 | Int($1) }
            bytes = bytes.dropFirst(size)
            return value
        }

        mutating func varint() throws(SnapshotProblem) -> Int {
            var value = 0
            for shift in stride(from: 0, to: 35, by: 7) {
                let byte = try number(1)
                value |= (byte & 0x7F) << shift
                if byte < 0x80 { return value }
            }
            throw .corrupt
        }
    }
}
