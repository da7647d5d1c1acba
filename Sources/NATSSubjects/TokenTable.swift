/// A hash table from subject tokens to values that is asked with bytes in place, so that asking allocates nothing.
@usableFromInline
struct TokenTable<Value> {
    @usableFromInline
    struct Entry {
        @usableFromInline var hash: UInt64
        @usableFromInline var token: [UInt8]
        @usableFromInline var value: Value

        @inlinable
        init(hash: UInt64, token: [UInt8], value: Value) {
            self.hash = hash
            self.token = token
            self.value = value
        }
    }

    /// Entries in no order; `slots` says where each lies.
    @usableFromInline var entries: [Entry] = []
    /// Index into `entries` plus one, or zero for a free slot. Open addressing, linear probing, a power of two, at most
    /// half full. Empty while there are few entries: those are searched one by one.
    @usableFromInline var slots: [Int32] = []

    @inlinable
    init() {}

    @inlinable
    static var linearLimit: Int { 8 }

    @inlinable
    var isEmpty: Bool { entries.isEmpty }

    @inlinable
    func index(of token: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
        if slots.isEmpty {
            for index in entries.indices where entries[index].hash == hash && equals(index, token) {
                return index
            }
            return nil
        }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if entries[index].hash == hash && equals(index, token) { return index }
            slot = (slot + 1) & mask
        }
        return nil
    }

    @inlinable
    func value(for token: UnsafeRawBufferPointer) -> Value? {
        index(of: token, hash: ByteHash.hash(token)).map { entries[$0].value }
    }

    /// Adds `value`; the token must not be there yet.
    @inlinable
    mutating func add(_ token: UnsafeRawBufferPointer, _ value: Value) {
        let entry = Entry(hash: ByteHash.hash(token), token: [UInt8](token), value: value)
        entries.append(entry)
        if slots.isEmpty && entries.count <= Self.linearLimit { return }
        if entries.count * 2 > slots.count {
            rebuildSlots()
        } else {
            place(entries.count - 1)
        }
    }

    /// Removes the token, if it is there.
    @inlinable
    mutating func remove(_ token: UnsafeRawBufferPointer) {
        guard let index = index(of: token, hash: ByteHash.hash(token)) else { return }
        entries.swapAt(index, entries.count - 1)
        entries.removeLast()
        if slots.isEmpty { return }
        // A removal moves entries about, and removals are rare: placing them anew is simpler than tombstones, but a large
        // table must not pay that for each one.
        if entries.count <= Self.linearLimit {
            slots = []
        } else {
            erase(token, at: index)
        }
    }

    /// Takes the slot of the removed entry out of its probe run and points the slot of the moved entry to its new place.
    @inlinable
    mutating func erase(_ token: UnsafeRawBufferPointer, at index: Int) {
        let mask = slots.count - 1
        let movedFrom = Int32(entries.count + 1)
        var slot = Int(truncatingIfNeeded: ByteHash.hash(token)) & mask
        while slots[slot] != Int32(index + 1) { slot = (slot + 1) & mask }
        slots[slot] = 0
        if index < entries.count {
            var moved = Int(truncatingIfNeeded: entries[index].hash) & mask
            while slots[moved] != movedFrom { moved = (moved + 1) & mask }
            slots[moved] = Int32(index + 1)
        }
        // Entries behind the hole may have been pushed past it: put the rest of the run in its place again.
        var next = (slot + 1) & mask
        while slots[next] != 0 {
            let entry = Int(slots[next]) - 1
            slots[next] = 0
            place(entry)
            next = (next + 1) & mask
        }
    }

    @inlinable
    mutating func rebuildSlots() {
        var size = 32
        while size < entries.count * 4 { size *= 2 }
        slots = [Int32](repeating: 0, count: size)
        for index in entries.indices { place(index) }
    }

    @inlinable
    mutating func place(_ index: Int) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: entries[index].hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = Int32(index + 1)
    }

    @inlinable
    func equals(_ index: Int, _ token: UnsafeRawBufferPointer) -> Bool {
        entries[index].token.withUnsafeBytes { ByteHash.equal($0, token) }
    }
}
