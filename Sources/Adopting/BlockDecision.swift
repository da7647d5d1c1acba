/// What a fence of a page is taken for.
struct BlockDecision: Sendable {
    enum Kind: Sendable, Hashable {
        /// Commands behind prompts with what they print.
        case console
        /// A script.
        case script
        /// What the block with this index prints.
        case output(of: Int)
        /// A file that a later command reads.
        case file(String)
        /// Nothing that could be tried.
        case none
    }

    var kind: Kind
    var name: String?
    /// Whether another block shows what it prints.
    var hasOutput = false
    /// `exit=1`, `serve`, `skip="…"`, in the order in which they are written.
    var attributes: [String] = []
    /// Whether it has the fence of an example, and holds none.
    var isNoExample = false
    /// What the fence says about looks, such as `title="Start"`; it stays.
    var looks: [String] = []
    /// For each line of the block's text that gets another prompt: what stands there now.
    var prompts: [Int: String] = [:]
    /// What is typed, without continuation lines.
    var commands: [String] = []
    /// Whether the fence says already what Launchpad is to do with it. Such a block is tried and never changed.
    var isKept = false

    /// The first command, for reports.
    var command: String { commands.first ?? "" }
    var isExample: Bool { kind == .console || kind == .script }
    var isSkipped: Bool { attributes.contains { $0.hasPrefix("skip=") } }
    var isTyped: Bool { attributes.contains("terminal") }
    var serves: Bool { attributes.contains("serve") }

    /// Has the example left out, for a reason that stands in the page.
    mutating func skip(_ reason: String) {
        let words = reason.split(whereSeparator: \.isNewline).joined(separator: " ")
        let text = words.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("`", with: "'")
        attributes = attributes.filter { !$0.hasPrefix("skip=") } + ["skip=\"\(text)\""]
    }
}
