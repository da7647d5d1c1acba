import Guides

/// Runs one check in a workbench and judges what its commands did.
struct CheckRunner {
    /// How long a background command may be quiet before its output counts as all that will come.
    static let quiet = Duration.seconds(1)

    let check: Check
    let timeout: Duration
    let workbench: Workbench
    /// True when an output that differs stops nothing.
    let isSurvey: Bool
    let isPrivate: Bool
    /// What its commands find set beside what placeholders have captured.
    let variables: [String: String]
    /// Where the check's proof will stand among those of the guide.
    let position: Int
    /// What the check's command in the background has still to print after it was run. Until then its proof is a failed one.
    private(set) var awaited: AwaitedOutput?
    /// The check's command in the background, once it was ready.
    private(set) var service: StartedService?

    init(
        check: Check, timeout: Duration, workbench: Workbench, isSurvey: Bool, isPrivate: Bool,
        variables: [String: String], position: Int
    ) {
        self.check = check
        self.timeout = timeout
        self.workbench = workbench
        self.isSurvey = isSurvey
        self.isPrivate = isPrivate
        self.variables = variables
        self.position = position
    }

    /// - Parameter bindings: what placeholders have captured so far in the guide; what this check captures is added.
    /// - Throws: ``CouldNotRun`` when the workbench breaks.
    mutating func run(_ bindings: inout Bindings) throws -> BlockProof {
        let started = ContinuousClock.now
        var proof = BlockProof(check, state: .passed)
        for step in check.steps {
            let command = AgentCommand(
                session: check.session,
                text: step.command,
                isScript: step.isScript,
                exports: bindings.values.merging(variables) { $1 },
                timeoutMilliseconds: timeout / .milliseconds(1),
                dialogue: check.isTyped ? step.expectation?.lines.map(\.text) ?? [] : nil
            )
            let (stepProof, reason) =
                check.serve ? try serve(step, command, &bindings) : try run(step, command, &bindings)
            guard let stepProof else {
                proof.state = .blocked
                proof.reason = reason
                break
            }
            proof.steps.append(stepProof)
            // A failure stops its own block.
            guard stepProof.state == .passed else {
                proof.state = stepProof.state
                proof.reason = proof.reason ?? reason
                if isSurvey, stepProof.didItsPart { continue }
                break
            }
        }
        proof.durationMilliseconds = started.duration(to: .now) / .milliseconds(1)
        return proof
    }

    // MARK: Commands that end

    private func run(
        _ step: Step, _ command: AgentCommand, _ bindings: inout Bindings
    ) throws -> (StepProof?, reason: String?) {
        let result = try workbench.run(command)
        guard result.ending != .sessionLost else { return (nil, lostSession) }
        var proof = StepProof(step, result)
        guard result.ending == .exited else {
            proof.state = result.ending == .broken ? .error : .failed
            return (proof, ending(result))
        }
        let mismatch = judge(step, result, &proof, &bindings)?.explainingComments(in: check.block)
        proof.mismatch = mismatch
        var reasons: [String] = []
        if result.status != step.status {
            reasons.append("exit status \(result.status.map(String.init) ?? "unknown"), expected \(step.status)")
        }
        if result.truncated, step.expectation != nil {
            reasons.append("printed \(result.printed) bytes, more than the \(OutputSink.kept) that can be compared")
        } else if mismatch != nil {
            reasons.append("the output differs from what the guide shows")
        }
        guard !reasons.isEmpty else { return (proof, nil) }
        proof.state = .failed
        if !isPrivate, let port = PortConflict.port(in: proof.output) {
            reasons.append(PortConflict.error(port: port, who: "the command").description)
        }
        return (proof, reasons.joined(separator: "; "))
    }

    /// Compares the output, with the shell's notices of background jobs and, where that fails, as the shell left it.
    private func judge(
        _ step: Step, _ result: AgentResult, _ proof: inout StepProof, _ bindings: inout Bindings
    ) -> Mismatch? {
        let texts = [result.outputWithoutNotices, result.output].compactMap { $0.map { TerminalText.clean($0) } }
        proof.output = texts[0]
        guard let expectation = step.expectation else { return nil }
        var nearest: Mismatch?
        for text in texts {
            switch expectation.match(text, bindings: bindings) {
            case .matched(let captured):
                proof.output = text
                bindings = captured
                return nil
            case .mismatched(let mismatch):
                guard mismatch.differences < nearest?.differences ?? .max else { continue }
                proof.output = text
                nearest = mismatch
            }
        }
        return nearest
    }

