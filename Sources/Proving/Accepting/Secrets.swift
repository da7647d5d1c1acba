/// Recognises what must not come into a guide by accident.
enum Secrets {
    /// What kind of secret the text seems to hold, or nil. What stands in the guide already is no news.
    static func find(in text: String, notIn guide: [UInt8]) -> String? {
        for word in words(of: text) {
            guard let kind = kind(of: word), !contains(guide, Array(word)) else { continue }
            return kind
        }
        for line in text.split(whereSeparator: \.isNewline) {
            for (name, value) in NamedSecrets.values(in: line) where !contains(guide, Array(value.utf8)) {
                return "a secret (\(name))"
            }
        }
        return nil
    }

    private static func words(of text: String) -> [ArraySlice<UInt8>] {
        var words = Array(text.utf8).split { $0 <= 0x20 || "\"'`,;()<>[]{}".utf8.contains($0) }
        // The words of a header of a private key stand apart.
        if headers.contains(where: text.contains) { words.append(marker[...]) }
        return words
    }

    private static let headers = ["PRIVATE KEY-----", "NKEY SEED-----", "NATS USER JWT-----"]
    private static let marker = Array("PRIVATE KEY-----".utf8)

    private static func kind(of word: ArraySlice<UInt8>) -> String? {
        if word.elementsEqual(marker) { return "a private key" }
        for part in word.split(whereSeparator: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) {
            if isSeed(part) { return "an nkey seed" }
            if isToken(part) { return "a JSON web token" }
        }
        if hasKnownPrefix(word) { return "an access key" }
        if hasPassword(word) { return "a password in an address" }
        return isRandom(word) ? "a key (many random characters)" : nil
    }

    /// Base64 of 24 random bytes or more: capitals, small letters and figures that follow one another without an order.
    ///
    /// Checksums and identifiers are none of it, whose alphabet is smaller: hexadecimal figures, base32, the 22 characters of a
    /// NUID. In names and paths letters of one kind stand together: about one character in four is of another kind than the one
    /// before it; in random ones it is two in three.
    private static func isRandom(_ word: ArraySlice<UInt8>) -> Bool {
        let key = word.prefix { $0.isAlphanumeric || "+/-_".utf8.contains($0) }
        // Each `=` at its end stands for a byte that is missing.
        guard key.count >= 32, word[key.endIndex...].allSatisfy({ $0 == UInt8(ascii: "=") }) else { return false }
        let kinds = key.map { byte in byte.isDigit ? 0 : byte.isUppercase ? 1 : byte.isLetter ? 2 : 3 }
        guard (0...2).allSatisfy({ kind in kinds.count { $0 == kind } >= 2 }) else { return false }
        let turns = zip(kinds, kinds.dropFirst()).count { $0 != $1 && $0 < 3 && $1 < 3 }
        return turns * 100 >= kinds.count * 42
    }

    /// Keys of well-known services begin with a word of their own: AWS, GitHub, GitLab, Slack, Stripe, Google, OpenAI, npm, PyPI,
    /// Hugging Face, SendGrid, DigitalOcean, age.
    private static let prefixes = [
        "AKIA", "ASIA", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-",
        "xoxs-", "xapp-", "sk_live_", "rk_live_", "sk_test_", "whsec_", "AIza", "ya29.", "sk-", "npm_", "pypi-", "hf_",
        "SG.", "dop_v1_", "AGE-SECRET-KEY-",
    ]

    private static func hasKnownPrefix(_ word: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: word, as: UTF8.self)
        return prefixes.contains { prefix in
            guard let start = text.firstRange(of: prefix) else { return false }
            // `task-4711…` does not begin with `sk-`.
            if start.lowerBound > text.startIndex {
                let before = text[text.index(before: start.lowerBound)]
                guard !before.isLetter, !before.isNumber else { return false }
            }
            let key = text[start.upperBound...].prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0))
            }
            // Names such as `npm_config_user_agent` have no figures.
            return key.count >= 16 && key.contains(where: \.isLetter) && key.contains(where: \.isNumber)
        }
    }

    /// `S`, the kind of key, and base32: 58 characters in all.
    private static func isSeed(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 58, word.first == UInt8(ascii: "S") else { return false }
        guard "UANOCX".utf8.contains(word[word.startIndex + 1]) else { return false }
        return word.prefix(58).allSatisfy { $0.isUppercase || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0) }
    }

    /// Three base64url parts, the first of which begins with `{"`.
    private static func isToken(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.starts(with: "eyJ".utf8) else { return false }
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count >= 2
            && parts.allSatisfy { part in
                part.count >= 8
                    && part.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
            }
    }

    /// `scheme://user:password@host`.
    private static func hasPassword(_ word: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: word, as: UTF8.self)
        guard let scheme = text.firstRange(of: "://") else { return false }
        let authority = text[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
            return false
        }
        let password = authority[authority.index(after: colon)..<at]
        return !password.isEmpty && !password.allSatisfy { $0 == "*" || $0 == "x" }
            && password != "[REDACTED]"
    }

    private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        !word.isEmpty && String(decoding: text, as: UTF8.self).contains(String(decoding: word, as: UTF8.self))
    }
}
