import NATSSubjects

/// The tree that matches subjects, against the rule for one pattern and one subject.
///
/// An input is a line for each subscription, and a last one that is the subject. A line that begins with a digit belongs to
/// the queue group of that name.
enum SubjectFuzzing {
    private final class Subscription {
        let pattern: [UInt8]
        let queue: [UInt8]?

        init(_ line: some Collection<UInt8>) {
            let isMember = line.first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
            queue = isMember ? Array(line.prefix(1)) : nil
            pattern = Array(isMember ? line.dropFirst() : line.dropFirst(0))
        }
    }

    static func run(_ input: UnsafeRawBufferPointer) {
        let lines = input.split(separator: 0x0A, maxSplits: 64, omittingEmptySubsequences: false)
        guard let subject = lines.last.map(Array.init) else { return }
        var tree = SubjectTree<Subscription>()
        var held: [Subscription] = []
        for line in lines.dropLast() {
            let subscription = Subscription(line)
            if tree.insert(subscription, pattern: subscription.pattern, queue: subscription.queue) {
                held.append(subscription)
            } else {
                require(!Subject.isValidPattern(subscription.pattern), "a valid pattern is not taken")
            }
        }
        compare(tree, held, subject)
        // Every second one goes, then the others.
        for parity in [0, 1] {
            for (index, subscription) in held.enumerated() where index % 2 == parity {
                require(
                    tree.remove(subscription, pattern: subscription.pattern, queue: subscription.queue),
                    "it is not there")
            }
            let rest = parity == 0 ? held.enumerated().filter { $0.offset % 2 == 1 }.map(\.element) : []
            compare(tree, rest, subject)
        }
    }

    private static func compare(_ tree: SubjectTree<Subscription>, _ held: [Subscription], _ subject: [UInt8]) {
        require(tree.count == held.count, "\(tree.count) subscriptions, \(held.count) expected")
        // What is published names one subject; the rule for pairs knows no other.
        guard Subject.isLiteral(subject) else { return }
        var found: Set<ObjectIdentifier> = []
        subject.withUnsafeBytes { bytes in
            tree.forEachMatch(
                bytes,
                plain: { require(found.insert(ObjectIdentifier($0)).inserted, "it is found twice") },
                group: { name, members in
                    for member in members.values {
                        require(member.queue == name, "a member of another group")
                        require(found.insert(ObjectIdentifier(member)).inserted, "it is found twice")
                    }
                })
        }
        let expected = Set(held.filter { Subject.isMatched(subject, by: $0.pattern) }.map { ObjectIdentifier($0) })
        require(found == expected, "\(found.count) subscriptions match, \(expected.count) expected")
    }
}
