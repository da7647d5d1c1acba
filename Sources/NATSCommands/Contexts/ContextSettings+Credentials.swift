import NATSClient

extension ContextSettings {
    /// What the settings say of who connects, in natscli's order: a user, a credentials file, a key, a token.
    ///
    /// - Parameter home: what `~` at the beginning of a file's path stands for.
    /// - Throws: ``FileSystem/Failure`` or ``NATSError`` for a file that can't be read.
    func credentials(home: String) throws -> Credentials? {
        if !user.isEmpty { return .user(user, password: password) }
        if !creds.isEmpty {
            let path = HomeDirectory.expanded(creds, home: home)
            let text = String(decoding: try FileSystem.read(path), as: UTF8.self)
            return .jwt(try Self.token(in: text, of: path), try NKeySeed(in: text, of: path))
        }
        if !nkey.isEmpty {
            let path = HomeDirectory.expanded(nkey, home: home)
            return .key(try NKeySeed(in: String(decoding: try FileSystem.read(path), as: UTF8.self), of: path))
        }
        return token.isEmpty ? nil : .token(token)
    }

    /// The JSON Web Token in a credentials file: the line behind the first line of dashes, or the only line.
    private static func token(in text: String, of path: String) throws(NATSError) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }
        let begin = lines.firstIndex { $0.hasPrefix("---") }.map { $0 + 1 } ?? 0
        guard begin < lines.count, lines[begin].hasPrefix("ey") else {
            throw NATSError(.badCredentials, "nats: no user JWT found in \"\(path)\"")
        }
        return lines[begin]
    }
}
