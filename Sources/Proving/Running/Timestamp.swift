#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Points in time as the ledger writes them.
package enum Timestamp {
    /// This moment, ISO 8601 in UTC: `2026-11-22T03:19:00Z`.
    package static func now() -> String {
        Date.now.ISO8601Format()
    }
}
