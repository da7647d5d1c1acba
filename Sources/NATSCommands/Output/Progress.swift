/// How far a long run is, drawn over itself on a terminal. Elsewhere it shows nothing: a pipe wants results.
struct Progress: Sendable {
    private static let width = 40

    let total: Int
    let console: Console

    func advance(to done: Int) {
        guard console.isTerminal, done == total || done % max(1, total / 200) == 0 else { return }
        let filled = done * Self.width / max(1, total)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        console.print(bytes: Array("\r\(bar) \(done) / \(total)\(done == total ? "\n" : "")".utf8))
    }
}
