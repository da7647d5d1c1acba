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

/// Asks a container for its health, again and again, as long as it runs.
///
/// Until the first good answer it asks more often than its interval says: that a container is healthy can be known as soon as
/// it is, and a bad answer counts against it only when its interval has passed.
struct HealthMonitor {
    private static let firstPause = 0.02
    private static let keptOutput = 4096

    private let container: Container
    private let check: HealthCheck
    private let state: Monitor<SupervisorState>

    static func start(of container: Container, state: Monitor<SupervisorState>) {
        guard let check = container.spec.health, !check.isNone, check.test != nil else { return }
        let monitor = HealthMonitor(container: container, check: check, state: state)
        BackgroundThread.start { monitor.watch() }
    }

    private func watch() {
        let run = state.withLock { $0.containers[container.id]?.run ?? 0 }
        let interval = Self.seconds(check.interval, or: 30)
        let retries = check.retries.map { $0 == 0 ? 3 : $0 } ?? 3
        let began = Clock.now()
        let graceEnd = began + Self.seconds(check.startPeriod, or: 0)
        var failures = 0
        var isHealthy = false
        var pause = min(Self.firstPause, interval)
        var nextCount = began + interval
        while isRunning(run) {
            let (isGood, output) = ask()
            guard isRunning(run) else { return }
            let now = Clock.now()
            if isGood {
                failures = 0
                isHealthy = true
            } else if isHealthy || now >= nextCount {
                if now >= graceEnd { failures += 1 }
                nextCount = now + interval
            }
            state.withLock { state in
                guard state.containers[container.id]?.run == run,
                    let health = state.containers[container.id]?.info.health
                else { return }
                let next: Health = isGood ? .healthy : failures >= retries ? .unhealthy : health
                state.containers[container.id]?.info.health = next
                state.containers[container.id]?.info.healthOutput = output
            }
            let wait = isHealthy || failures >= retries ? interval : min(pause, interval)
            pause = min(pause * 1.5, max(1, Self.firstPause))
            _ = state.wait(seconds: wait) { $0.isRunning(container.id, run) ? nil : true }
        }
    }

    private func isRunning(_ run: Int) -> Bool {
        state.withLock { $0.isRunning(container.id, run) }
    }

    /// One question. Returns whether the answer was good, and what was printed.
    private func ask() -> (isGood: Bool, output: String) {
        guard let test = check.test, let first = state.withLock({ $0.containers[container.id]?.info.process }),
            first > 0,
            let pipe = try? Descriptor.pipe(), let null = try? Descriptor.open("/dev/null", O_RDWR)
        else { return (false, "") }
        defer { Descriptor.close(pipe.read) }
        let arguments = test[0] == "CMD-SHELL" ? ["/bin/sh", "-c"] + test.dropFirst() : Array(test.dropFirst())
        let process: pid_t
        do {
            defer { for descriptor in [pipe.write, null] { Descriptor.close(descriptor) } }
            process = try InsideProcess.start(
                first, arguments: arguments, environment: container.spec.environment,
                directory: container.spec.workingDirectory, standard: [null, pipe.write, pipe.write])
        } catch {
            return (false, "\(error)")
        }
        let deadline = Clock.now() + Self.seconds(check.timeout, or: 30)
        var output: [UInt8] = []
        var isLate = false
        while true {
            let left = deadline - Clock.now()
            guard left > 0 else {
                isLate = true
                break
            }
            var entry = pollfd(fd: pipe.read, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, Int32(clamping: Int(left * 1000) + 1)) > 0 else { continue }
            guard let bytes = try? Descriptor.read(pipe.read, upTo: 4096), !bytes.isEmpty else { break }
            output += bytes.prefix(max(0, Self.keptOutput - output.count))
        }
        if isLate { ChildProcess.send(SIGKILL, to: process) }
        let status = ChildProcess.wait(for: process)
        return (status == 0 && !isLate, String(decoding: output, as: UTF8.self))
    }

    private static func seconds(_ duration: GoDuration?, or fallback: Double) -> Double {
        guard let duration, duration.nanoseconds > 0 else { return fallback }
        return Double(duration.nanoseconds) / 1e9
    }
}

/// Starting a process in a container that runs.
enum InsideProcess {
    /// - Parameters:
    ///   - first: the container's first process.
    ///   - standard: the descriptors 0, 1 and 2 of the new process.
    /// - Returns: a child of this process that ends as the new process does.
    static func start(
        _ first: pid_t, arguments: [String], environment: [String: String], directory: String, standard: [Int32]
    ) throws(Errno) -> pid_t {
        let words = CStrings(arguments)
        let variables = CStrings(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        var process: pid_t = 0
        let error = withExtendedLifetime((words, variables)) {
            workbench_spawn_inside(first, words.pointers, variables.pointers, directory, standard, &process)
        }
        guard error == 0 else { throw Errno(rawValue: error) }
        return process
    }
}
