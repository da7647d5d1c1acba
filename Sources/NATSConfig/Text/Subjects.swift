/// The rules of subjects, as far as validating a configuration needs them.
enum Subjects {
    /// Whether a subject, which may hold wildcards, is well formed.
    static func isValid(_ subject: String) -> Bool {
        var hasEnded = false
        for token in tokens(subject) {
            guard !token.isEmpty, !hasEnded else { return false }
            guard !token.utf8.contains(where: { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains($0) }) else { return false }
            hasEnded = token == ">"
        }
        return true
    }

    /// Whether a subject is one that can be published to.
    static func isValidToPublish(_ subject: String) -> Bool {
        isValid(subject) && !hasWildcard(subject)
    }

    static func hasWildcard(_ subject: String) -> Bool {
        tokens(subject).contains { $0 == "*" || $0 == ">" }
    }

    static func tokens(_ subject: String) -> [Substring] {
        subject.split(separator: ".", omittingEmptySubsequences: false)
    }

    /// Whether everything that `subject` stands for is covered by `pattern`.
    static func isSubset(_ subject: String, of pattern: String) -> Bool {
        let mine = tokens(subject)
        let theirs = tokens(pattern)
        for (index, theirToken) in theirs.enumerated() {
            guard index < mine.count, !theirToken.isEmpty else { return false }
            if theirToken == ">" {
                return true
            }
            let myToken = mine[index]
            guard !myToken.isEmpty, myToken != ">" else { return false }
            guard theirToken == "*" || theirToken == myToken else { return false }
        }
        return mine.count == theirs.count
    }

    /// Whether some subject is covered by both.
    static func collide(_ one: String, _ other: String) -> Bool {
        let left = tokens(one)
        let right = tokens(other)
        for (mine, theirs) in zip(left, right) {
            if mine == ">" || theirs == ">" {
                return true
            }
            guard mine == "*" || theirs == "*" || mine == theirs else { return false }
        }
        return left.count == right.count
    }
}
