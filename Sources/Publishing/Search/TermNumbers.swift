/// Numbers terms by their hashes, from 0, in the order in which they come up.
///
/// The hashes are good as they are: nothing is gained by the hashing of a `Dictionary`, which would take longer than all
/// else that is done with a term.
struct TermNumbers {
    /// The term's number plus one at the place that its hash leads to; a power of two of them, at most half of them taken.
    private var slots: [UInt32]
    private var hashes: [UInt64] = []

    init() {
        slots = Array(repeating: 0, count: 512)
    }

    /// How many terms there are, which is the number that the next new one gets.
    var count: Int { hashes.count }

    /// The number of the term with this hash.
    mutating func number(of hash: UInt64) -> Int {
        var place = Self.place(of: hash, among: slots.count)
        while slots[place] != 0 {
            let number = Int(slots[place]) - 1
            if hashes[number] == hash { return number }
            place = (place + 1) & (slots.count - 1)
        }
        hashes.append(hash)
        slots[place] = UInt32(hashes.count)
        if hashes.count * 2 > slots.count { grow() }
        return hashes.count - 1
    }

    private static func place(of hash: UInt64, among count: Int) -> Int {
        Int(truncatingIfNeeded: hash ^ hash >> 32) & (count - 1)
    }

    private mutating func grow() {
        let count = slots.count * 2
        slots = Array(repeating: 0, count: count)
        for (number, hash) in hashes.enumerated() {
            var place = Self.place(of: hash, among: count)
            while slots[place] != 0 {
                place = (place + 1) & (count - 1)
            }
            slots[place] = UInt32(number + 1)
        }
    }
}
