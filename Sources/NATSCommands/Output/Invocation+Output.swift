import NATSClient
import NATSWire

extension Invocation {
    /// Prints a table as the terminal and the environment want it.
    ///
    /// - Parameter isSpaced: whether an empty line follows, as below most of natscli's tables.
    func print(_ table: Table, isSpaced: Bool = true) {
        var frame = TableFrame()
        if console.isTerminal {
            let scheme = (try? settings())?.colorScheme ?? ""
            frame = TableFrame(
                scheme: scheme, environment: environment, width: HelpText.width(environment: environment))
        }
        let text = table.text(format: Table.Format(environment: environment), frame: frame)
        console.print(bytes: Array((text + (isSpaced ? "\n" : "")).utf8))
    }

    /// Prints a report in sections.
    func print(_ report: Report) {
        console.print(bytes: Array(report.text.utf8))
    }

    /// Prints a document on one line.
    func print(line json: JSONValue) {
        console.print(bytes: json.encoded() + [0x0A])
    }
}
