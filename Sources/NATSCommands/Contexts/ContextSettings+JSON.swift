#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// natscli writes these files too, so the document keeps its layout: every setting, in its order, two blanks of indent.
extension ContextSettings: Decodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) {
            stringValue = name
        }

        init?(stringValue: String) {
            self.init(stringValue)
        }

        init?(intValue: Int) {
            nil
        }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        for (name, path) in Self.texts {
            self[keyPath: path] = try values.decodeIfPresent(String.self, forKey: Key(name)) ?? ""
        }
        tlsFirst = try values.decodeIfPresent(Bool.self, forKey: Key("tls_first")) ?? false
        windowsCACertsMatch = try values.decodeIfPresent([String].self, forKey: Key("windows_ca_certs_match"))
    }

    init(parsing document: [UInt8]) throws {
        self = try JSONDecoder().decode(ContextSettings.self, from: Data(document))
    }

    /// The document of a context file.
    ///
    /// - Parameter name: the context's name where it is to stand in the document.
    func document(name: String? = nil, indent: String = "") -> String {
        var lines: [String] = name.map { ["\"name\": " + JSONText.quoted($0)] } ?? []
        for (name, path) in Self.texts {
            if name == "windows_cert_store" {
                lines.append("\"tls_first\": \(tlsFirst)")
            }
            lines.append("\"\(name)\": " + JSONText.quoted(self[keyPath: path]))
        }
        let matches = windowsCACertsMatch.map { $0.map(JSONText.quoted).joined(separator: ", ") }
        lines.append("\"windows_ca_certs_match\": " + (matches.map { "[\($0)]" } ?? "null"))
        return "{\n" + lines.map { indent + "  " + $0 }.joined(separator: ",\n") + "\n\(indent)}"
    }
}