    // MARK: Commands that stay

    private mutating func serve(
        _ step: Step, _ command: AgentCommand, _ bindings: inout Bindings
    ) throws -> (StepProof?, reason: String?) {
        let deadline = ContinuousClock.now + timeout
        var result = try workbench.serve(command, ready: check.ready.map(AgentReadiness.init))
        guard result.ending != .sessionLost else { return (nil, lostSession) }
        var proof = StepProof(step, result)
        proof.status = nil
        guard result.ending == .running else {
            // What was ended for taking too long has no exit status of its own.
            if result.ending == .died { proof.status = result.status }
            proof.state = result.ending == .broken ? .error : .failed
            if let stranger = result.stranger {
                let who = "the command"
                return (proof, PortConflict.error(port: stranger.port, program: stranger.program, who: who).description)
            }
            if !isPrivate, let port = PortConflict.port(in: proof.output) {
                proof.state = .error
                return (proof, PortConflict.error(port: port, who: "the command").description)
            }
            return (proof, ending(result))
        }
        guard let number = result.service else { return (proof, nil) }
        service = StartedService(number: number, position: position)
        guard let expectation = step.expectation else { return (proof, nil) }
        while true {
            proof.output = TerminalText.clean(result.output)
            switch AwaitedOutput.judge(expectation, proof.output, bindings) {
            case .matched(let captured):
                bindings = captured
                return (proof, nil)
            case .incomplete(let mismatch):
                awaited = AwaitedOutput(
                    check: check,
                    expectation: expectation,
                    service: number,
                    position: position,
                    printed: result.printed
                )
                proof.mismatch = mismatch
                proof.state = .failed
                return (proof, "it has not printed all that the guide shows")
            case .differs(let mismatch):
                // Half a line is no line yet: wait as long as something comes.
                let left = ContinuousClock.now.duration(to: deadline)
                let seen = result.printed
                if result.ending == .running, left > .zero {
                    result = try workbench.follow(service: number, seen: seen, for: min(Self.quiet, left))
                    if result.printed > seen { continue }
                }
                proof.mismatch = mismatch
                proof.state = .failed
                return (proof, "the output differs from what the guide shows")
            }
        }
    }

    // MARK: Words

    private var lostSession: String {
        "its terminal (session \(check.session)) was lost when an earlier command in it had to be killed"
    }

    private func ending(_ result: AgentResult) -> String {
        switch result.ending {
        case .timedOut where check.serve:
            "not ready after \(Self.seconds(timeout)): \(result.detail ?? "")"
        case .timedOut:
            "took longer than \(Self.seconds(timeout)) and was ended; timeout= gives it more"
        case .flooded:
            "printed more than \(OutputSink.flood >> 20) MiB and was ended"
        case .crowded:
            "started more than \(AgentLoop.crowd) processes and was ended, and with it all that ran"
        case .died:
            "ended before it was ready\(result.status.map { ", with exit status \($0)" } ?? "")"
        default:
            result.detail ?? "the workbench could not run it"
        }
    }

    private static func seconds(_ duration: Duration) -> String {
        let milliseconds = Int(duration / .milliseconds(1))
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}

extension StepProof {
    fileprivate init(_ step: Step, _ result: AgentResult) {
        self.init(
            command: step.command,
            line: step.line,
            expectedStatus: step.status,
            status: result.status,
            output: TerminalText.clean(result.outputWithoutNotices ?? result.output),
            truncated: result.truncated,
            durationMilliseconds: result.milliseconds,
            state: .passed
        )
    }
}

extension Mismatch {
    /// The number of lines that only one side has.
    fileprivate var differences: Int {
        lines.count { $0.side != .both }
    }

    /// With a hint where a shown line that was not printed looks like a comment between commands.
    fileprivate func explainingComments(in block: Block) -> Mismatch {
        let comment = lines.first { $0.side == .expected && $0.text.hasPrefix("#") }
        guard block.kind == .console, let line = comment?.guideLine,
            !lines.contains(where: { $0.side == .actual && $0.text.hasPrefix("#") })
        else { return self }
        let hint =
            "line \(line) starts with \"#\", which is output here; a comment between commands is written \"$ # …\""
        var result = self
        result.note = [note, hint].compactMap { $0 }.joined(separator: "; ")
        return result
    }
}

extension AgentReadiness {
    init(_ readiness: Readiness) {
        switch readiness {
        case .tcp(let host, let port): self = .tcp(host: host, port: port)
        case .http(let address): self = .http(address)
        case .log(let text): self = .log(text)
        }
    }
}
