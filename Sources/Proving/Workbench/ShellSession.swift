import CWorkbench
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One terminal of a guide: an interactive `bash` without start-up files, whose directory, variables, functions and
/// options carry over from command to command.
///
/// Interactive, because that is what the reader has: messages read `bash: foo: command not found`, an error in an expansion
/// or a Ctrl-C ends the command and not the shell. But there is no terminal behind it: commands are typed into a pipe, one
/// line each, and each is followed by a line that reports the exit status on a descriptor of its own. So the end of a
/// command never depends on the end of its output.
final class ShellSession {
    /// The number of the status descriptor inside bash; high, out of the way of what guides redirect.
    private static let reportDescriptor: Int32 = 62
    /// The number of the terminal inside bash. It is handed down and never opened there: a shell that opened one would have it
    /// for its own, and end with it.
    private static let terminalDescriptor: Int32 = 61
    /// How long a program that asks is quiet before it is answered.
    private static let pause = Duration.milliseconds(60)
    /// The KiB that a file may grow to: nothing that a guide starts fills the machine's disk by an endless one.
    private static let fileLimit = 4 << 20
    /// How long a command may take to obey Ctrl-C before it is killed.
    private static let interruptGrace = Duration.milliseconds(500)
    /// How long bash may take to come back to its prompt once its command is dead, before it is killed as well.
    private static let promptGrace = Duration.milliseconds(500)

    let process: pid_t
    private let input: Int32
    private let reports: Int32
    /// The other end of the terminal.
    private let terminal: Int32
    private let loop: AgentLoop
    private let directory: String
    private var pending: [UInt8] = []
    private var reportsEnded = false
    private var lastJob = 0
    /// The number of the command whose report is due.
    private var expected = 0
    private var report: (status: Int, job: Int)?
    /// False once the shell has ended, by `exit` or by force.
    private(set) var isOpen = true

    /// - Parameter directory: where named pipes for output are made.
    init(loop: AgentLoop, shell: String, directory: String, environment: [String: String]) throws(Errno) {
        self.loop = loop
        self.directory = directory
        let standardInput = try Descriptor.pipe()
        let report = try Descriptor.pipe()
        let null = try Descriptor.open("/dev/null", O_RDWR)
        var ends: (outside: Int32, inside: Int32) = (-1, -1)
        let error = workbench_open_terminal(&ends.outside, &ends.inside)
        guard error == 0 else { throw Errno(rawValue: error) }
        defer {
            for descriptor in [standardInput.read, report.write, null, ends.inside] { Descriptor.close(descriptor) }
        }
        process = try ChildProcess.spawn(
            shell,
            arguments: ["--norc", "--noprofile", "--noediting", "-i"],
            environment: environment,
            descriptors: [
                0: standardInput.read, 1: null, 2: null, Self.terminalDescriptor: ends.inside,
                Self.reportDescriptor: report.write,
            ]
        )
        input = standardInput.write
        reports = report.read
        terminal = ends.outside
        Descriptor.nonBlocking(reports)
        Descriptor.nonBlocking(terminal)
        let descriptor = Self.reportDescriptor
        try Descriptor.writeAll(
            """
            set +H +o history
            ulimit -f \(Self.fileLimit)
            unset HISTFILE PS1 PS2
            __launchpad() { builtin printf '%s %s %s\\n' "$1" "$2" "${3:-0}" >&\(descriptor); return "$2"; }
            __launchpad_set() { local status=$?; export "$1=$2"; return "$status"; }

            """.utf8,
            to: input
        )
    }

    deinit {
        close()
    }

