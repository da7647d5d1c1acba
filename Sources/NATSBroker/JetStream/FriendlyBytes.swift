/// Sizes and times as nats-server's log shows them.
enum FriendlyBytes {
    /// `512 B`, `64.00 MB`, `1.50 GB`.
    static func text(_ bytes: Int64) -> String {
        let size = Double(bytes)
        if size < 1_024 { return "\(bytes) B" }
        var power = 1
        var unit = 1_024.0
        while size / unit >= 1_024, power < 6 {
            unit *= 1_024
            power += 1
        }
        let hundredths = Int((size / unit * 100).rounded())
        let fraction = hundredths % 100
        let letter = ["K", "M", "G", "T", "P", "E"][power - 1]
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) \(letter)B"
    }
}
