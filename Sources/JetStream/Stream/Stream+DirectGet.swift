import NATSSubjects
import NATSWire

/// What a request for messages asks for.
struct MessageRequest {
    var sequence: UInt64 = 0
    var lastFor = ""
    var nextFor = ""
    var batch = 0
    var maxBytes = 0
    var startTime: GoTime?
    var multiLastFor: [String] = []
    var upToSequence: UInt64 = 0
    var upToTime: GoTime?
    var isWithoutHeaders = false

    init() {}

    init(_ bytes: [UInt8], isStrict: Bool) throws(RequestProblem) {
        var request = MessageRequest()
        try RequestDecoder.decode(bytes, as: "JSApiMsgGetRequest", isStrict: isStrict) {
            decoder, name, value throws(RequestProblem) in
            switch name {
            case "seq": decoder.integer(&request.sequence, value, type: "uint64")
            case "last_by_subj": decoder.string(&request.lastFor, value)
            case "next_by_subj": decoder.string(&request.nextFor, value)
            case "batch": decoder.integer(&request.batch, value, type: "int")
            case "max_bytes": decoder.integer(&request.maxBytes, value, type: "int")
            case "start_time": try decoder.time(&request.startTime, value)
            case "multi_last": try decoder.strings(&request.multiLastFor, value)
            case "up_to_seq": decoder.integer(&request.upToSequence, value, type: "uint64")
            case "up_to_time": try decoder.time(&request.upToTime, value)
            case "no_hdr": decoder.bool(&request.isWithoutHeaders, value)
            default: return false
            }
            return true
        }
        self = request
    }

    var asksForNothing: Bool {
        sequence == 0 && lastFor.isEmpty && nextFor.isEmpty && multiLastFor.isEmpty && startTime == nil
    }

    var contradictsItself: Bool {
        (sequence > 0 && !lastFor.isEmpty) || (sequence > 0 && startTime != nil)
            || (startTime != nil && !lastFor.isEmpty) || (!lastFor.isEmpty && !nextFor.isEmpty)
            || (!lastFor.isEmpty && batch > 0) || (!lastFor.isEmpty && !multiLastFor.isEmpty)
            || (!nextFor.isEmpty && !multiLastFor.isEmpty) || (upToSequence > 0 && upToTime != nil)
    }
}

extension Stream {
    private static let maxMultiAnswers = 1_024

    /// Answers a request for messages with the messages themselves.
    ///
    /// - Parameter key: the subject whose last message is asked for, where the request's own subject names it.
    func directGet(_ body: [UInt8], header: [UInt8], key: String?, reply: [UInt8]) {
        let needsHigherLevel = header.withUnsafeBytes { MessageHeaders($0).needsHigherLevel }
        if needsHigherLevel { return answer(reply, "412 Required Api Level") }
        if key == nil && body.isEmpty { return answer(reply, "408 Empty Request") }
        var request: MessageRequest
        do throws(RequestProblem) {
            request = body.isEmpty ? MessageRequest() : try MessageRequest(body, isStrict: false)
        } catch {
            return answer(reply, "408 Malformed Request")
        }
        if let key {
            let isBare =
                request.asksForNothing && request.batch == 0 && request.upToSequence == 0
                && request.upToTime == nil
            guard !key.isEmpty, isBare else { return answer(reply, "408 Bad Request") }
            request.lastFor = key
        } else if request.asksForNothing {
            return answer(reply, "408 Empty Request")
        } else if request.contradictsItself {
            return answer(reply, "408 Bad Request")
        }
        do throws(StoreError) {
            if request.multiLastFor.isEmpty {
                try directGet(request, reply: reply)
            } else {
                try multiGet(request, reply: reply)
            }
        } catch {
            answer(reply, "500 \(error.words)")
        }
    }

    private func answer(_ reply: [UInt8], _ status: String) {
        host.send(to: reply, header: Array("NATS/1.0 \(status)\r\n\r\n".utf8))
    }

