package import Guides
package import Proving
package import Tangling

/// Answers an editor: one message in, any number out, in order.
///
/// An actor, so that messages are answered one after another, except that nobody waits for a block that is being run.
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
    enum ErrorCode {
        static let notJSON = -32700
        static let invalidRequest = -32600
        static let unknownMethod = -32601
        static let invalidParameters = -32602
        static let notInitialized = -32002
        static let requestFailed = -32803
        static let requestCancelled = -32800
    }

    private let version: String
    let services: Services
    private let send: @Sendable (JSON) -> Void
    private var phase = Phase.fresh
    private(set) var workspace: Workspace?
    private(set) var state = Workspace.State()
    /// Proofs of blocks that were run from the editor, by `path#block`.
    var runs: [String: (proof: BlockProof, hash: String)] = [:]
    /// Blocks that are being run, by the request that asked for it.
    var running: [JSON: Task<Void, Never>] = [:]
    /// The last of them: blocks are run one after another, since not every machine keeps them apart.
    var lastRun: Task<Void, Never>?
    private(set) var countsBytes = false
    private(set) var canRefreshLenses = false
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
            fail(.null, ErrorCode.notJSON, "the message is not JSON")
            return nil
        }
        guard message.isObject else {
            fail(.null, ErrorCode.invalidRequest, "a message is an object; the protocol sends one at a time")
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
            change(document?["uri"]?.string, parameters["contentChanges"]?.array ?? [])
        case "$/cancelRequest":
            if let id = parameters["id"] { cancel(id) }
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

    /// Applies edits of an open document, each to what the one before it made.
    private func change(_ uri: String?, _ edits: [JSON]) {
        guard let path = workspace?.path(uri), var bytes = workspace?.text(path)?.bytes else { return }
        for edit in edits {
            let positions = TextPositions(text: SourceText(bytes), countsBytes: countsBytes)
            guard let edited = positions.edited(by: edit) else { continue }
            bytes = edited
        }
        workspace?.open[path] = bytes
        isDirty = true
    }

    /// Works out what is wrong now, and tells the editor.
    private func refresh() async {
        guard isDirty, phase == .running, let workspace else { return }
        isDirty = false
        state = await workspace.state()
        publish()
    }

    /// Tells the editor about every file of which there is something to say, or was.
    func publish() {
        guard let workspace else { return }
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
        switch phase {
        case .fresh where method == "initialize":
            initialize(id, parameters)
            return
        case .fresh:
            fail(id, ErrorCode.notInitialized, "the session has not begun: \"initialize\" comes first")
            return
        case .running where method == "initialize":
            fail(id, ErrorCode.invalidRequest, "the session has begun already")
            return
        case .running: break
        case .shutDown:
            fail(id, ErrorCode.invalidRequest, "the session is over: only \"exit\" follows \"shutdown\"")
            return
        }
        // Answers are about the text as it is now.
        await refresh()
        switch method {
        case "shutdown":
            phase = .shutDown
            await endRuns()
            reply(id, .null)
        case "textDocument/hover": reply(id, hover(parameters))
        case "textDocument/definition": reply(id, definition(parameters))
        case "textDocument/completion": reply(id, completion(parameters))
        case "textDocument/codeLens": reply(id, lenses(parameters))
        case "workspace/executeCommand": execute(id, parameters)
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
                    "textDocumentSync": ["openClose": true, "change": 2, "save": true],
                    "hoverProvider": true,
                    "definitionProvider": true,
                    "completionProvider": ["triggerCharacters": [" ", "=", ",", "`"]],
                    "codeLensProvider": ["resolveProvider": false],
                    "executeCommandProvider": ["commands": ["launchpad.run"]],
                ],
            ])
    }

    // MARK: Messages

    func reply(_ id: JSON, _ result: JSON) {
        send(["jsonrpc": "2.0", "id": id, "result": result])
    }

    func fail(_ id: JSON, _ code: Int, _ message: String) {
        send(["jsonrpc": "2.0", "id": id, "error": ["code": JSON(code), "message": .string(message)]])
    }

    /// Asks the editor for something whose answer tells nothing.
    func ask(_ method: String) {
        send(["jsonrpc": "2.0", "id": .string(method), "method": .string(method), "params": .null])
    }

    func notify(_ method: String, _ parameters: JSON) {
        send(["jsonrpc": "2.0", "method": .string(method), "params": parameters])
    }
}
