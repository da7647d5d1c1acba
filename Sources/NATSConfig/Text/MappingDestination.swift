import GoFormats
import NATSSubjects

/// The rules of subject mappings in a configuration: what a destination such as `orders.{{wildcard(1)}}` or `orders.$1` may
/// look like.
enum MappingDestination {
    /// Why nats-server refuses a mapping; nil when it takes it.
    static func complaint(about mapping: SubjectMapping) -> String? {
        var seen: Set<String> = []
        var weights: [String: Int] = [:]
        for destination in mapping.destinations {
            guard seen.insert(destination.subject).inserted else {
                return "duplicate entry for \(GoText.quoted(destination.subject))"
            }
            weights[destination.cluster, default: 0] += Int(destination.weight)
            guard weights[destination.cluster, default: 0] <= 100 else {
                return "total weight needs to be <= 100"
            }
            guard !destination.subject.isEmpty else { continue }
            do {
                try check(destination.subject)
                _ = try SubjectTransform(from: mapping.source, to: destination.subject)
            } catch {
                return error.message
            }
        }
        return nil
    }

    /// Checks a destination by itself.
    private static func check(_ destination: String) throws(TransformProblem) {
        var hasEnded = false
        for token in Subjects.tokens(destination) {
            guard !token.isEmpty, !hasEnded else {
                throw .token(token, "invalid transform")
            }
            if TransformFunction.hasForm(token) {
                guard TransformFunction.call(token) != nil else {
                    throw .token(token, "unknown function")
                }
            } else if token == ">" {
                hasEnded = true
            } else if token.contains(where: { $0.isWhitespace }) {
                throw .token("", "invalid transform")
            }
        }
    }
}
