import NATSSubjects

/// Which subjects a store has messages on, with their counts and their first and last sequences.
///
/// A hash table with open addressing that points into one array of entries, whose bytes lie in one arena: about 50 bytes a
/// subject beyond the subject itself, however many there are.
struct SubjectIndex {
    struct Entry {
        /// At or before the first message, and exactly its sequence unless ``firstIsStale``.
        var first: UInt64
        /// At or after the last message, and exactly its sequence unless ``lastIsStale``.
        var last: UInt64
        /// 0 in an entry that is free.
        var messages: UInt64
        /// Where the subject lies in the arena, in units of 8 bytes.
        fileprivate var place: UInt32
        fileprivate var length: UInt16
        var firstIsStale = false
        var lastIsStale = false
    }

    private(set) var entries: [Entry] = []
    private var free: [UInt32] = []
    /// Index into `entries` plus one, and above it half of the subject's hash, so that few entries are looked at in vain; 0 is a
    /// free slot. A power of two, at most two thirds full.
    private var slots: [UInt64] = []
    private var arena: [UInt64] = []
    /// How many of `arena` belong to no entry any more.
    private var unused = 0
    /// The entry that was found last: most streams get runs of messages on one subject.
    private var recent = 0
    private(set) var count = 0

    /// Counts a message that is newer than all others.
    ///
    /// - Returns: where its subject's last message before it was at the latest; 0 where it is the first one.
    @inline(__always)
    mutating func append(_ subject: UnsafeRawBufferPointer, _ sequence: UInt64) -> UInt64 {
        guard let index = entryIndex(subject) else {
            insert(subject, first: sequence, last: sequence, messages: 1)
            return 0
        }
        let previous = entries[index].last
        entries[index].messages &+= 1
        entries[index].last = sequence
        entries[index].lastIsStale = false
        return previous
    }

    /// Takes one message away again.
    mutating func remove(_ subject: UnsafeRawBufferPointer, _ sequence: UInt64) {
        guard let index = entryIndex(subject) else { return }
        entries[index].messages -= 1
        if entries[index].messages == 0 { return erase(index) }
        if sequence >= entries[index].last {
            entries[index].last = sequence - 1
            entries[index].lastIsStale = true
        }
        if sequence <= entries[index].first || entries[index].firstIsStale {
            entries[index].first = max(entries[index].first, sequence <= entries[index].first ? sequence + 1 : 0)
            entries[index].firstIsStale = true
        }
        settle(index)
    }

    /// With one message left, the end that is known is the other end too.
    private mutating func settle(_ index: Int) {
        guard entries[index].messages == 1 else { return }
        if !entries[index].lastIsStale {
            entries[index].first = entries[index].last
            entries[index].firstIsStale = false
        } else if !entries[index].firstIsStale {
            entries[index].last = entries[index].first
            entries[index].lastIsStale = false
        }
    }

    /// Takes `messages` away that lie between `first` and `last`, and leaves what is exact to ``resolve(_:first:last:)``.
    mutating func remove(_ subject: UnsafeRawBufferPointer, through range: ClosedRange<UInt64>, messages: UInt64) {
        guard let index = entryIndex(subject) else { return }
        guard entries[index].messages > messages else { return erase(index) }
        entries[index].messages -= messages
        if range.contains(entries[index].first) {
            entries[index].first = range.upperBound + 1
            entries[index].firstIsStale = true
        }
        if range.contains(entries[index].last) {
            entries[index].last = range.lowerBound - 1
            entries[index].lastIsStale = true
        }
        settle(index)
    }

