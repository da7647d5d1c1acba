import Synchronization

/// What was worked out of guides, kept until they change: while a site is served, one guide changes at a time.
package final class GuideResults<Value: Sendable>: Sendable {
    private struct Known {
        var source: [UInt8]
        var value: Value
    }

    private let known = Mutex<[String: Known]>([:])

    package init() {}

    /// The value for a guide with these bytes: the one from the last time where it had the same then, else what `make` says.
    package func value(path: String, source: [UInt8], _ make: () -> Value) -> Value {
        // Arrays that share their storage, as most do here, are equal without a look at their elements.
        if let known = known.withLock({ $0[path] }), known.source == source {
            return known.value
        }
        let value = make()
        known.withLock { $0[path] = Known(source: source, value: value) }
        return value
    }
}

/// Guides as they were read the last time; see ``Project/loadGuides(_:remembering:)``.
package typealias GuideMemory = GuideResults<GuideReading>

/// What came of reading one guide.
package struct GuideReading: Sendable {
    var guide: Guide?
    var diagnostics: [Diagnostic]
}