    /// Types a command and waits until it has ended, has used up its time or has flooded its output.
    func run(_ command: AgentCommand, number: Int) throws -> AgentResult {
        if let shown = command.dialogue { return try converse(command, Dialogue(shown: shown)) }
        let started = ContinuousClock.now
        let deadline = started + .milliseconds(command.timeoutMilliseconds)
        let sink = try OutputSink(path: "\(directory)/\(number)")
        loop.add(sink)
        let bystanders = ProcessTree.descendants(of: getpid())
        let text = command.isScript ? "bash -euo pipefail -c \(ShellQuoting.word(command.text)) bash" : command.text
        loop.watched[reports] = Int16(POLLIN)
        defer { loop.watched[reports] = nil }
        let eval = "eval \(ShellQuoting.line(text))"
        type(exports: command.exports, "\(eval) \(redirections(to: sink))")

        var result = AgentResult(ending: .exited)
        let crowds = loop.crowds
        let done = try loop.wait(until: deadline) {
            hasReport || reportsEnded || sink.isFlooded || loop.crowds != crowds
        }
        if loop.crowds != crowds {
            // The shell was ended, too.
            result.ending = .crowded
            close()
        } else if sink.isFlooded || !done {
            result.ending = sink.isFlooded ? .flooded : .timedOut
            try interrupt(sparing: bystanders)
        } else if let report = takeReport() {
            result.status = report.status
            sink.drain()
            note(job: report.job, sink.text, in: &result)
        } else {
            // The shell has gone: by `exit`, or by `exec`, which lasts as long as what it was replaced by.
            if try loop.wait(until: deadline, { loop.ended[process] != nil }) {
                result.status = loop.ended[process]
            } else {
                result.ending = .timedOut
                try interrupt(sparing: bystanders)
            }
            close()
            sink.drain()
            // An interactive shell says goodbye.
            let text = sink.text
            if text == "exit\n" || text.hasSuffix("\nexit\n") { result.outputWithoutNotices = String(text.dropLast(5)) }
        }
        sink.drain()
        result.output = Self.withoutComplaints(sink.text)
        result.outputWithoutNotices = result.outputWithoutNotices.map(Self.withoutComplaints)
        result.truncated = sink.isTruncated
        result.printed = sink.total
        result.sessionLost = result.ending != .exited && !isOpen
        result.milliseconds = started.duration(to: .now) / .milliseconds(1)
        sink.leaveBehind()
        return result
    }

