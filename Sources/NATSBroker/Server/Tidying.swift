import NIOCore
import Synchronization

/// Gives memory back once nobody has come or gone for a second.
///
/// Not sooner: who comes next needs much of the same code.
final class Tidying: Sendable {
    private let eventLoop: any EventLoop
    private let changes = Atomic<Int>(0)
    private let isScheduled = Atomic<Bool>(false)

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// A client has come or gone, or the server has become ready.
    func somethingChanged() {
        changes.wrappingAdd(1, ordering: .relaxed)
        if !isScheduled.exchange(true, ordering: .acquiringAndReleasing) { schedule() }
    }

    private func schedule() {
        let seen = changes.load(ordering: .relaxed)
        eventLoop.scheduleTask(in: .seconds(1)) { [weak self] in
            guard let self else { return }
            guard seen == self.changes.load(ordering: .relaxed) else { return self.schedule() }
            self.isScheduled.store(false, ordering: .releasing)
            CodePages.release()
        }
    }
}
