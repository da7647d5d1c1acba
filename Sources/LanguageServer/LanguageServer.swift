package import Guides
package import Proving
package import Tangling

/// Answers an editor: one message in, any number out, in order.
///
/// An actor, so that messages are answered one after another; running a block is waited for by nobody else.
package actor LanguageServer {
    /// What the executable does for the server.
    package struct Services: Sendable {
        /// Finds links that lead nowhere, and whatever else building the site finds.
        package var findBrokenLinks: @Sendable (Project, [Guide], [Scenario], TanglePlan) async -> [Diagnostic]
        /// Runs one block with what it needs, and keeps nothing.
        package var run: @Sendable (Project, _ block: String, Scenario, [Guide], TanglePlan) async throws -> GuideProof

        package init(
            findBrokenLinks: @escaping @Sendable (Project, [Guide], [Scenario], TanglePlan) async -> [Diagnostic],
            run:
                @escaping @Sendable (Project, _ block: String, Scenario, [Guide], TanglePlan) async throws -> GuideProof
        ) {
            self.findBrokenLinks = findBrokenLinks
            self.run = run
        }
    }

    private enum Phase {
        case fresh, running, shutDown
    }

    /// Codes of errors in the protocol.
    private enum ErrorCode {
        static let invalidParameters = -32602
        static let unknownMethod = -32601
        static let notInitialized = -32002
        static let requestFailed = -32803
    }

    private let version: String
    private let services: Services
    private let send: @Sendable (JSON) -> Void
    private var phase = Phase.fresh
    private(set) var workspace: Workspace?
    private(set) var state = Workspace.State()
    /// Proofs of blocks that were run from the editor, by `path#block`.
    private(set) var runs: [String: (proof: BlockProof, hash: String)] = [:]
    private(set) var countsBytes = false
    private var canRefreshLenses = false
    /// The files about which something was said last.
    private var published: Set<String> = []
    private var isDirty = false

    /// - Parameter send: takes each message for the editor.
    package init(version: String, services: Services, send: @escaping @Sendable (JSON) -> Void) {
        self.version = version
        self.services = services
        self.send = send
    }

    /// Handles a message.
    ///
    /// - Parameter isLast: whether no other message waits; only then diagnostics are worked out.
    /// - Returns: the exit status where the editor has ended the session.
    package func handle(_ bytes: [UInt8], isLast: Bool = true) async -> Int32? {
        guard let message = JSON(bytes: bytes) else {
            send(["jsonrpc": "2.0", "id": .null, "error": ["code": -32700, "message": "the message is not JSON"]])
            return nil
        }
        let method = message["method"]?.string ?? ""
        if method == "exit" { return phase == .shutDown ? 0 : 1 }
        let parameters = message["params"] ?? .null
        if let id = message["id"], !method.isEmpty {
            await answer(id, method, parameters)
        } else {
            notice(method, parameters)
        }
        if isLast { await refresh() }
        return nil
    }

    // MARK: Notifications

    private func notice(_ method: String, _ parameters: JSON) {
        let document = parameters["textDocument"]
        switch method {
        case "textDocument/didOpen":
            set(document?["uri"]?.string, document?["text"]?.string)
        case "textDocument/didChange":
            set(document?["uri"]?.string, parameters["contentChanges"]?.array?.last?["text"]?.string)
        case "textDocument/didClose":
            if let path = workspace?.path(document?["uri"]?.string) { workspace?.open[path] = nil }
            isDirty = true
        case "textDocument/didSave", "workspace/didChangeWatchedFiles", "initialized":
            isDirty = true
        default: break
        }
    }

    private func set(_ uri: String?, _ text: String?) {
        guard let path = workspace?.path(uri), let text else { return }
        workspace?.open[path] = Array(text.utf8)
        isDirty = true
    }

    /// Works out what is wrong now, and tells the editor about every file of which that is news.
    private func refresh() async {
        guard isDirty, phase == .running, let workspace else { return }
        isDirty = false
        state = await workspace.state()
        var all = state.diagnostics
        for (path, diagnostics) in runDiagnostics() { all[path, default: []] += diagnostics }
        for path in published.union(all.keys).sorted() {
            let positions = TextPositions(text: workspace.text(path) ?? SourceText([]), countsBytes: countsBytes)
            let items = (all[path] ?? []).map { DiagnosticMessage.json($0, positions, workspace) }
            notify(
                "textDocument/publishDiagnostics", ["uri": .string(workspace.uri(path)), "diagnostics": .array(items)])
        }
        published = Set(all.keys)
    }

    // MARK: Requests

    private func answer(_ id: JSON, _ method: String, _ parameters: JSON) async {
        if method == "initialize" {
            initialize(id, parameters)
            return
        }
        guard phase == .running, workspace != nil else {
            fail(id, ErrorCode.notInitialized, "the session has not begun, or is over")
            return
        }
        // Answers are about the text as it is now.
        await refresh()
        switch method {
        case "shutdown":
            phase = .shutDown
            reply(id, .null)
        case "textDocument/hover": reply(id, hover(parameters))
        case "textDocument/definition": reply(id, definition(parameters))
        case "textDocument/completion": reply(id, completion(parameters))
        case "textDocument/codeLens": reply(id, lenses(parameters))
        case "workspace/executeCommand": await execute(id, parameters)
        default: fail(id, ErrorCode.unknownMethod, "there is no method \"\(method)\" here")
        }
    }

    private func initialize(_ id: JSON, _ parameters: JSON) {
        let folder =
            parameters["workspaceFolders"]?.array?.first?["uri"]?.string ?? parameters["rootUri"]?.string
        let root = folder.flatMap(FileAddress.path) ?? parameters["rootPath"]?.string ?? "."
        do {
            workspace = Workspace(
                project: try Project.locate(from: root), findBrokenLinks: services.findBrokenLinks)
        } catch let error as DiagnosticsError {
            let first = error.diagnostics.first
            fail(id, ErrorCode.requestFailed, "\(first?.file ?? ""): \(first?.message ?? "the project cannot be read")")
            return
        } catch {
            fail(id, ErrorCode.requestFailed, "\(error)")
            return
        }
        let encodings = parameters["capabilities"]?["general"]?["positionEncodings"]?.array ?? []
        countsBytes = encodings.contains("utf-8")
        let lenses = parameters["capabilities"]?["workspace"]?["codeLens"]
        canRefreshLenses = lenses?["refreshSupport"]?.bool ?? false
        phase = .running
        reply(
            id,
            [
                "serverInfo": ["name": "launchpad", "version": .string(version)],
                "capabilities": [
                    "positionEncoding": countsBytes ? "utf-8" : "utf-16",
                    "textDocumentSync": ["openClose": true, "change": 1, "save": true],
                    "hoverProvider": true,
                    "definitionProvider": true,
                    "completionProvider": ["triggerCharacters": [" ", "=", ",", "`"]],
                    "codeLensProvider": ["resolveProvider": false],
                    "executeCommandProvider": ["commands": ["launchpad.run"]],
                ],
            ])
    }

    /// `launchpad.run` with the guide's address and the block's name.
    private func execute(_ id: JSON, _ parameters: JSON) async {
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
        do {
            let proof = try await services.run(project, name, scenario, state.guides, state.plan)
            for block in proof.blocks {
                runs["\(path)#\(block.name)"] = (block, block.contentHash)
            }
            let block = proof.blocks.first { $0.name == name }
            let word = LedgerCounts.word(block?.state ?? proof.state)
            let reason = (block?.reason ?? proof.reason).map { ": \($0)" } ?? ""
            let isBroken = (block?.state ?? proof.state).isBroken
            notify(
                "window/showMessage", ["type": isBroken ? 1 : 3, "message": .string("\(name) \(word)\(reason)")])
            isDirty = true
            await refresh()
            if canRefreshLenses {
                send(["jsonrpc": "2.0", "id": "lenses", "method": "workspace/codeLens/refresh", "params": .null])
            }
            reply(id, ["state": .string((block?.state ?? proof.state).rawValue)])
        } catch {
            fail(id, ErrorCode.requestFailed, "\(name) could not be run: \(error)")
        }
    }

    // MARK: Messages

    private func reply(_ id: JSON, _ result: JSON) {
        send(["jsonrpc": "2.0", "id": id, "result": result])
    }

    private func fail(_ id: JSON, _ code: Int, _ message: String) {
        send(["jsonrpc": "2.0", "id": id, "error": ["code": JSON(code), "message": .string(message)]])
    }

    private func notify(_ method: String, _ parameters: JSON) {
        send(["jsonrpc": "2.0", "method": .string(method), "params": parameters])
    }
}
