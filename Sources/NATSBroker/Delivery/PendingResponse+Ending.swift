import NIOCore
import Synchronization

/// How the wait for an answer ends.
extension PendingResponse {
    /// Forgets the answer on both sides.
    ///
    /// - Returns: false when that was done before.
    @discardableResult
    func remove() -> Bool {
        importer.responses.removeAwaited(self)
        return exporter.responses.removeOwed(self)
    }

    /// Forgets the answer, and says why where a measurement is taken. Safe from every event loop.
    func abandon(_ outcome: LatencyMeasurement.Outcome) {
        guard remove(), let measurement = takeMeasurement() else { return }
        measurement.publish(outcome, in: exporter)
    }
}

extension Account {
    /// Sees to it that answers of `export` are not waited for beyond its threshold.
    func watch(_ export: ServiceExport, on eventLoop: any EventLoop) {
        guard !export.isWatched.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventLoop.scheduleTask(in: export.threshold) {
            export.isWatched.store(false, ordering: .releasing)
            let (late, hasMore) = self.responses.overdue(export, since: .now() - export.threshold)
            for response in late { response.abandon(.timedOut) }
            if hasMore { self.watch(export, on: eventLoop) }
        }
    }

    /// Whether anybody listens to `subject`.
    func hasInterest(in subject: [UInt8]) -> Bool {
        subject.withUnsafeBytes { subject in
            let match = match(subject)
            return !match.plain.isEmpty || !match.groups.isEmpty
        }
    }
}