    /// Types a command at the terminal, and the answers to what it asks.
    private func converse(_ command: AgentCommand, _ script: Dialogue) throws -> AgentResult {
        let started = ContinuousClock.now
        var dialogue = script
        var printed: [UInt8] = []
        var lastNews = started
        let bystanders = ProcessTree.descendants(of: getpid())
        loop.watched[reports] = Int16(POLLIN)
        loop.watched[terminal] = Int16(POLLIN)
        defer {
            loop.watched[reports] = nil
            loop.watched[terminal] = nil
        }
        let text = command.isScript ? "bash -euo pipefail -c \(ShellQuoting.word(command.text)) bash" : command.text
        let place = Self.terminalDescriptor
        type(
            exports: command.exports,
            "eval \(ShellQuoting.line(text)) <&\(place) >&\(place) 2>&1 \(Self.reportDescriptor)>&- \(place)>&-")
        func drain() {
            while let bytes = try? Descriptor.read(terminal, upTo: 1 << 16), !bytes.isEmpty {
                printed += bytes.prefix(max(0, OutputSink.kept - printed.count))
                lastNews = .now
            }
        }
        let deadline = started + .milliseconds(command.timeoutMilliseconds)
        let done = try loop.wait(until: deadline, polling: true) {
            drain()
            if hasReport || reportsEnded { return true }
            if lastNews.duration(to: .now) > Self.pause, let answer = dialogue.answer(to: TerminalText.clean(printed)) {
                try? Descriptor.writeAll("\(answer)\n".utf8, to: terminal)
                lastNews = .now
            }
            return false
        }
        var result = AgentResult(ending: .exited)
        if !done {
            result.ending = .timedOut
            try interrupt(sparing: bystanders)
        } else if let report = takeReport() {
            result.status = report.status
        } else {
            _ = try loop.wait(until: deadline) { loop.ended[process] != nil }
            result.status = loop.ended[process]
            close()
        }
        if isOpen { drain() }
        // Behind a question that was answered with the return key a blank is left, which no editor keeps.
        result.output = TerminalText.clean(printed).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.reversed().drop { $0 == " " }.reversed() }.map { String($0) }.joined(separator: "\n")
        result.printed = printed.count
        result.sessionLost = result.ending != .exited && !isOpen
        result.milliseconds = started.duration(to: .now) / .milliseconds(1)
        return result
    }

    /// Starts a command in the background. Its exit status arrives in `<sink's path>.status` when it ends.
    ///
    /// - Returns: the process id of the subshell that it runs in, or nil when the shell has gone.
    func start(_ command: AgentCommand, output: OutputSink, status: OutputSink) throws -> pid_t? {
        let text = command.isScript ? "bash -euo pipefail -c \(ShellQuoting.word(command.text)) bash" : command.text
        loop.watched[reports] = Int16(POLLIN)
        defer { loop.watched[reports] = nil }
        let report = "builtin printf '%s' \"$?\" >\(ShellQuoting.word(status.path))"
        let body = "{ ( eval \(ShellQuoting.line(text)) ); \(report); }"
        type(exports: command.exports, "\(body) \(redirections(to: output)) &")
        _ = try loop.wait(until: .now + .seconds(5)) { hasReport || reportsEnded }
        guard let job = takeReport()?.job else { return nil }
        lastJob = job
        return pid_t(job)
    }

    /// Closes the terminal. What still runs in it is the agent's business.
    func close() {
        guard isOpen else { return }
        isOpen = false
        loop.watched[reports] = nil
        Descriptor.close(input)
        Descriptor.close(reports)
        Descriptor.close(terminal)
    }

    private func redirections(to sink: OutputSink) -> String {
        "</dev/null >\(ShellQuoting.word(sink.path)) 2>&1 \(Self.reportDescriptor)>&- \(Self.terminalDescriptor)>&-"
    }

    private func type(exports: [String: String], _ line: String) {
        var text = ""
        for (name, value) in exports.sorted(by: { $0.key < $1.key }) {
            text += "__launchpad_set \(name) \(ShellQuoting.line(value))\n"
        }
        text += "\(line)\n"
        expected += 1
        // A shell that has gone is noticed when its report does not come.
        try? Descriptor.writeAll(text.utf8, to: input)
        askForReport()
    }

    /// Has the shell report as soon as it is at its prompt. Reports carry the number of their command: one may be asked for
    /// twice, since Ctrl-C can hit the shell while it reads or reports. Unquoted, so that half a line harms nobody.
    private func askForReport() {
        try? Descriptor.writeAll("__launchpad \(expected) $? ${!-}\n".utf8, to: input)
    }

    // MARK: Reports

    private var hasReport: Bool {
        while !reportsEnded, let bytes = try? Descriptor.read(reports, upTo: 256) {
            if bytes.isEmpty { reportsEnded = true }
            pending += bytes
        }
        if reportsEnded { loop.watched[reports] = nil }
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
            let fields = String(decoding: pending[..<end], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
            pending.removeSubrange(...end)
            if fields.count == 3, fields[0] == expected { report = (fields[1], fields[2]) }
        }
        return report != nil
    }

    private func takeReport() -> (status: Int, job: Int)? {
        defer { report = nil }
        return hasReport ? report : nil
    }

    /// An interactive shell announces background jobs (`[1] 4242`). Authors often leave that out of a guide.
    private func note(job: Int, _ text: String, in result: inout AgentResult) {
        guard job != lastJob else { return }
        lastJob = job
        let without = text.lines(without: { line in
            guard line.hasPrefix("["), let end = line.firstIndex(of: "]"), line[end...].hasPrefix("] ") else {
                return false
            }
            return Int(line.dropFirst().prefix(upTo: end)) != nil && Int(line[end...].dropFirst(2)) != nil
        })
        if without != text { result.outputWithoutNotices = without }
    }

    /// What bash says of the terminal that it has not, when a job of its was ended by a signal, is no part of the command's
    /// output: `bash: [5: 1 (255)] tcsetattr: Inappropriate ioctl for device`.
    private static func withoutComplaints(_ text: String) -> String {
        guard text.contains("tcsetattr: ") else { return text }
        return text.replacing(/bash: \[\d+: \d+ \(\d+\)\] tcsetattr: Inappropriate ioctl for device\n/, with: "")
    }

    // MARK: Ending a command

    /// Ctrl-C, then force: ends what the command has started, and nothing that was there before it.
    private func interrupt(sparing bystanders: Set<pid_t>) throws {
        /// The shell first: one that learns of Ctrl-C only after its command is dead goes on with the rest of the line.
        func interruptShell() {
            ChildProcess.send(SIGINT, to: process)
            askForReport()
        }
        func send(_ signal: Int32) {
            for process in ProcessTree.descendants(of: getpid()).subtracting(bystanders) where process != self.process {
                ChildProcess.send(signal, to: process)
            }
        }
        interruptShell()
        send(SIGINT)
        var back = try loop.wait(until: .now + Self.interruptGrace) { hasReport || reportsEnded }
        if !back {
            interruptShell()
            send(SIGKILL)
            back = try loop.wait(until: .now + Self.promptGrace) { hasReport || reportsEnded }
        }
        // Whatever survived Ctrl-C in the background was still started by a command that failed.
        send(SIGKILL)
        if !back || takeReport() == nil {
            ChildProcess.send(SIGKILL, to: process)
            _ = try loop.wait(until: .now + Self.promptGrace) { loop.ended[process] != nil }
            close()
        }
    }
}

extension String {
    /// The text without the lines that satisfy `isUnwanted`.
    fileprivate func lines(without isUnwanted: (Substring) -> Bool) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).filter { !isUnwanted($0) }.joined(separator: "\n")
    }
}
