import Foundation

/// Takes out of what servers say what differs from run to run, and nothing else: names of fields, their order and their
/// kinds stay.
enum Mask {
    private struct Rule {
        var pattern: String
        var replacement: String

        init(_ pattern: String, _ replacement: String) {
            self.pattern = pattern
            self.replacement = replacement
        }
    }

    private static let rules: [Rule] = [
        // Who and when.
        Rule("N[A-Z2-7]{55}", "<server>"),
        Rule(#"\d{4}-\d\d-\d\dT[\d:.]+Z"#, "<time>"),
        Rule(#""(rtt|idle|uptime)":( ?)"[^"]*""#, #""$1":$2"<duration>""#),
        Rule(#""rtt":( ?)\d+"#, #""rtt":$1<duration>"#),
        Rule(#""id":( ?)"[A-Za-z0-9]{22}""#, #""id":$1"<nuid>""#),
        // The process and the machine.
        Rule(#""(port|mem|cpu|cores|gomaxprocs|seq|pending_bytes)":( ?)-?[\d.e+-]+"#, #""$1":$2<number>"#),
        // Chosen at start, or, as nats-server shows it through a service, as configured.
        Rule(#""http_port":( ?)-?\d+"#, #""http_port":$1<number>"#),
        Rule(#"\s*"(git_commit|xkey|launchpad_version)":( ?)"[^"]*","#, ""),
        Rule(#""go":( ?)"[^"]*""#, #""go":$1"<language>""#),
        // nats-server subscribes to more itself, for servers in a cluster, and caches what it matched.
        Rule(
            #""(num_subscriptions|num_cache|num_inserts|num_removes|num_matches|cache_hit_rate|max_fanout|avg_fanout)":( ?)[\d.e+-]+"#,
            #""$1":$2<number>"#),
        Rule(
            #""subscriptions":( ?)\d+(?=,\s*"(sent|http_req_stats|imports|exports)")"#, #""subscriptions":$1<number>"#),
        // nats-server adds to an account's totals when it has acted on all that it read at once, so that they lag behind.
        Rule(
            #""(sent|received)":( ?)\{\s*"msgs": ?\d+,\s*"bytes": ?\d+(?=,\s*"gateways")"#,
            #""$1":$2{"msgs": <number>, "bytes": <number>"#),
        // Answers of services, whose timestamps have more digits or fewer.
        Rule(#""(bytes|out_bytes|out_client_bytes)":( ?)\d{3,}"#, #""$1":$2<number>"#),
    ]

    /// A JSON document, or any other text.
    static func document(_ text: String) -> String {
        rules.reduce(sorted(text)) { text, rule in
            text.replacingOccurrences(of: rule.pattern, with: rule.replacement, options: .regularExpression)
        }
    }

    /// Lists whose order nats-server leaves to chance: the names of accounts, and what they offer and take.
    private static let unordered = ["accounts", "exports", "imports", "account_statz", "approved_accounts"]

    /// A document over many lines with the elements of those lists in the order of their texts.
    private static func sorted(_ text: String) -> String {
        var lines = text.components(separatedBy: "\n")
        for key in unordered {
            while let start = lines.firstIndex(where: { $0.hasSuffix("\"\(key)\": [") }) {
                let indent = String(lines[start].prefix { $0 == " " })
                guard let end = lines[start...].firstIndex(where: { $0 == indent + "]" || $0 == indent + "]," }) else {
                    break
                }
                var elements: [String] = []
                for line in lines[(start + 1)..<end] {
                    let isFirst = line.hasPrefix(indent + "  ") && !line.hasPrefix(indent + "   ")
                    if isFirst, !line.hasPrefix(indent + "  }") {
                        elements.append(line)
                    } else {
                        elements[elements.count - 1] += "\n" + line
                    }
                }
                let plain = elements.map { $0.hasSuffix(",") ? String($0.dropLast()) : $0 }.sorted()
                lines.replaceSubrange(start...end, with: [lines[start] + " "] + plain + [lines[end]])
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Lines that a client received. The size of a message that is a JSON document is masked with it.
    ///
    /// Where nats-server publishes something itself, it leaves two blanks before the size, as if there were a reply with an
    /// empty name. No client can tell that from one blank, and the broker writes one.
    static func messages(_ lines: [String]) -> [String] {
        var masked = lines
        for index in lines.indices where lines[index].hasPrefix("MSG ") || lines[index].hasPrefix("HMSG ") {
            masked[index] = lines[index].replacingOccurrences(of: "  ", with: " ")
        }
        for index in lines.indices where lines[index].hasPrefix("{") && index > 0 {
            masked[index] = document(lines[index])
            // Behind the line of a message at once, or behind its headers.
            let first = lines[..<index].lastIndex { $0.hasPrefix("MSG ") || $0.hasPrefix("HMSG ") }
            guard let first, first == index - 1 || lines[index - 1] == "␍" else { continue }
            let sizes = lines[first].hasPrefix("H") ? 2 : 1
            let words = lines[first].split(separator: " ")
            masked[first] = document(words.dropLast(sizes).joined(separator: " ") + " <size>␍")
        }
        return masked
    }

    /// Lines of a log, without process, time and the ports of clients.
    static func log(_ text: String) -> String {
        let plain = text.replacingOccurrences(
            of: #"(?m)^\[\d+\] (\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} )?"#, with: "", options: .regularExpression)
        return plain.replacingOccurrences(
            of: #"127\.0\.0\.1:\d+"#, with: "127.0.0.1:<port>", options: .regularExpression)
    }
}
