/// How a message lies in a block.
///
/// ```
/// 0  length of the whole record   UInt32        20  timestamp          Int64
/// 4  length of the header         UInt32        28  expiry, if flagged Int64
/// 8  length of the subject        UInt16            subject, header, body
/// 10 kind                         UInt8             checksum           UInt64
/// 11 flags                        UInt8
/// 12 sequence                     UInt64
/// ```
/// Numbers are little-endian. The checksum is XXH64 of everything before it, seeded with the block's key.
struct Record {
    enum Kind {
        static let message: UInt8 = 1
        /// A message whose bytes were overwritten when it was removed.
        static let erased: UInt8 = 2
    }

    static let fixedSize = 28
    static let checksumSize = 8
    static let smallest = fixedSize + checksumSize
    static let largest = 1 << 31
    private static let hasExpiry: UInt8 = 1
    private static let isFollowed: UInt8 = 2

    let length: Int
    let headerLength: Int
    let subjectLength: Int
    let kind: UInt8
    let flags: UInt8
    let sequence: UInt64
    let timestamp: Int64

    /// What the fixed part of a record at the start of `bytes` says; `nil` where no record can look like this.
    @inline(__always)
    init?(_ bytes: UnsafeRawPointer) {
        length = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
        headerLength = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        subjectLength = Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
        kind = bytes.load(fromByteOffset: 10, as: UInt8.self)
        flags = bytes.load(fromByteOffset: 11, as: UInt8.self)
        sequence = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt64.self))
        timestamp = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 20, as: Int64.self))
        let frame = Self.smallest &+ (flags & Self.hasExpiry == 0 ? 0 : 8)
        guard
            frame &+ subjectLength &+ headerLength <= length, length <= Self.largest,
            flags <= Self.hasExpiry | Self.isFollowed,
            kind == Kind.message || kind == Kind.erased, sequence > 0, timestamp >= 0
        else { return nil }
    }

    /// Whether a broken record is as long as it was written: it says so, or would be intact if it did.
    static func isWhole(_ bytes: UnsafeRawBufferPointer, key: UInt64) -> Bool {
        guard bytes.count >= smallest else { return false }
        let length = UInt32(truncatingIfNeeded: bytes.count).littleEndian
        if bytes.loadUnaligned(as: UInt32.self) == length { return true }
        var copy = [UInt8](bytes)
        return copy.withUnsafeMutableBytes { copy in
            copy.storeBytes(of: length, as: UInt32.self)
            guard let place = copy.baseAddress, let record = Record(place) else { return false }
            return record.isIntact(at: place, key: key)
        }
    }

    /// How many bytes a message takes in a block.
    static func size(subject: Int, header: Int, body: Int, expires: Bool) -> Int {
        smallest + (expires ? 8 : 0) + subject + header + body
    }

    /// Whether the message is one whole with the one after it.
    var isFollowed: Bool { flags & Self.isFollowed != 0 }

    /// Writes a message at `place`, where ``size(subject:header:body:expires:)`` bytes are free.
    static func write(
        _ message: MessageView, isFollowed: Bool, size: Int, to place: UnsafeMutableRawPointer, key: UInt64?
    ) {
        place.storeBytes(of: UInt32(truncatingIfNeeded: size).littleEndian, as: UInt32.self)
        let headerLength = UInt32(truncatingIfNeeded: message.header.count).littleEndian
        place.storeBytes(of: headerLength, toByteOffset: 4, as: UInt32.self)
        let subjectLength = UInt16(truncatingIfNeeded: message.subject.count).littleEndian
        place.storeBytes(of: subjectLength, toByteOffset: 8, as: UInt16.self)
        place.storeBytes(of: Kind.message, toByteOffset: 10, as: UInt8.self)
        let flags = (message.expires == 0 ? 0 : hasExpiry) | (isFollowed ? Self.isFollowed : 0)
        place.storeBytes(of: flags, toByteOffset: 11, as: UInt8.self)
        place.storeBytes(of: message.sequence.littleEndian, toByteOffset: 12, as: UInt64.self)
        place.storeBytes(of: message.timestamp.littleEndian, toByteOffset: 20, as: Int64.self)
        var offset = fixedSize
        if message.expires != 0 {
            place.storeBytes(of: message.expires.littleEndian, toByteOffset: offset, as: Int64.self)
            offset += 8
        }
        offset = copy(message.subject, to: place, at: offset)
        offset = copy(message.header, to: place, at: offset)
        _ = copy(message.body, to: place, at: offset)
        if let key { seal(place, size: size, key: key) }
    }

    @inline(__always)
    private static func copy(
        _ bytes: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer, at offset: Int
    ) -> Int {
        if let base = bytes.baseAddress { (place + offset).copyMemory(from: base, byteCount: bytes.count) }
        return offset &+ bytes.count
    }

    /// Writes the checksum at the end of a record.
    static func seal(_ place: UnsafeMutableRawPointer, size: Int, key: UInt64) {
        let sum = XXHash64.hash(UnsafeRawBufferPointer(start: place, count: size - checksumSize), seed: key)
        place.storeBytes(of: sum.littleEndian, toByteOffset: size - checksumSize, as: UInt64.self)
    }

    /// Whether the checksum of this record, which lies at `place`, is right.
    @inline(__always)
    func isIntact(at place: UnsafeRawPointer, key: UInt64) -> Bool {
        let end = length &- Self.checksumSize
        let sum = UInt64(littleEndian: place.loadUnaligned(fromByteOffset: end, as: UInt64.self))
        return XXHash64.hash(UnsafeRawBufferPointer(start: place, count: end), seed: key) == sum
    }

    /// The message in this record, which lies at `place`.
    @inline(__always)
    func view(at place: UnsafeRawPointer) -> MessageView {
        var offset = Self.fixedSize
        var expires: Int64 = 0
        if flags & Self.hasExpiry != 0 {
            expires = Int64(littleEndian: place.loadUnaligned(fromByteOffset: offset, as: Int64.self))
            offset &+= 8
        }
        let header = offset &+ subjectLength
        let body = header &+ headerLength
        return MessageView(
            sequence: sequence,
            timestamp: timestamp,
            expires: expires,
            subject: UnsafeRawBufferPointer(start: place + offset, count: subjectLength),
            header: UnsafeRawBufferPointer(start: place + header, count: headerLength),
            body: UnsafeRawBufferPointer(start: place + body, count: length &- Self.checksumSize &- body)
        )
    }

    /// What the message counts for in ``StoreState/bytes`` in a file; see ``StoredMessage/storedSize``.
    var storedSize: Int {
        payload &+ 30 &+ (headerLength == 0 ? 0 : 4)
    }

    /// How many bytes subject, header and body have.
    var payload: Int {
        length &- Self.smallest &- (flags & Self.hasExpiry == 0 ? 0 : 8)
    }
}

