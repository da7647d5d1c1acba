extension ClientFrameScanner {
    /// The verbs that nats-server's parser walks through for a client.
    private enum Verb {
        case publish, headerPublish, headerMessage, ping, pong, subscribe, unsubscribe, connect, info, ok, error

        var letters: StaticString {
            switch self {
            case .publish: "PUB"
            case .headerPublish: "HPUB"
            case .headerMessage: "HMSG"
            case .ping: "PING"
            case .pong: "PONG"
            case .subscribe: "SUB"
            case .unsubscribe: "UNSUB"
            case .connect: "CONNECT"
            case .info: "INFO"
            case .ok: "+OK"
            case .error: "-ERR"
            }
        }

        /// The number of the parser state in which letter `index` is expected, as nats-server's log gives it.
        func state(expectingLetter index: Int) -> Int {
            switch self {
            case .publish: 28 + index
            case .ping: index == 1 ? 29 : 32 + index
            case .pong: index == 1 ? 29 : 35 + index
            case .headerPublish: 17 + index
            case .headerMessage: index == 1 ? 18 : 22 + index
            case .subscribe: 42 + index
            case .unsubscribe: 58 + index
            case .connect: 9 + index
            case .info: 70 + index
            case .ok: index
            case .error: 3 + index
            }
        }

        /// The number of the state in which the arguments are read.
        var argumentState: Int {
            switch self {
            case .publish: 33
            case .headerPublish: 23
            case .headerMessage: 28
            case .subscribe: 47
            case .unsubscribe: 65
            case .connect: 17
            case .info: 75
            case .error: 9
            case .ping, .pong, .ok: state(expectingLetter: letters.utf8CodeUnitCount)
            }
        }

        /// Whether white space must stand between verb and arguments.
        var needsSpace: Bool {
            switch self {
            case .connect, .info, .ping, .pong, .ok: false
            case .publish, .headerPublish, .headerMessage, .subscribe, .unsubscribe, .error: true
            }
        }
    }

    /// Any verb, in any case, whole or in part.
    @usableFromInline
    package func scanAnyVerb(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Result {
        guard let verb = verb(bytes, start) else { return .failed(.unknownOperation(state: 0, at: start)) }
        let length = verb.letters.utf8CodeUnitCount
        for index in 1..<length {
            guard start + index < bytes.count else { return .incomplete(count: 0) }
            if upper(bytes[start + index]) != verb.letters.utf8Start[index] {
                return .failed(.unknownOperation(state: verb.state(expectingLetter: index), at: start + index))
            }
        }
        return scanLine(bytes, start, verb, verbEnd: start + length)
    }

    /// Where the arguments of the frame at `start` begin, if they have; nil for a frame without any.
    package func argumentStart(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        guard start < bytes.count, let verb = verb(bytes, start) else { return nil }
        switch verb {
        case .ping, .pong, .ok: return nil
        case .publish, .headerPublish, .headerMessage, .subscribe, .unsubscribe, .connect, .info, .error: break
        }
        var index = start + verb.letters.utf8CodeUnitCount
        while index < bytes.count, isSpace(bytes[index]) { index += 1 }
        return index < bytes.count ? index : nil
    }

    /// The verb that the first letters of a frame can only be.
    private func verb(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Verb? {
        let second = bytes.count > start + 1 ? upper(bytes[start + 1]) : 0
        switch upper(bytes[start]) {
        case UInt8(ascii: "P"):
            switch second {
            case UInt8(ascii: "I"): return .ping
            case UInt8(ascii: "O"): return .pong
            default: return .publish
            }
        case UInt8(ascii: "H"): return second == UInt8(ascii: "M") ? .headerMessage : .headerPublish
        case UInt8(ascii: "S"): return .subscribe
        case UInt8(ascii: "U"): return .unsubscribe
        case UInt8(ascii: "C"): return .connect
        case UInt8(ascii: "I"): return .info
        case UInt8(ascii: "+"): return .ok
        case UInt8(ascii: "-"): return .error
        default: return nil
        }
    }

    private func scanLine(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ verb: Verb, verbEnd: Int) -> Result {
        guard verbEnd < bytes.count else { return .incomplete(count: 0) }
        if verb.needsSpace && !isSpace(bytes[verbEnd]) {
            let state = verb.state(expectingLetter: verb.letters.utf8CodeUnitCount)
            return .failed(.unknownOperation(state: state, at: verbEnd))
        }
        switch verb {
        case .publish: return scanPublish(bytes, start, verbEnd: verbEnd, withHeaders: false)
        case .headerPublish: return scanPublish(bytes, start, verbEnd: verbEnd, withHeaders: true)
        case .ping: return skipLine(bytes, verbEnd, .ping)
        case .pong: return skipLine(bytes, verbEnd, .pong)
        case .ok: return skipLine(bytes, verbEnd, .ok)
        case .subscribe, .unsubscribe, .connect, .info, .error, .headerMessage: break
        }
        var index = verbEnd
        while index < bytes.count, isSpace(bytes[index]) { index += 1 }
        // The first byte of the arguments is taken as it is, even where it is a line feed.
        let first = index
        var sawReturn = false
        index += 1
        while index < bytes.count, bytes[index] != 0x0A {
            if bytes[index] == 0x0D { sawReturn = true }
            index += 1
        }
        let limit = min(index, bytes.count)
        let end = sawReturn ? limit - 1 : limit
        let arguments = min(first, end)..<end
        if arguments.count > maxControlLine {
            return .failed(.controlLineTooLong(state: verb.argumentState, arguments: arguments))
        }
        guard index < bytes.count else { return .incomplete(count: 0) }
        let next = index + 1
        switch verb {
        case .subscribe: return .frame(.subscribe(arguments: arguments), next: next)
        case .unsubscribe: return .frame(.unsubscribe(arguments: arguments), next: next)
        case .connect: return .frame(.connect(arguments: arguments), next: next)
        case .info: return .frame(.info(arguments: arguments), next: next)
        case .error: return .frame(.error(arguments: arguments), next: next)
        case .publish, .headerPublish, .headerMessage, .ping, .pong, .ok:
            // HMSG, which only servers send; the others have returned above.
            return .failed(.unknownOperation(state: verb.argumentState, at: index))
        }
    }

    /// PING, PONG and +OK end at the line feed, whatever stands before it.
    private func skipLine(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ frame: ClientFrame) -> Result {
        var index = start
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        return index < bytes.count ? .frame(frame, next: index + 1) : .incomplete(count: 0)
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }

    private func upper(_ byte: UInt8) -> UInt8 {
        byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte
    }
}
