import GoFormats
import NATSAccounts
import NATSWire

/// How a connection ends whose bytes make no sense: what the client hears and what the log is told.
extension Connection {
    func fail(_ error: ClientFrameError, _ bytes: UnsafeRawBufferPointer) {
        switch error {
        case .unknownOperation(let state, let at): failAudibly(state, at, bytes)
        case .unendedPayload(let state, let at, let arguments, let hasHeaders):
            if log.isTracing { trace(hasHeaders ? "HPUB" : "PUB", bytes, arguments) }
            failAudibly(state, at, bytes)
        case .badArguments(let problem, let arguments):
            if log.isTracing { trace(problem.isOfHeaderPublish ? "HPUB" : "PUB", bytes, arguments) }
            failQuietly("\(problem.rawValue): \(GoText.quoted(bytes[arguments]))")
        case .controlLineTooLong:
            sendError("maximum control line exceeded")
            close(.maxControlLineExceeded)
            logReadFailure("maximum control line exceeded")
        case .payloadTooLarge(let size, let arguments, let hasHeaders):
            if log.isTracing { trace(hasHeaders ? "HPUB" : "PUB", bytes, arguments) }
            log.error("\(label) - maximum payload exceeded: \(size) vs \(maxPayload)")
            sendError("Maximum Payload Violation")
            close(.maxPayloadExceeded)
            if connectionKind == .webSocket { logReadFailure("maximum payload exceeded") }
        case .headersNotSupported(let arguments):
            if log.isTracing { trace("HPUB", bytes, arguments) }
            failQuietly("message headers not supported")
        }
    }

    private func failAudibly(_ state: Int, _ at: Int, _ bytes: UnsafeRawBufferPointer) {
        sendError("Unknown Protocol Operation")
        // Whether a WebSocket hears of it is left to chance in nats-server.
        if connectionKind == .webSocket { drain() }
        let snippet = GoText.quoted(bytes[Self.snippet(at, 32, bytes.count)])
        failQuietly("Client parser ERROR, state=\(state), i=\(at): proto='\(snippet)...'")
    }

    /// What a message shows of bytes that make no sense. Where they end before `length` is reached, nats-server leaves the last
    /// one out.
    private static func snippet(_ start: Int, _ length: Int, _ end: Int) -> Range<Int> {
        start..<(start + length > end ? max(start, end - 1) : start + length)
    }

    func fail(_ error: JSONError) {
        failQuietly(error.description)
    }

    /// Ends the connection over something that only the log is told. A WebSocket hears nothing more at all, as in nats-server.
    func failQuietly(_ text: String) {
        logReadFailure(text)
        close(connectionKind == .webSocket ? .readError : .protocolViolation)
    }

    /// Logs why nothing more is read from a client: for a WebSocket nats-server says that it could not be read.
    func logReadFailure(_ text: String) {
        log.error("\(label) - \(connectionKind == .webSocket ? "read error: " : "")\(text)")
    }
}
