import CWorkbench
import Proving
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs one container: starts it, collects what it prints, starts it again where its policy says so.
///
/// What others see of it is in the supervisor's state; this object does the work, on a thread of its own for each start.
final class Container: Sendable {
    /// Lines that are kept.
    private static let keptLines = 100_000
    /// The longest line, as Docker cuts it.
    private static let longestLine = 16 << 10

    let id: String
    let spec: ContainerSpec
    let root: ContainerRoot
    let network: Int32
    private let state: Monitor<SupervisorState>
    private let bubblewrap: String

    init(
        id: String, spec: ContainerSpec, root: ContainerRoot, network: Int32, state: Monitor<SupervisorState>,
        bubblewrap: String
    ) {
        self.id = id
        self.spec = spec
        self.root = root
        self.network = network
        self.state = state
        self.bubblewrap = bubblewrap
    }

    /// Starts it and returns once its program runs, or cannot be run.
    ///
    /// - Parameter standard: descriptors for it to have, which it takes over; nil collects what it prints.
    func start(_ standard: [Int32]?) throws {
        let isFree = state.withLock { state in
            guard state.containers[id]?.info.state != .running, state.containers[id]?.isBusy == false else {
                return false
            }
            state.containers[id]?.isBusy = true
            state.containers[id]?.isStopping = false
            state.containers[id]?.info.startProblem = nil
            state.containers[id]?.info.restartCount = 0
            return true
        }
        guard isFree else { return }
        BackgroundThread.start { [self] in run(standard) }
        let problem = state.wait { state -> String?? in
            guard let info = state.containers[id]?.info else { return .some(.none) }
            if let problem = info.startProblem { return .some(problem) }
            return info.state == .created || state.containers[id]?.isBusy == true && info.startedAt == nil
                ? nil : .some(.none)
        }
        if case .some(.some(let text)) = problem { throw ComposeFailure(text) }
    }

    /// The life of a container, until it ends for good.
    private func run(_ standard: [Int32]?) {
        defer { for descriptor in standard ?? [] { Descriptor.close(descriptor) } }
        guard workbench_enter_thread_network(network) == 0 else {
            return finish(status: 128, problem: "its network has gone")
        }
        var failures = 0
        var pause = 0.1
        while true {
            let began = Clock.now()
            let (status, problem) = runOnce(standard)
            if let problem { return finish(status: 127, problem: problem) }
            failures = status == 0 ? 0 : failures + 1
            let isAgain = state.withLock { state in
                guard state.containers[id]?.isStopping == false else { return false }
                switch spec.restart {
                case .no: return false
                case .always, .unlessStopped: break
                case .onFailure(let limit):
                    guard status != 0, limit.map({ failures <= $0 || $0 == 0 }) ?? true else { return false }
                }
                state.containers[id]?.info.state = .restarting
                state.containers[id]?.info.exitStatus = status
                state.containers[id]?.info.finishedAt = Clock.now()
                state.containers[id]?.info.restartCount += 1
                return true
            }
            guard isAgain else { return finish(status: status, problem: nil) }
            // One that ran for a while begins with a short pause again.
            if Clock.now() - began > 10 { pause = 0.1 }
            let isStopped = state.wait(seconds: pause) { $0.containers[id]?.isStopping ?? true ? true : nil }
            if isStopped == true { return finish(status: status, problem: nil) }
            pause = min(pause * 2, 60)
        }
    }

    private func finish(status: Int, problem: String?) {
        state.withLock { state in
            state.containers[id]?.isBusy = false
            state.containers[id]?.info.state = .exited
            state.containers[id]?.info.exitStatus = status
            state.containers[id]?.info.finishedAt = Clock.now()
            state.containers[id]?.info.process = 0
            state.containers[id]?.info.health = nil
            state.containers[id]?.info.startProblem = problem
        }
    }

