import NIOCore
import NIOSSL

/// Why a handshake failed, in the words of nats-server's log.
enum TLSFailure {
    /// What the peer's certificate was not.
    static let notPinned = "certificate not pinned"

    /// What BoringSSL reports, by a part of its text, and what Go's `crypto/tls` says in the same case.
    private static let sentences: [(part: String, sentence: String)] = [
        ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "tls: client didn't provide a certificate"),
        (unverified, unverifiedSentence + "certificate signed by unknown authority"),
        ("EOF during handshake", "EOF"),
        ("BAD_RECORD_MAC", "local error: tls: bad record MAC"),
        ("NO_CERTIFICATE_SET", "tls: no certificates configured"),
        ("NO_SHARED_CIPHER", "tls: no cipher suite supported by both client and server"),
        ("UNSUPPORTED_PROTOCOL", "tls: client offered only unsupported versions"),
        ("NO_SHARED_GROUP", "tls: no ECDHE curve supported by both client and server"),
        ("ALERT_UNKNOWN_CA", "remote error: tls: unknown certificate authority"),
        ("ALERT_BAD_CERTIFICATE", "remote error: tls: bad certificate"),
        ("ALERT_CERTIFICATE_EXPIRED", "remote error: tls: expired certificate"),
        ("ALERT_CERTIFICATE_UNKNOWN", "remote error: tls: unknown certificate"),
        ("ALERT_CERTIFICATE_REQUIRED", "remote error: tls: certificate required"),
        ("ALERT_HANDSHAKE_FAILURE", "remote error: tls: handshake failure"),
        ("ALERT_PROTOCOL_VERSION", "remote error: tls: protocol version not supported"),
        ("ALERT_DECRYPT_ERROR", "remote error: tls: error decrypting message"),
        ("ALERT_INTERNAL_ERROR", "remote error: tls: internal error"),
    ]

    static func sentence(_ error: any Error, peer: CertificateDetails? = nil) -> String {
        if case NIOSSLError.uncleanShutdown = error { return "EOF" }
        if let error = error as? ChannelError, case .inputClosed = error { return "EOF" }
        if error is IOError { return "EOF" }
        let text = "\(error)"
        guard let known = sentences.first(where: { text.contains($0.part) }) else { return "tls: \(reason(text))" }
        guard known.part == unverified, let peer else { return known.sentence }
        let sentence = lateness(of: peer, now: .now()).map { unverifiedSentence + $0 } ?? known.sentence
        return "\(sentence) (\(peer.subject) SHA-256: \(peer.certificateSum))"
    }

    private static let unverified = "CERTIFICATE_VERIFY_FAILED"
    private static let unverifiedSentence = "tls: failed to verify certificate: x509: "

    /// What is said of a certificate that is not good yet or not any more, before anything else.
    private static func lateness(of peer: CertificateDetails, now: WallClock) -> String? {
        let seconds = Int(now.nanoseconds / 1_000_000_000)
        let (first, last) = peer.validity
        guard seconds < first || seconds > last else { return nil }
        let (bound, overflow) = Int64(seconds < first ? first : last).multipliedReportingOverflow(by: 1_000_000_000)
        let limit = WallClock(nanoseconds: overflow ? .max : bound)
        return "certificate has expired or is not yet valid: current time \(now.secondsText) is "
            + "\(seconds < first ? "before" : "after") \(limit.secondsText)"
    }

    /// BoringSSL's own word for what is wrong, from a text such as `error:10:SSL routines:OPENSSL_internal:SOME_REASON at file:1`.
    private static func reason(_ text: String) -> String {
        let marker = "OPENSSL_internal:"
        guard let place = text.firstRange(of: marker) else { return "handshake failed" }
        let word = text[place.upperBound...].prefix { $0 == "_" || $0.isLetter || $0.isNumber }
        return word.lowercased().split(separator: "_").joined(separator: " ")
    }
}
