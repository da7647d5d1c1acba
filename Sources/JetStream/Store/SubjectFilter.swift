import NATSSubjects

/// A subject with or without wildcards that messages are chosen by.
package struct SubjectFilter: Sendable, Hashable {
    package let pattern: [UInt8]
    /// Whether it takes one subject alone.
    package let isLiteral: Bool

    package init(_ pattern: [UInt8]) {
        self.pattern = pattern
        isLiteral = pattern.withUnsafeBytes { Subject.isLiteral($0) }
    }
}
