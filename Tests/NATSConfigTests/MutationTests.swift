import Foundation
import Testing

@testable import NATSConfig

/// A small generator of repeatable random numbers.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

@Suite("Damaged configuration files")
struct MutationTests {
    /// Bytes that mean something in the language, and some that mean nothing.
    private static let alphabet = Array("{}[]()=:,;#/\"'\\$-.0159kKbBxX \t\n\rTZ".utf8) + [0x00, 0x80, 0xC3, 0xFF]

    private func mutated(_ bytes: [UInt8], with dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &dice) {
            let place = Int.random(in: 0...bytes.count, using: &dice)
            let byte = Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &dice)]
            switch Int.random(in: 0..<4, using: &dice) {
            case 0:
                bytes.insert(byte, at: place)
            case 1 where place < bytes.count:
                bytes.remove(at: place)
            case 2 where place < bytes.count:
                bytes[place] = byte
            default:
                bytes.removeSubrange(place..<min(bytes.count, place + 8))
            }
        }
        return bytes
    }

    @Test("no damage crashes the parser or the decoder, and every refusal has a message", arguments: VerdictCase.all)
    func survivesDamage(_ verdict: VerdictCase) throws {
        let original = try Data(contentsOf: URL(fileURLWithPath: fixture("cases/\(verdict.name).conf")))
        var dice = Dice(state: verdict.name.utf8.reduce(7) { ($0 &* 31) &+ UInt64($1) })
        for _ in 0..<60 {
            guard let refusal = refusal(of: mutated(Array(original), with: &dice)) else { continue }
            #expect(!refusal.problems.isEmpty)
            #expect(refusal.problems.allSatisfy { !$0.message.isEmpty })
        }
    }

    /// Why `text` is refused; nil when it is taken.
    private func refusal(of text: [UInt8]) -> ConfigRefusal? {
        let read = VerdictCase.source.read
        let source = ConfigSource(variable: { VerdictCase.environment[$0] }) { path throws(ConfigSource.Unreadable) in
            if path == "x.conf" {
                return text
            }
            return try read(path)
        }
        do throws(ConfigRefusal) {
            try ServerOptions.load("x.conf", from: source, missing: []).options.checkForStart()
            return nil
        } catch {
            return error
        }
    }
}