    private func directGet(_ request: MessageRequest, reply: [UInt8]) throws(StoreError) {
        var sequence = request.sequence
        if let time = request.startTime { sequence = try store.sequence(at: time.nanoseconds) }
        let filters = request.nextFor.isEmpty ? [] : [SubjectFilter(Array(request.nextFor.utf8))]
        let isBatch = request.batch > 0
        var pending = isBatch ? try store.pending(from: sequence, matching: filters, lastPerSubject: false) : 0
        let limit = request.maxBytes == 0 ? account.settings.maxPending : request.maxBytes
        var sent = 0
        var last: UInt64 = 0
        for index in 0..<max(1, request.batch) {
            let message: StoredMessage?
            if sequence > 0 && filters.isEmpty && !isBatch {
                message = try store.message(sequence)
            } else if (sequence > 0 && filters.isEmpty) || !filters.isEmpty {
                message = try store.withNext(from: sequence, matching: filters) { $0.message }
            } else {
                message = try self.last(on: request.lastFor)
            }
            guard let message else {
                if request.batch > 1 && index > 0 { break }
                return answer(reply, "404 Message Not Found")
            }
            sequence = message.sequence + 1
            // What is left is counted where it is told.
            if isBatch && !request.isWithoutHeaders { pending = max(0, pending - 1) }
            let header =
                request.isWithoutHeaders
                ? [] : shownHeader(of: message, pending: isBatch ? pending : nil, last: last)
            last = message.sequence
            host.send(to: reply, header: header, body: message.body)
            sent += message.subject.count + message.header.count + message.body.count
            if sent >= limit { break }
        }
        guard isBatch else { return }
        answer(reply, "204 EOB\r\nNats-Num-Pending: \(pending)\r\nNats-Last-Sequence: \(last)")
    }

    private func multiGet(_ request: MessageRequest, reply: [UInt8]) throws(StoreError) {
        var ceiling = request.upToSequence
        if let time = request.upToTime {
            ceiling = try store.sequence(at: time.nanoseconds)
            if ceiling <= store.state.firstSequence { return answer(reply, "404 No Results") }
            ceiling -= 1
        }
        if ceiling == 0 { ceiling = lastSequence }
        if ceiling > lastSequence { return answer(reply, "404 No Results") }
        var messages: [UInt64: StoredMessage] = [:]
        var isAny = false
        for filter in request.multiLastFor {
            for (subject, state) in try store.subjects(matching: SubjectFilter(Array(filter.utf8)))
            where state.first <= ceiling {
                guard let message = try store.last(on: subject, upTo: ceiling) else { continue }
                isAny = true
                if message.sequence < request.sequence { continue }
                messages[message.sequence] = message
                if messages.count > Self.maxMultiAnswers { return answer(reply, "413 Too Many Results") }
            }
        }
        if !isAny { return answer(reply, "404 No Results") }
        let limit = request.maxBytes == 0 ? account.settings.maxPending : request.maxBytes
        var pending = messages.count
        var sent = 0
        var last: UInt64 = 0
        for (index, message) in messages.values.sorted(by: { $0.sequence < $1.sequence }).enumerated() {
            pending -= 1
            host.send(to: reply, header: shownHeader(of: message, pending: pending, last: last), body: message.body)
            last = message.sequence
            sent += message.subject.count + message.header.count + message.body.count
            if sent >= limit || (request.batch > 0 && index + 1 >= request.batch) { break }
        }
        answer(
            reply,
            "204 EOB\r\nNats-Num-Pending: \(pending)\r\nNats-Last-Sequence: \(last)\r\nNats-UpTo-Sequence: \(ceiling)")
    }

    private func shownHeader(of message: StoredMessage, pending: Int?, last: UInt64) -> [UInt8] {
        var writer = HeaderWriter(message.header)
        writer.add("Nats-Stream", name.utf8)
        writer.add("Nats-Subject", message.subject)
        writer.add("Nats-Sequence", message.sequence)
        writer.add("Nats-Time-Stamp", GoTime(nanoseconds: message.timestamp).text.utf8)
        if let pending {
            writer.add("Nats-Num-Pending", pending)
            writer.add("Nats-Last-Sequence", last)
        }
        return writer.finished()
    }
}
