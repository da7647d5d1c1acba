import NIOCore
import Synchronization

/// Connections of one event loop that other event loops have put something into the outbox of.
///
/// However many messages arrive, the loop is woken once and drains each of the connections once.
final class LoopMailbox: Sendable {
    let eventLoop: any EventLoop
    private let waiting = Mutex<[Connection]>([])

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Asks the loop to drain `connections`, all of which belong to it.
    func post(_ connections: some Sequence<Connection>) {
        let mustWake = waiting.withLock { waiting in
            let wasEmpty = waiting.isEmpty
            waiting.append(contentsOf: connections)
            return wasEmpty && !waiting.isEmpty
        }
        guard mustWake else { return }
        eventLoop.execute {
            let connections = self.waiting.withLock { waiting in
                let taken = waiting
                waiting = []
                return taken
            }
            for connection in connections { connection.drain() }
        }
    }
}
