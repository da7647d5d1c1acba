/// Tells of a failed block in whose workbench a person gets a shell, before they do.
package struct EntranceReport: RunObserver {
    /// The block's name.
    private let block: String
    private let sink: any ReportSink

    /// - Parameter block: `block` or `guide#block`.
    package init(block: String, writingTo sink: any ReportSink) {
        self.block = block.split(separator: "#").last.map(String.init) ?? block
        self.sink = sink
    }

    package func receive(_ event: RunEvent) {
        guard case .blockFinished(let guide, let proof) = event, proof.name == block,
            proof.state == .failed || proof.state == .error
        else { return }
        let failure = FailureText(proof)
        var text =
            "\r\u{1b}[K\(guide):\(failure.guideLine): \(proof.name) failed: \(TerminalText.clean(failure.reason))\n"
        for line in failure.lines { text += "    \(line.text)\n" }
        sink.write(text + "This is the guide's workbench, with all that it has started. exit goes on.\n")
    }
}
