/// What was waited for did not come.
package struct StillWaiting: Error {
    package var what: String
}

/// Waits for something that raises no event, in growing steps.
///
/// - Parameter what: for the error: what is waited for, or how things stand after the deadline.
/// - Throws: ``StillWaiting`` after the deadline, and what `condition` throws.
package func waitUntil(
    _ what: @autoclosure () throws -> String = "it did not come about", within limit: Duration = .seconds(60),
    isolation: isolated (any Actor)? = #isolation, _ condition: () throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    var step = Duration.milliseconds(2)
    while try !condition() {
        guard ContinuousClock.now < deadline else { throw StillWaiting(what: try what()) }
        try await Task.sleep(for: step)
        step = min(step * 2, .milliseconds(50))
    }
}
