import NATSClient

extension JSONDocument {
    /// The text named `key`, empty if there is none.
    func text(_ key: String) -> String { self[key, default: ""] }

    /// The whole number named `key`, zero if there is none.
    func count(_ key: String) -> Int { self[key, default: 0] }

    /// The number named `key`, zero if there is none.
    func number(_ key: String) -> Double { self[key, default: 0.0] }

    /// Whether `key` is true.
    func isTrue(_ key: String) -> Bool { self[key, default: false] }

    /// The document named `key`, an empty one if there is none.
    func document(_ key: String) -> JSONDocument { self[key, default: JSONDocument()] }

    /// The documents in the array named `key`.
    func documents(_ key: String) -> [JSONDocument] { self[key, default: []] }

    /// The texts in the array named `key`.
    func texts(_ key: String) -> [String] { self[key, default: []] }
}
