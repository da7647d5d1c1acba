#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Ledger {
    /// The ledger as its JSON document: keys sorted, two spaces of indentation, a newline at the end.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Reads a ledger.
    ///
    /// - Throws: `DecodingError` where the document has another shape.
    package init(json: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(Ledger.self, from: Data(json))
    }
}
