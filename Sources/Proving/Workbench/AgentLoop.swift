import CWorkbench
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The runner spoke or hung up while the agent waited for something else.
///
/// It never speaks while it waits for an answer, so in the middle of a request this is its end: it was interrupted, or it
/// is dead.
struct RunnerStirred: Error {}

/// The agent's one place to wait: for output, for the end of a child, for a reply of a shell, for the runner.
///
/// Belongs to the agent's only thread.
final class AgentLoop {
    private let control: Int32
    /// False once nothing that the runner does can matter any more.
    var heedsRunner = true
    private let childEvents: Int32
    /// Exit statuses of children that have ended.
    private(set) var ended: [pid_t: Int] = [:]
    /// Open outputs, drained whenever they have something, whether or not anybody waits for them.
    private var sinks: [OutputSink] = []
    /// Other descriptors that end a pause when they become ready: `POLLIN` or `POLLOUT` by descriptor.
    var watched: [Int32: Int16] = [:]

    /// How many processes there may be. No guide comes near; what multiplies itself is ended before the machine suffers.
    static let crowd = 4096
    /// How often there were more, and all of them were ended.
    private(set) var crowds = 0
    /// Whether every other process that can be seen is one of the guide's, as in a sandbox.
    private let isAlone = getpid() == 1
    /// How often they are counted.
    private static let look = Duration.milliseconds(100)

    init(control: Int32) throws(Errno) {
        self.control = control
        childEvents = workbench_child_events()
        guard childEvents >= 0 else { throw Errno(rawValue: errno) }
    }

    func add(_ sink: OutputSink) {
        sinks.append(sink)
    }

    /// Handles events until `condition` holds. Returns false when `deadline` passes first.
    ///
    /// - Parameter polling: the condition depends on something that raises no event; asked for in growing steps.
    /// - Throws: ``RunnerStirred`` when the runner hangs up meanwhile.
    func wait(
        until deadline: ContinuousClock.Instant?,
        polling: Bool = false,
        _ condition: () throws -> Bool
    ) throws -> Bool {
        var step = Duration.milliseconds(1)
        while try !condition() {
            let now = ContinuousClock.now
            if let deadline, now >= deadline { return false }
            var pause = deadline.map { now.duration(to: $0) }
            if polling {
                pause = min(pause ?? step, step)
                step = min(step * 2, .milliseconds(50))
            }
            if isAlone { pause = min(pause ?? Self.look, Self.look) }
            try pollOnce(for: pause)
            if isAlone { endCrowd() }
        }
        return true
    }

    private func pollOnce(for pause: Duration?) throws {
        sinks.removeAll { $0.descriptor == nil }
        var list = [pollfd(fd: heedsRunner ? control : -1, events: Int16(POLLIN), revents: 0)]
        list.append(pollfd(fd: childEvents, events: Int16(POLLIN), revents: 0))
        list += sinks.map { pollfd(fd: $0.descriptor ?? -1, events: Int16(POLLIN), revents: 0) }
        list += watched.map { pollfd(fd: $0.key, events: $0.value, revents: 0) }
        // Rounded up, so that the deadline has passed when poll says so.
        let milliseconds = pause.map { Int32(clamping: Int64(($0 / .milliseconds(1)).rounded(.up))) } ?? -1
        guard poll(&list, nfds_t(list.count), milliseconds) > 0 else { return }
        if list[0].revents != 0 { throw RunnerStirred() }
        if list[1].revents != 0 { reap() }
        for (sink, entry) in zip(sinks, list[2...]) where entry.revents != 0 {
            sink.drain()
        }
    }

    /// Ends what starts processes without end. Only the first process of a sandbox can: at once, and no other ones than its own.
    private func endCrowd() {
        guard ProcessTree.all().count > Self.crowd else { return }
        crowds += 1
        kill(-1, SIGKILL)
        reap()
    }

    /// Collects every child that has ended, adopted orphans among them.
    func reap() {
        while let bytes = try? Descriptor.read(childEvents, upTo: 64), !bytes.isEmpty {}
        var status: Int32 = 0
        while true {
            let process = waitpid(-1, &status, WNOHANG)
            guard process > 0 else { return }
            ended[process] = ChildProcess.exitStatus(status)
        }
    }
}