    /// Adds a subject that is not there yet, as when an index is read in.
    ///
    /// - Parameter stale: bit 0 where `first` may be too low, bit 1 where `last` may be too high.
    mutating func insert(
        _ subject: UnsafeRawBufferPointer, first: UInt64, last: UInt64, messages: UInt64, stale: UInt64 = 0
    ) {
        if (count + 1) * 3 > slots.count * 2 { growSlots() }
        let place = arena.count
        arena.append(contentsOf: repeatElement(0, count: (subject.count + 7) / 8))
        arena.withUnsafeMutableBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[(place * 8)...]).copyMemory(from: subject)
        }
        let entry = Entry(
            first: first,
            last: last,
            messages: messages,
            place: UInt32(place),
            length: UInt16(subject.count),
            firstIsStale: stale & 1 != 0,
            lastIsStale: stale & 2 != 0
        )
        let index: Int
        if let reused = free.popLast() {
            index = Int(reused)
            entries[index] = entry
        } else {
            index = entries.count
            entries.append(entry)
        }
        occupy(with: Self.tag(of: subject) | UInt64(index + 1))
        count += 1
        recent = index
    }

    /// Sets what was found out about a stale entry.
    mutating func resolve(_ index: Int, first: UInt64, last: UInt64) {
        entries[index].first = first
        entries[index].last = last
        entries[index].firstIsStale = false
        entries[index].lastIsStale = false
    }

    mutating func removeAll() {
        self = SubjectIndex()
    }

    mutating func reserve(_ subjects: Int) {
        entries.reserveCapacity(subjects)
        var size = 16
        while size * 2 < subjects * 3 { size *= 2 }
        if size > slots.count { rebuildSlots(size) }
    }

    /// The entry of `subject`, where there is one.
    @inline(__always)
    func find(_ subject: UnsafeRawBufferPointer) -> Int? {
        recent < entries.count && isEntry(recent, subject) ? recent : search(subject)
    }

    func withSubject<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let entry = entries[index]
        return arena.withUnsafeBytes { bytes in
            body(
                UnsafeRawBufferPointer(
                    start: bytes.baseAddress.map { $0 + Int(entry.place) * 8 }, count: Int(entry.length)))
        }
    }
}

extension SubjectIndex {
    @inline(__always)
    private mutating func entryIndex(_ subject: UnsafeRawBufferPointer) -> Int? {
        if recent < entries.count && isEntry(recent, subject) { return recent }
        guard let found = search(subject) else { return nil }
        recent = found
        return found
    }

    private func search(_ subject: UnsafeRawBufferPointer) -> Int? {
        guard count > 0 else { return nil }
        let tag = Self.tag(of: subject)
        return slots.withUnsafeBufferPointer { slots in
            let mask = slots.count &- 1
            var slot = Int(tag >> 32) & mask
            while slots[slot] != 0 {
                if slots[slot] >> 32 == tag >> 32 {
                    let index = Self.index(in: slots[slot])
                    if isEntry(index, subject) { return index }
                }
                slot = (slot &+ 1) & mask
            }
            return nil
        }
    }

    /// The half of a subject's hash that is kept in its slot, and says which slot it should have.
    private static func tag(of subject: UnsafeRawBufferPointer) -> UInt64 {
        ByteHash.hash(subject) << 32
    }

    private static func index(in slot: UInt64) -> Int { Int(slot & 0xFFFF_FFFF) &- 1 }

    private func isEntry(_ index: Int, _ subject: UnsafeRawBufferPointer) -> Bool {
        entries[index].messages > 0 && Int(entries[index].length) == subject.count
            && withSubject(index) { ByteHash.equal($0, subject) }
    }

    private mutating func occupy(with entry: UInt64) {
        let mask = slots.count - 1
        var slot = Int(entry >> 32) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = entry
    }

    private mutating func growSlots() {
        rebuildSlots(max(16, slots.count * 2))
    }

    private mutating func rebuildSlots(_ size: Int) {
        let old = slots
        slots = [UInt64](repeating: 0, count: size)
        for entry in old where entry != 0 { occupy(with: entry) }
    }

    private mutating func erase(_ index: Int) {
        let mask = slots.count - 1
        var slot = withSubject(index) { Int(Self.tag(of: $0) >> 32) } & mask
        while Self.index(in: slots[slot]) != index { slot = (slot + 1) & mask }
        // What was pushed behind the hole moves up, so that a search never stops short.
        var next = (slot + 1) & mask
        while slots[next] != 0 {
            let wanted = Int(slots[next] >> 32) & mask
            if (next &- wanted) & mask >= (next &- slot) & mask {
                slots[slot] = slots[next]
                slot = next
            }
            next = (next + 1) & mask
        }
        slots[slot] = 0
        unused += (Int(entries[index].length) + 7) / 8
        entries[index].messages = 0
        free.append(UInt32(index))
        count -= 1
        if count == 0 { return removeAll() }
        if unused > 4096, unused * 2 > arena.count { packArena() }
    }

    private mutating func packArena() {
        var packed: [UInt64] = []
        packed.reserveCapacity(arena.count - unused)
        for index in entries.indices where entries[index].messages > 0 {
            let place = Int(entries[index].place)
            entries[index].place = UInt32(packed.count)
            packed.append(contentsOf: arena[place..<place + (Int(entries[index].length) + 7) / 8])
        }
        arena = packed
        unused = 0
    }
}
