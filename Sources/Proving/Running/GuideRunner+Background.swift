import Guides

/// A command in the background that was ready.
struct StartedService {
    /// The agent's number of the command.
    let number: Int
    /// Where the proof stands among those of the guide.
    let position: Int
}

/// Commands in the background, after they were started.
extension GuideRunner {
    /// Judges commands in the background again whose output was not whole.
    ///
    /// - Parameter patience: how long each may be quiet; zero looks only at what is there.
    func lookAtAwaited(in workbench: Workbench, patience: Duration, _ progress: inout GuideProgress) throws {
        for number in progress.awaited.indices.reversed() {
            var awaited = progress.awaited[number]
            var isOver = false
            repeat {
                let seen = awaited.printed
                let result = try workbench.follow(service: awaited.service, seen: seen, for: patience)
                awaited.printed = result.printed
                let output = TerminalText.clean(result.output)
                progress.proofs[awaited.position].steps[0].output = output
                switch AwaitedOutput.judge(awaited.expectation, output, progress.bindings) {
                case .matched(let captured):
                    progress.bindings = captured
                    progress.proofs[awaited.position].pass()
                    isOver = true
                case .incomplete where isPartial && patience > .zero:
                    progress.proofs[awaited.position].leaveOpen()
                case .incomplete(let mismatch), .differs(let mismatch):
                    progress.proofs[awaited.position].steps[0].mismatch = mismatch
                }
                if result.printed == seen || result.ending != .running { break }
            } while !isOver && patience > .zero
            progress.awaited[number] = awaited
            guard isOver || patience > .zero else { continue }
            progress.awaited.remove(at: number)
            observer.receive(.blockFinished(guide: path, proof: progress.proofs[awaited.position]))
        }
    }

    /// Fails the commands in the background that were ready and then broke down.
    ///
    /// One that was stopped by another command of the guide, or has come to a good end, did what the guide says.
    func lookForTheDead(in workbench: Workbench, _ progress: inout GuideProgress) throws {
        for service in progress.services where progress.proofs[service.position].state == .passed {
            let result = try workbench.follow(service: service.number, seen: .max, for: .zero)
            guard result.ending == .died, let status = result.status, !Self.orderly.contains(status)
            else { continue }
            progress.proofs[service.position].breakDown(
                status: status, output: TerminalText.clean(result.output), isTruncated: result.truncated)
            observer.receive(.blockFinished(guide: path, proof: progress.proofs[service.position]))
        }
    }

    /// Exit statuses of commands that have done all they had to do, or that SIGHUP, SIGINT, SIGKILL or SIGTERM has stopped.
    private static let orderly: Set<Int> = [0, 129, 130, 137, 143]
}

extension BlockProof {
    /// Turns the proof of a command in the background into that of one that has done all it should.
    fileprivate mutating func pass() {
        state = .passed
        reason = nil
        steps[0].state = .passed
        steps[0].mismatch = nil
    }

    /// Turns the proof of a command in the background into that of one that was ready, and whose output fits as far as it goes.
    fileprivate mutating func leaveOpen() {
        state = .skipped
        reason = "started for other blocks; what else it shows comes with blocks that were left out"
        steps[0].state = .skipped
        steps[0].mismatch = nil
    }

    /// Turns the proof of a command in the background into that of one that has ended by an error of its own.
    fileprivate mutating func breakDown(status: Int, output: String, isTruncated: Bool) {
        state = .failed
        reason = "was ready, but ended with exit status \(status) before the guide did"
        steps[0].state = .failed
        steps[0].status = status
        steps[0].output = output
        steps[0].truncated = isTruncated
    }
}
