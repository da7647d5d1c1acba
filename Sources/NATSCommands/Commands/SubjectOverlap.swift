/// Whether two subjects, which may both hold wildcards, have a subject in common.
enum SubjectOverlap {
    static func exists(_ first: String, _ second: String) -> Bool {
        let a = first.split(separator: ".", omittingEmptySubsequences: false)
        let b = second.split(separator: ".", omittingEmptySubsequences: false)
        for (one, other) in zip(a, b) {
            if one == ">" || other == ">" {
                return true
            }
            if one != other, one != "*", other != "*" {
                return false
            }
        }
        return a.count == b.count
    }
}
