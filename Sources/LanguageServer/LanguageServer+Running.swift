import Guides
import Proving

/// Running a block. What else the editor asks is answered meanwhile.
extension LanguageServer {
    /// `launchpad.run` with the guide's address and the block's name.
    func execute(_ id: JSON, _ parameters: JSON) {
        let arguments = parameters["arguments"]?.array ?? []
        guard parameters["command"]?.string == "launchpad.run", arguments.count == 2,
            let path = workspace?.path(arguments[0].string), let name = arguments[1].string
        else {
            fail(id, ErrorCode.invalidParameters, "launchpad.run takes the address of a guide and the name of a block")
            return
        }
        guard let project = workspace?.project, let scenario = state.scenario(path),
            scenario.checks.contains(where: { $0.block.name == name })
        else {
            fail(id, ErrorCode.invalidParameters, "\(path) has no block \"\(name)\" that could be run")
            return
        }
        let (services, guides, plan, former) = (services, state.guides, state.plan, lastRun)
        let task = Task {
            await former?.value
            guard !Task.isCancelled else { return }
            do {
                let proof = try await services.run(project, name, scenario, guides, plan)
                finish(id, path, name, proof)
            } catch {
                guard running.removeValue(forKey: id) != nil else { return }
                fail(id, ErrorCode.requestFailed, "\(name) could not be run: \(error)")
            }
        }
        running[id] = task
        lastRun = task
    }

    /// Tells what came of a run, unless nobody asks for it any more.
    private func finish(_ id: JSON, _ path: String, _ name: String, _ proof: GuideProof) {
        guard running.removeValue(forKey: id) != nil else { return }
        for block in proof.blocks {
            runs["\(path)#\(block.name)"] = (block, block.contentHash)
        }
        let block = proof.blocks.first { $0.name == name }
        let outcome = block?.state ?? proof.state
        let reason = (block?.reason ?? proof.reason).map { ": \($0)" } ?? ""
        let text = "\(name) \(LedgerCounts.word(outcome))\(reason)"
        notify("window/showMessage", ["type": outcome.isBroken ? 1 : 3, "message": .string(text)])
        publish()
        if canRefreshLenses { ask("workspace/codeLens/refresh") }
        reply(id, ["state": .string(outcome.rawValue)])
    }

    /// Breaks off a run that the editor asked for; anything else has been answered already.
    func cancel(_ id: JSON) {
        guard let task = running.removeValue(forKey: id) else { return }
        task.cancel()
        fail(id, ErrorCode.requestCancelled, "cancelled")
    }

    /// Breaks off all runs, and waits until nothing of them is left.
    func endRuns() async {
        for id in running.keys { cancel(id) }
        await lastRun?.value
    }
}
