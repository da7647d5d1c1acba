/// A run as JUnit XML: a suite for each guide, a case for each check. Elements and attributes are those of the schema that Jenkins
/// publishes, `junit-10.xsd`, and no others.
///
/// A blocked check is reported as skipped, since JUnit has no word for it; its message begins with `blocked`.
enum JUnitReport {
    @Sendable static func render(_ ledger: Ledger) -> String {
        let counts = LedgerCounts(ledger)
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        xml += "<testsuites name=\"launchpad\" \(totals(counts)) \(time(ledger.durationMilliseconds))>\n"
        for guide in ledger.guides {
            let own = LedgerCounts(guide.blocks)
            xml += "  <testsuite name=\"\(escape(guide.path))\" file=\"\(escape(guide.path))\" \(totals(own))"
            xml += " skipped=\"\(own[.skipped] + own[.blocked])\" \(time(guide.durationMilliseconds))"
            xml += " timestamp=\"\(escape(guide.startedAt))\">\n"
            xml += "    <properties>\n"
            xml +=
                "      <property name=\"engine\" value=\"\(escape(ledger.engine.name)): \(escape(ledger.engine.version))\"/>\n"
            xml += "      <property name=\"isolation\" value=\"\(escape(ledger.isolation))\"/>\n"
            xml += "    </properties>\n"
            for block in guide.blocks { xml += testCase(block, guide.path) }
            if let reason = guide.reason { xml += "    <system-err>\(escape(reason))</system-err>\n" }
            xml += "  </testsuite>\n"
        }
        return xml + "</testsuites>\n"
    }

    private static func totals(_ counts: LedgerCounts) -> String {
        "tests=\"\(counts.total)\" failures=\"\(counts[.failed])\" errors=\"\(counts[.error])\""
    }

    private static func time(_ milliseconds: Double) -> String {
        "time=\"\(ReportText.seconds(milliseconds))\""
    }

    private static func testCase(_ proof: BlockProof, _ path: String) -> String {
        let failure = FailureText(proof)
        var xml = "    <testcase classname=\"\(escape(path))\" name=\"\(escape(proof.name))\""
        xml += " \(time(proof.durationMilliseconds))"
        let place = "\(path):\(failure.guideLine): "
        let details = escape(place + failure.reason + "\n" + failure.lines.map { $0.text + "\n" }.joined())
        let message = escape(failure.reason)
        switch proof.state {
        case .passed: return xml + "/>\n"
        case .failed: xml += ">\n      <failure message=\"\(message)\">\(details)</failure>\n"
        case .error: xml += ">\n      <error message=\"\(message)\">\(details)</error>\n"
        case .skipped: xml += ">\n      <skipped message=\"\(message)\"/>\n"
        case .blocked: xml += ">\n      <skipped message=\"blocked: \(message)\"/>\n"
        }
        return xml + "    </testcase>\n"
    }

    /// Text for element content and attributes alike. Characters that XML 1.0 can't hold become U+FFFD.
    static func escape(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += Array("&amp;".utf8)
            case "<": result += Array("&lt;".utf8)
            case ">": result += Array("&gt;".utf8)
            case "\"": result += Array("&quot;".utf8)
            case "\t", "\n", "\r": result += Array("&#\(scalar.value);".utf8)
            case "\u{0}"..<" ", "\u{7f}"..<"\u{a0}", "\u{fffe}", "\u{ffff}": result += Array("\u{fffd}".utf8)
            default: result += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