extension Record {
    /// Overwrites everything but the sequence and the time of this record, whose bytes are `place`.
    func erase(_ place: UnsafeMutableRawBufferPointer, key: UInt64?) {
        guard let base = place.baseAddress else { return }
        base.storeBytes(of: Kind.erased, toByteOffset: 10, as: UInt8.self)
        base.storeBytes(of: 0, toByteOffset: 11, as: UInt8.self)
        base.storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
        base.storeBytes(of: 0, toByteOffset: 8, as: UInt16.self)
        (base + Self.fixedSize).initializeMemory(as: UInt8.self, repeating: 0, count: length - Self.smallest)
        if let key { Self.seal(base, size: length, key: key) }
    }
}

extension Record {
    /// Makes an erased record of `place`, whatever is there.
    static func writeFiller(_ place: UnsafeMutableRawBufferPointer, sequence: UInt64, key: UInt64) {
        guard let base = place.baseAddress else { return }
        base.initializeMemory(as: UInt8.self, repeating: 0, count: fixedSize)
        base.storeBytes(of: UInt32(truncatingIfNeeded: place.count).littleEndian, as: UInt32.self)
        base.storeBytes(of: Kind.erased, toByteOffset: 10, as: UInt8.self)
        base.storeBytes(of: sequence.littleEndian, toByteOffset: 12, as: UInt64.self)
        seal(base, size: place.count, key: key)
    }
}
