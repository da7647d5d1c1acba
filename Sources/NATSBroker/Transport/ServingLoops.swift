import NIOCore
import NIOPosix

/// The event loops that clients are served on.
struct ServingLoops: Sendable {
    let count: Int
    let group: MultiThreadedEventLoopGroup

    /// - Parameter count: how many; where nothing is said, half as many as there are processors, and one at least.
    ///
    /// The other half is for the clients and the network, which are on the same machine in most cases. On two processors, one
    /// loop answered requests in 60 % of the time that two took, with 60 % of the work, since no thread had to wake another
    /// one.
    init(count: Int? = nil) {
        self.count = count ?? max(1, System.coreCount / 2)
        group = MultiThreadedEventLoopGroup(numberOfThreads: self.count)
    }
}
