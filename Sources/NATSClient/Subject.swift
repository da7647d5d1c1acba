/// The rules for subjects that a client can check before it bothers a server.
enum Subject {
    /// Checks a subject to subscribe to: not empty, no blanks, no empty token. Wildcards are the server's to judge.
    static func check(_ subject: String) throws(NATSError) {
        var previous = UInt8(ascii: ".")
        for byte in subject.utf8 {
            guard !isBlank(byte), !(byte == UInt8(ascii: ".") && previous == UInt8(ascii: ".")) else {
                throw .badSubject
            }
            previous = byte
        }
        guard previous != UInt8(ascii: ".") else { throw .badSubject }
    }

    /// Checks a subject to publish to: it must not break the protocol line.
    static func checkPublishing(_ subject: String) throws(NATSError) {
        guard !subject.isEmpty, !subject.utf8.contains(where: isBlank) else { throw .badSubject }
    }

    /// Checks the name of a queue group.
    static func checkQueue(_ queue: String) throws(NATSError) {
        guard !queue.isEmpty, !queue.utf8.contains(where: isBlank) else { throw .badQueue }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B && byte != 0x0C
    }
}
