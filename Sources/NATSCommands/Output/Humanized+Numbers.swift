extension Humanized {
    /// A number with a fixed count of decimals, as Go's `%.2f` writes it.
    static func fixed(_ number: Double, _ decimals: Int) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Inf" : "+Inf" }
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (number.magnitude * scale).rounded(.toNearestOrEven)
        guard scaled < 9e18 else { return String(number) }
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + padded }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// `1,234.56`: at most so many decimals, the rest cut off.
    static func decimal(_ number: Double, _ decimals: Int) -> String {
        guard number.isFinite, number.magnitude < 9e15 else { return fixed(number, 0) }
        let whole = Int(number.rounded(.towardZero))
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        // Binary fractions lie a hair below what they stand for.
        let fraction = Int(((number - Double(whole)).magnitude * scale + 1e-6).rounded(.towardZero))
        var digits = String(fraction)
        digits = String(repeating: "0", count: max(0, decimals - digits.count)) + digits
        while digits.last == "0" { digits.removeLast() }
        return (number < 0 && whole == 0 ? "-" : "") + count(whole) + (digits.isEmpty ? "" : "." + digits)
    }
}