    /// Runs it once to its end. Returns its exit status, or why it could not be run.
    private func runOnce(_ standard: [Int32]?) -> (status: Int, problem: String?) {
        do {
            for name in ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] { unlink("\(root.path)/\(name)") }
            let null = try Descriptor.open("/dev/null", O_RDWR)
            defer { Descriptor.close(null) }
            let information = try Descriptor.pipe()
            defer { Descriptor.close(information.read) }
            let output = try standard == nil ? Descriptor.pipe() : nil
            let error = try Descriptor.pipe()
            let process: pid_t
            do {
                defer {
                    for descriptor in [information.write, output?.write, error.write] where descriptor != nil {
                        Descriptor.close(descriptor ?? -1)
                    }
                }
                process = try ChildProcess.spawn(
                    bubblewrap,
                    arguments: root.arguments(id: id, informationDescriptor: 3) + spec.arguments,
                    environment: spec.environment,
                    directory: "/",
                    descriptors: [
                        0: standard?[0] ?? null, 1: standard?[1] ?? output?.write ?? null,
                        2: standard?[2] ?? error.write, 3: information.write,
                    ]
                )
            }
            let first = firstProcess(information.read)
            if let first {
                noteStart(awaitProgram(first))
                endLeftovers(of: first)
            }
            let said = collect([(output?.read ?? -1, false), (error.read, true)])
            let status = ChildProcess.wait(for: process)
            if let said, first == nil || status != 0 { return (status, explain(said)) }
            return (status, nil)
        } catch {
            return (128, "it cannot be started: \(error)")
        }
    }

    /// The process id in what bubblewrap says about its child, or nil where it has none.
    private func firstProcess(_ descriptor: Int32) -> pid_t? {
        var text = ""
        while let bytes = try? Descriptor.read(descriptor, upTo: 512), !bytes.isEmpty {
            text += String(decoding: bytes, as: UTF8.self)
            if text.contains("}") { break }
        }
        guard let range = text.range(of: "\"child-pid\":") else { return nil }
        return pid_t(text[range.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
    }

    /// Waits until bubblewrap has become the container's program, or has started it, which no event tells.
    ///
    /// - Returns: the program; `first` where it ends before it is seen.
    private func awaitProgram(_ first: pid_t) -> pid_t {
        let isChild = spec.hasInit && ContainerRoot.hasOwnProcesses
        let deadline = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < deadline, kill(first, 0) == 0 {
            let process = isChild ? ProcessTree.children(of: first).first : first
            if let process, (try? TextFile.read("/proc/\(process)/comm")) ?? "" != "bwrap\n" { return process }
            usleep(500)
        }
        return first
    }

    private func noteStart(_ process: pid_t) {
        state.withLock { state in
            guard var record = state.containers[id] else { return }
            record.info.state = .running
            record.info.process = process
            record.info.startedAt = Clock.now()
            record.info.health = spec.health.map { $0.isNone } ?? true ? nil : .starting
            record.run += 1
            state.containers[id] = record
            // Told to stop while it was being started.
            if record.isStopping { kill(process, SIGKILL) }
        }
        HealthMonitor.start(of: self, state: state)
    }

    /// Reads what it prints until nobody can print any more.
    ///
    /// - Returns: what bubblewrap itself said, which is no output of the container's.
    private func collect(_ streams: [(descriptor: Int32, isError: Bool)]) -> String? {
        var open = streams.filter { $0.descriptor >= 0 }
        var rests: [Int32: [UInt8]] = [:]
        var complaint: String?
        while !open.isEmpty {
            var list = open.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            guard poll(&list, nfds_t(list.count), -1) > 0 else { continue }
            var lines: [LogLine] = []
            let time = Clock.timestamp()
            for (entry, stream) in zip(list, open) where entry.revents != 0 {
                let bytes = (try? Descriptor.read(stream.descriptor, upTo: 1 << 16)) ?? []
                var rest = rests[stream.descriptor] ?? []
                rest += bytes
                var parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                var tail = Array(parts.removeLast())
                if tail.count > Self.longestLine || (bytes.isEmpty && !tail.isEmpty) {
                    parts.append(tail[...])
                    tail = []
                }
                rests[stream.descriptor] = tail
                for part in parts {
                    let text = String(decoding: part, as: UTF8.self)
                    if stream.isError, text.hasPrefix("bwrap: ") {
                        complaint = text
                    } else {
                        lines.append(LogLine(container: spec.name, isError: stream.isError, time: time, text: text))
                    }
                }
                if bytes.isEmpty {
                    Descriptor.close(stream.descriptor)
                    open.removeAll { $0.descriptor == stream.descriptor }
                }
            }
            guard !lines.isEmpty else { continue }
            state.withLock { state in
                let count = (state.containers[id]?.lines.count ?? 0) + lines.count
                if count > Self.keptLines {
                    state.containers[id]?.lines.removeFirst(count - Self.keptLines)
                    state.containers[id]?.droppedLines += count - Self.keptLines
                }
                state.containers[id]?.lines += lines
            }
        }
        return complaint
    }

    /// Docker's words for what bubblewrap said.
    private func explain(_ complaint: String) -> String {
        let text = complaint.dropFirst("bwrap: ".count)
        guard text.hasPrefix("execvp ") else { return "it cannot be started: \(text)" }
        let name = text.dropFirst("execvp ".count).prefix { $0 != ":" }
        let reason =
            name.contains("/")
            ? "stat \(name): no such file or directory" : "executable file not found in $PATH"
        return "failed to create task for container: exec: \"\(name)\": \(reason): unknown"
    }
}
