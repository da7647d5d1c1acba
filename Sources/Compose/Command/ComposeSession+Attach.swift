import Guides
import Proving
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `up` in the foreground: shows what the services print until all have ended or somebody presses Ctrl-C.
extension ComposeSession {
    func attach(
        to shown: [Service], _ services: [Service], of project: ComposeProject, _ flags: ParsedFlags
    ) throws -> Int32 {
        let mine = try containers(of: project).filter { info in shown.contains { $0.name == info.spec.service } }
        let names = mine.map { LogPrinter.label(of: $0.spec) }
        Console.print("Attaching to \(names.joined(separator: ", "))\n")
        let interrupts = try Interrupts()
        try start(services, of: project)
        let codeFrom = flags.value("exit-code-from")
        let endsTogether = flags.has("abort-on-container-exit") || codeFrom != nil

        let ended = Monitor<(all: Bool, first: ContainerInfo?)>((false, nil))
        let client = client
        for info in mine {
            BackgroundThread.start {
                let result = try? client.container(.wait(info.id, .exited, seconds: nil))
                if let result {
                    Console.print("\(LogPrinter.label(of: info.spec)) exited with code \(result.exitStatus)\n")
                }
                ended.withLock { $0.first = $0.first ?? result }
                interrupts.wake()
            }
        }
        BackgroundThread.start {
            let printer = LogPrinter(containers: mine, hasPrefix: !flags.has("no-log-prefix"), hasTimes: false)
            try? client.follow(.logs(mine.map(\.id), isFollowing: true)) { printer.print($0) }
            ended.withLock { $0.all = true }
            interrupts.wake()
        }
        var isInterrupted = false
        while true {
            isInterrupted = interrupts.wait()
            let (all, first) = ended.withLock { $0 }
            if isInterrupted || all || (endsTogether && first != nil) { break }
        }
        let seconds = try flags.number("timeout")
        if isInterrupted {
            Console.printError("Gracefully stopping... (press Ctrl+C again to force)\n")
            try stop(services.reversed(), of: project, seconds: seconds)
            return 130
        }
        if endsTogether {
            Console.printError(" Compose Stopping Aborting on container exit... \n")
            try stop(services.reversed(), of: project, seconds: seconds)
            let all = try containers(of: project)
            if let codeFrom { return Int32(all.first { $0.spec.service == codeFrom }?.exitStatus ?? 0) }
            return Int32(all.map(\.exitStatus).first { $0 != 0 } ?? 0)
        }
        return 0
    }
}

/// Waits for Ctrl-C, SIGTERM, or for being woken.
final class Interrupts: Sendable {
    private let pipe: (read: Int32, write: Int32)
    private static let signalPipe = Atomic<Int32>(-1)

    init() throws {
        pipe = try Descriptor.pipe()
        Self.signalPipe.store(pipe.write, ordering: .releasing)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in
                var byte = UInt8(ascii: "!")
                _ = write(Interrupts.signalPipe.load(ordering: .acquiring), &byte, 1)
            }
        }
    }

    func wake() {
        try? Descriptor.writeAll([UInt8(ascii: ".")], to: pipe.write)
    }

    /// Returns true where a signal came.
    func wait() -> Bool {
        let bytes = (try? Descriptor.read(pipe.read, upTo: 1)) ?? []
        return bytes.first == UInt8(ascii: "!")
    }
}

/// Prints lines of containers as `docker compose logs` does.
final class LogPrinter: Sendable {
    private let labels: [String: String]
    private let hasPrefix: Bool
    private let hasTimes: Bool
    /// As wide as the longest label that has been printed.
    private let width: Mutex<Int>

    init(containers: [ContainerInfo], hasPrefix: Bool, hasTimes: Bool) {
        labels = Dictionary(uniqueKeysWithValues: containers.map { ($0.spec.name, Self.label(of: $0.spec)) })
        self.hasPrefix = hasPrefix
        self.hasTimes = hasTimes
        width = Mutex(0)
    }

    /// The service and its number, unless the container was given a name.
    static func label(of spec: ContainerSpec) -> String {
        let own = "\(spec.project)-"
        return spec.name.hasPrefix(own) ? String(spec.name.dropFirst(own.count)) : spec.name
    }

    func print(_ lines: [LogLine]) {
        var text = ""
        for line in lines {
            if hasPrefix {
                let label = labels[line.container] ?? line.container
                let width = width.withLock { width in
                    width = max(width, label.count)
                    return width
                }
                text += label + String(repeating: " ", count: width - label.count) + "  | "
            }
            if hasTimes { text += "\(line.time) " }
            text += "\(line.text)\n"
        }
        Console.print(text)
    }
}
