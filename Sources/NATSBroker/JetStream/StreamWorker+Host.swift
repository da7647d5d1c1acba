import JetStream
import NATSSubjects

/// What the streams of an account need of the server.
extension StreamWorker: JetStreamHost {
    var now: Int64 { WallClock.now().nanoseconds }

    var serverName: String { broker.serverName }

    func send(
        to subject: UnsafeRawBufferPointer,
        shownAs shown: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        delivery.send(
            subject, shownAs: shown, reply: reply, header: header, body: body, in: account, from: client)
    }

    func sendNow() { wakeReceivers() }

    func hasInterest(in subject: UnsafeRawBufferPointer) -> Bool {
        account.hasClients(for: subject) || account.responses.owed(on: subject) != nil
    }

    func isWanted(_ subject: UnsafeRawBufferPointer) -> Bool { account.isWanted(subject) }

    var isCongested: Bool { client.mustStall }

    func watchInterest(in subject: [UInt8]) {
        watched[subject, default: 0] += 1
        if watched[subject] == 1 { account.watch(subject) }
    }

    func unwatchInterest(in subject: [UInt8]) {
        guard let count = watched[subject] else { return }
        watched[subject] = count > 1 ? count - 1 : nil
        if count == 1 { account.unwatch(subject) }
    }

    func capture(_ subjects: [String], for stream: Stream) {
        let key = ObjectIdentifier(stream)
        var known = captures[key] ?? [:]
        let number = capturing.firstIndex { $0 === stream } ?? capturing.count
        if number == capturing.count { capturing.append(stream) }
        for subject in subjects where known[subject] == nil {
            known[subject] = subscribe(subject, .stream(number))
        }
        captures[key] = known
    }

    func release(_ subjects: [String], of stream: Stream) {
        let key = ObjectIdentifier(stream)
        for subject in subjects {
            if let subscription = captures[key]?.removeValue(forKey: subject) { unsubscribe(subscription) }
        }
        if captures[key]?.isEmpty == true {
            captures[key] = nil
            if let number = capturing.firstIndex(where: { $0 === stream }) { capturing[number] = nil }
        }
    }

    func subscribe(to pattern: [UInt8]) {
        // Numbers are not used again: messages for a pattern that ended may still wait in the intake.
        guard let subscription = subscribe(String(decoding: pattern, as: UTF8.self), .pattern(patterns.count)) else {
            return
        }
        patterns.append((pattern, subscription))
    }

    func unsubscribe(from pattern: [UInt8]) {
        guard let number = patterns.firstIndex(where: { $0?.pattern == pattern }), let ended = patterns[number] else {
            return
        }
        unsubscribe(ended.subscription)
        patterns[number] = nil
    }

    func log(_ message: String) { broker.log.warning(message) }
}
