import NATSWire
import NIOCore

/// Writes the frames that a client sends.
extension ByteBuffer {
    mutating func writePublish(subject: String, replyTo: String?, headers: ByteBuffer?, payload: ByteBuffer) {
        writeStaticString(headers == nil ? "PUB " : "HPUB ")
        writeString(subject)
        writeStaticString(" ")
        if let replyTo {
            writeString(replyTo)
            writeStaticString(" ")
        }
        if let headers {
            writeDecimal(headers.readableBytes)
            writeStaticString(" ")
        }
        writeDecimal((headers?.readableBytes ?? 0) + payload.readableBytes)
        writeStaticString("\r\n")
        if let headers {
            writeImmutableBuffer(headers)
        }
        writeImmutableBuffer(payload)
        writeStaticString("\r\n")
    }

    mutating func writeSubscribe(subject: String, queue: String?, subscription: Int) {
        writeStaticString("SUB ")
        writeString(subject)
        writeStaticString(" ")
        if let queue {
            writeString(queue)
            writeStaticString(" ")
        }
        writeDecimal(subscription)
        writeStaticString("\r\n")
    }

    mutating func writeUnsubscribe(subscription: Int, after maximum: Int?) {
        writeStaticString("UNSUB ")
        writeDecimal(subscription)
        if let maximum {
            writeStaticString(" ")
            writeDecimal(maximum)
        }
        writeStaticString("\r\n")
    }

    /// Writes `CONNECT` with its JSON document.
    ///
    /// - Parameter nonce: what the server sent to be signed.
    mutating func writeConnect(
        options: ConnectionOptions,
        credentials: Credentials?,
        nonce: String,
        supportsHeaders: Bool
    ) {
        var document: [(name: String, value: String)] = [
            ("verbose", "\(options.verbose)"),
            ("pedantic", "\(options.pedantic)"),
        ]
        switch credentials {
        case .user(let name, let password):
            document.append(("user", jsonString(name)))
            document.append(("pass", jsonString(password)))
        case .token(let token):
            document.append(("auth_token", jsonString(token)))
        case .key(let seed):
            document.append(("nkey", jsonString(seed.publicKey)))
            document.append(("sig", jsonString(Base64.encoded(seed.signature(of: nonce), alphabet: .url))))
        case .jwt(let token, let seed):
            document.append(("jwt", jsonString(token)))
            document.append(("sig", jsonString(Base64.encoded(seed.signature(of: nonce), alphabet: .url))))
        case nil: break
        }
        document += [
            ("tls_required", "false"),
            ("name", jsonString(options.name)),
            ("lang", jsonString("swift")),
            ("version", jsonString(clientVersion)),
            ("protocol", "1"),
            ("echo", "\(options.echo)"),
            ("headers", "\(supportsHeaders)"),
            ("no_responders", "\(supportsHeaders)"),
        ]
        writeStaticString("CONNECT {")
        writeString(document.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ","))
        writeStaticString("}\r\n")
    }

    private mutating func writeDecimal(_ number: Int) {
        writeString(String(number))
    }
}

/// The version that this client reports to servers.
package let clientVersion = "0.1.0"

/// `text` as a JSON string, with its quotes.
private func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{0}"..."\u{1F}":
            let code = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
