import Guides

/// Diagnostics as editors take them.
enum DiagnosticMessage {
    static func json(_ diagnostic: Diagnostic, _ positions: TextPositions, _ workspace: Workspace) -> JSON {
        let severity =
            switch diagnostic.severity {
            case .error: 1
            case .warning: 2
            case .note: 3
            }
        var message: [String: JSON] = [
            "range": positions.json(diagnostic.range),
            "severity": JSON(severity),
            "code": .string(diagnostic.code),
            "source": "launchpad",
            "message": .string(diagnostic.message + (diagnostic.help.map { "\n\($0)" } ?? "")),
        ]
        let notes = diagnostic.notes.compactMap { note -> JSON? in
            guard let file = note.file, let range = note.range else { return nil }
            let other = TextPositions(
                text: workspace.text(file) ?? SourceText([]), countsBytes: positions.countsBytes)
            return [
                "location": ["uri": .string(workspace.uri(file)), "range": other.json(range)],
                "message": .string(note.message),
            ]
        }
        if !notes.isEmpty { message["relatedInformation"] = .array(notes) }
        return .object(message)
    }
}
