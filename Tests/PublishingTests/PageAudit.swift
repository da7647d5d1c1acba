/// Reads a page as a browser's tokenizer does, and lists everything in it that could run, load or lead astray.
struct PageAudit {
    private(set) var faults: [String] = []

    /// What the theme's own templates use besides what authors may.
    private static let elements: Set = [
        "html", "head", "meta", "title", "link", "script", "body", "svg", "symbol", "path", "circle", "use", "header",
        "nav",
        "main", "article", "section", "aside", "footer", "button", "input", "h1", "h2", "h3", "h4", "h5", "h6", "p",
        "a",
        "pre", "code", "span", "div", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "figure", "figcaption",
        "details",
        "summary", "table", "thead", "tbody", "tr", "th", "td", "img", "em", "strong", "del", "sup", "sub", "b", "i",
        "hr",
        "br", "wbr", "kbd", "small", "time", "label", "form", "mark", "rect", "g", "line", "polyline", "select",
        "option",
        "caption", "cite", "abbr", "u", "s", "ins", "text",
    ]

    init(_ html: String) {
        var rest = Substring(html)
        while let start = rest.firstIndex(of: "<") {
            rest = rest[start...].dropFirst()
            if rest.hasPrefix("!doctype html>") { continue }
            var name = rest.prefix { !$0.isWhitespace && $0 != ">" && $0 != "/" }
            let isEnd = name.isEmpty && rest.first == "/"
            if isEnd {
                name = rest.dropFirst().prefix { !$0.isWhitespace && $0 != ">" }
                rest = rest.dropFirst()
            }
            rest = rest.dropFirst(name.count)
            guard Self.elements.contains(name.lowercased()) else {
                faults.append("<\(name)")
                continue
            }
            var attributes: [String: String] = [:]
            readAttributes(of: name, &rest, into: &attributes)
            check(name.lowercased(), attributes)
            if name.lowercased() == "script", !isEnd, !rest.hasPrefix("</script>") {
                faults.append("a script with text: \(rest.prefix(40))")
            }
        }
    }

    private mutating func readAttributes(
        of element: Substring, _ rest: inout Substring, into attributes: inout [String: String]
    ) {
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "/" }
            guard let first = rest.first else {
                faults.append("<\(element) never ends")
                return
            }
            if first == ">" {
                rest = rest.dropFirst()
                return
            }
            let name = rest.prefix { !$0.isWhitespace && !"/>=".contains($0) }
            rest = rest.dropFirst(max(name.count, 1)).drop(while: \.isWhitespace)
            guard rest.first == "=" else {
                attributes[name.lowercased()] = ""
                continue
            }
            rest = rest.dropFirst().drop(while: \.isWhitespace)
            let value: Substring
            if let quote = rest.first, quote == "\"" || quote == "'" {
                value = rest.dropFirst().prefix { $0 != quote }
                rest = rest.dropFirst(value.count + 2)
            } else {
                value = rest.prefix { !$0.isWhitespace && $0 != ">" }
                rest = rest.dropFirst(value.count)
            }
            attributes[name.lowercased()] = String(value)
        }
    }

    private mutating func check(_ element: String, _ attributes: [String: String]) {
        for (name, value) in attributes {
            if name.hasPrefix("on")
                || ["style", "srcdoc", "srcset", "action", "formaction", "xlink:href"].contains(name)
            {
                faults.append("<\(element) \(name)=\(value)")
            }
            if ["href", "src"].contains(name), !Self.isHarmless(value, element) {
                faults.append("<\(element) \(name)=\(value)")
            }
        }
        if element == "meta",
            attributes["http-equiv"].map({ $0 != "Content-Security-Policy" && $0 != "refresh" }) ?? false
        {
            faults.append("<meta \(attributes)")
        }
    }

    /// As browsers do it: character references resolved, then white space and control characters dropped.
    private static func isHarmless(_ value: String, _ element: String) -> Bool {
        var address = value
        address.replace(/&#(x?)([0-9A-Fa-f]+);?/) { match in
            UInt32(match.output.2, radix: match.output.1.isEmpty ? 10 : 16).flatMap(Unicode.Scalar.init).map {
                String($0)
            } ?? ""
        }
        for (entity, character) in ["&colon;": ":", "&Tab;": "", "&NewLine;": "", "&amp;": "&"] {
            address.replace(entity, with: character)
        }
        let plain = String(String.UnicodeScalarView(address.unicodeScalars.filter { $0.value > 0x20 })).lowercased()
        if ["script", "link", "use"].contains(element) {
            // What the theme loads is the site's own.
            return !plain.hasPrefix("//") && (!plain.contains(":") || element == "link" && plain.hasPrefix("https:"))
        }
        return !["javascript:", "vbscript:", "data:", "blob:", "file:"].contains(where: plain.hasPrefix)
    }
}
