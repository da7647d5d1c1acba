/// One thing that a client sent, as ranges into the buffer that it lies in. Valid only while that buffer is.
@usableFromInline package enum ClientFrame {
    /// `PUB` or `HPUB`, with its payload complete in the buffer.
    case publish(PublishFrame)
    /// `SUB subject [queue] sid`.
    case subscribe(arguments: Range<Int>)
    /// `UNSUB sid [max]`.
    case unsubscribe(arguments: Range<Int>)
    /// `CONNECT {…}`.
    case connect(arguments: Range<Int>)
    /// `INFO {…}`, which clients have no reason to send and which is read and forgotten.
    case info(arguments: Range<Int>)
    /// `-ERR …`: the client gives up.
    case error(arguments: Range<Int>)
    case ping
    case pong
    /// `+OK`, which is ignored.
    case ok
}

/// A published message: where its parts lie in the buffer.
@usableFromInline package struct PublishFrame {
    @usableFromInline package var subject: Range<Int>
    /// Empty where the message asks for no reply.
    @usableFromInline package var reply: Range<Int>
    /// The digits that give the size of the headers; empty for `PUB`.
    @usableFromInline package var headerSizeText: Range<Int>
    /// The digits that give the size of headers and payload.
    @usableFromInline package var sizeText: Range<Int>
    /// The number of bytes of the headers; 0 for `PUB`.
    @usableFromInline package var headerSize: Int
    /// Where headers and payload begin.
    @usableFromInline package var body: Int
    /// The number of bytes of headers and payload, without the closing CR LF.
    @usableFromInline package var size: Int
    /// Everything between the verb and the line's end, for traces.
    @usableFromInline package var arguments: Range<Int>
    @usableFromInline package var isHeaderPublish: Bool

    @inlinable
    package init(
        subject: Range<Int>,
        reply: Range<Int>,
        headerSizeText: Range<Int>,
        sizeText: Range<Int>,
        headerSize: Int,
        body: Int,
        size: Int,
        arguments: Range<Int>,
        isHeaderPublish: Bool
    ) {
        self.subject = subject
        self.reply = reply
        self.headerSizeText = headerSizeText
        self.sizeText = sizeText
        self.headerSize = headerSize
        self.body = body
        self.size = size
        self.arguments = arguments
        self.isHeaderPublish = isHeaderPublish
    }
}

/// Why the bytes of a client cannot be read on. Each of these ends the connection; what the client is told differs.
@usableFromInline package enum ClientFrameError: Error, Equatable {
    /// The bytes are no frame. `state` is the parser state that nats-server names in its log for the same bytes, `at` the
    /// offset of the first byte that does not fit.
    case unknownOperation(state: Int, at: Int)
    /// The arguments do not fit the verb; `arguments` is where they lie. The client is told nothing.
    case badArguments(BadArguments, arguments: Range<Int>)
    /// The line is longer than `max_control_line`.
    case controlLineTooLong(state: Int, arguments: Range<Int>)
    /// The message is larger than `max_payload`; `arguments` is where those of its line lie.
    case payloadTooLarge(size: Int, arguments: Range<Int>, isHeaderPublish: Bool)
    /// The message does not end where its line says; `state` and `at` are as in ``unknownOperation(state:at:)``.
    case unendedPayload(state: Int, at: Int, arguments: Range<Int>, isHeaderPublish: Bool)
    /// `HPUB` from a client that did not ask for headers; `arguments` is where its arguments lie.
    case headersNotSupported(arguments: Range<Int>)

    @usableFromInline package enum BadArguments: String, Sendable {
        case publish = "processPub Parse Error"
        case publishSize = "processPub Bad or Missing Size"
        case headerPublish = "processHeaderPub Parse Error"
        case headerSize = "processHeaderPub Bad or Missing Header Size"
        case totalSize = "processHeaderPub Bad or Missing Total Size"
        case headerLargerThanTotal = "processHeaderPub Header Size larger then TotalSize"

        /// Whether the verb was `HPUB`, and not `PUB`.
        package var isOfHeaderPublish: Bool { self != .publish && self != .publishSize }
    }
}
