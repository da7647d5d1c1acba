import NATSWire

/// The scanner that finds frames in what clients send.
///
/// The first byte of an input chooses the limits, the rest is what the client sends.
enum FrameFuzzing {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let choice = input.first else { return }
        let scanner = ClientFrameScanner(
            maxControlLine: choice & 1 == 0 ? 4096 : 16,
            maxPayload: choice & 2 == 0 ? nil : 32,
            takesHeaders: choice & 4 == 0)
        let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        var offset = 0
        var last = RepeatedPublish()
        while offset < bytes.count {
            guard case .frame(let frame, let next) = scanner.scan(bytes, from: offset) else {
                require(scanner.scanPlainPublish(bytes, from: offset) == nil, "a frame for the short way alone")
                checkUnfinished(scanner, bytes, offset)
                return
            }
            require(next > offset && next <= bytes.count, "the frame at \(offset) ends at \(next) of \(bytes.count)")
            check(frame, in: offset..<next)
            checkRepeated(last, bytes, offset, frame, next)
            last =
                checkShortWay(scanner, bytes, offset, frame, next).map { RepeatedPublish($0, from: offset) } ?? .init()
            checkPrefixes(scanner, bytes, offset..<next)
            if case .connect(let arguments) = frame {
                var options = ConnectOptions()
                try? options.update(fromJSON: UnsafeRawBufferPointer(rebasing: bytes[arguments]))
            }
            offset = next
        }
    }

    /// What is taken for a repetition of the frame before it is found by the long way, too.
    private static func checkRepeated(
        _ last: RepeatedPublish,
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int,
        _ frame: ClientFrame,
        _ next: Int
    ) {
        guard last.isRepeated(in: bytes, at: offset) else { return }
        guard case .publish(let frame) = frame else {
            require(false, "not a PUB at all")
            return
        }
        let repeated = last.frame(at: offset)
        require(
            offset + last.length == next && "\(repeated)" == "\(frame)" && last.reply(at: offset) == frame.reply
                && last.tail(at: offset).upperBound == next,
            "\(repeated) up to \(offset + last.length), \(frame) up to \(next)")
    }

    /// The short way to the most usual frame finds what the long way finds.
    ///
    /// - Returns: what it finds.
    private static func checkShortWay(
        _ scanner: ClientFrameScanner,
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int,
        _ frame: ClientFrame,
        _ next: Int
    ) -> PublishFrame? {
        guard let (short, end) = scanner.scanPlainPublish(bytes, from: offset) else { return nil }
        guard case .publish(let frame) = frame else {
            require(false, "not a PUB at all")
            return nil
        }
        require(end == next && "\(short)" == "\(frame)", "\(short) up to \(end), \(frame) up to \(next)")
        return short
    }

    /// Everything that a frame points at lies inside of it.
    private static func check(_ frame: ClientFrame, in range: Range<Int>) {
        let parts: [Range<Int>] =
            switch frame {
            case .publish(let frame):
                [
                    frame.subject, frame.reply, frame.headerSizeText, frame.sizeText, frame.arguments,
                    frame.body..<frame.body + frame.size + 2, frame.body..<frame.body + frame.headerSize,
                ]
            case .subscribe(let arguments), .unsubscribe(let arguments), .connect(let arguments), .info(let arguments),
                .error(let arguments):
                [arguments]
            case .ping, .pong, .ok: []
            }
        for part in parts {
            require(
                part.lowerBound >= range.lowerBound && part.upperBound <= range.upperBound,
                "\(part) of \(frame) in \(range)")
        }
    }

    /// A frame that arrives in two pieces is the same frame: its beginning is neither refused nor taken for a whole one, and
    /// no more bytes are asked for than it has.
    private static func checkPrefixes(
        _ scanner: ClientFrameScanner, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
    ) {
        for end in range.dropFirst().prefix(512) {
            switch scanner.scan(UnsafeRawBufferPointer(rebasing: bytes[..<end]), from: range.lowerBound) {
            case .incomplete(let count):
                require(count <= range.count, "\(count) bytes asked for, it has \(range.count)")
            case .frame(_, let next):
                require(false, "a frame up to \(next) where one up to \(range.upperBound) was begun")
            case .failed(let error): require(false, "the first \(end - range.lowerBound) bytes: \(error)")
            }
        }
    }

    /// What is at fault or asked for lies where it should.
    private static func checkUnfinished(_ scanner: ClientFrameScanner, _ bytes: UnsafeRawBufferPointer, _ offset: Int) {
        switch scanner.scan(bytes, from: offset) {
        case .frame: require(false, "the same bytes are a frame now")
        case .incomplete(let count):
            require(count == 0 || count > bytes.count - offset, "\(count) bytes asked for that are there")
        case .failed(.unknownOperation(_, let at)), .failed(.unendedPayload(_, let at, _, _)):
            require(at >= offset && at < bytes.count, "the fault is at \(at) of \(bytes.count)")
        case .failed(.badArguments(_, let arguments)), .failed(.controlLineTooLong(_, let arguments)):
            require(
                arguments.lowerBound >= offset && arguments.upperBound <= bytes.count, "\(arguments) of \(bytes.count)")
        case .failed(.payloadTooLarge), .failed(.headersNotSupported): break
        }
    }
}
