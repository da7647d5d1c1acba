/// What becomes of HTML that an author wrote into a guide.
///
/// By default a short list of elements that carry no behaviour passes, with a short list of attributes; everything
/// else is shown as the text that it is. Comments disappear. So no Markdown can bring script, style or a form into a page.
package enum RawHTMLPolicy: String, Sendable, Hashable, CaseIterable {
    /// The short list passes, the rest is escaped.
    case safe
    /// Everything passes: the author vouches for it.
    case allow
}

/// Lets safe tags through and escapes the rest.
///
/// One sanitizer serves one page: it counts what is open, so that a stray closing tag can't end an element of the page.
struct HTMLSanitizer {
    private static let voidElements: Set<String> = ["br", "wbr", "hr", "img"]

    private static let elements: Set<String> = [
        "a", "abbr", "b", "br", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption",
        "figure", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "picture", "q", "rp", "rt", "ruby", "s",
        "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "u",
        "ul", "var", "wbr",
    ]

    private static let attributes: Set<String> = [
        "align", "alt", "cite", "colspan", "datetime", "dir", "height", "id", "lang", "name", "open", "reversed",
        "rowspan", "start", "title", "width",
    ]

    private let policy: RawHTMLPolicy
    private var open: [String] = []
    /// Elements below this depth belong to an outer scope and can't be closed from here.
    private var floor = 0
    /// Anchors (`id`, `name`) that the tags that passed set.
    private(set) var anchors: [String] = []

    init(policy: RawHTMLPolicy) {
        self.policy = policy
    }

    /// Writes `source`, one or more tags with text between them, as the policy says.
    mutating func write(_ source: String, to writer: inout HTMLWriter) {
        if policy == .allow {
            writer.trusted(source.utf8)
            return
        }
        var rest = Substring(source)
        while let start = rest.firstIndex(of: "<") {
            writer.text(rest[..<start])
            rest = rest[start...]
            if rest.hasPrefix("<!--") {
                rest = rest.firstRange(of: "-->").map { rest[$0.upperBound...] } ?? ""
            } else if let tag = HTMLTag(parsing: &rest) {
                write(tag, to: &writer)
            } else {
                writer.raw("&lt;")
                rest = rest.dropFirst()
            }
        }
        writer.text(rest)
    }

    /// Starts an element of the page, such as a paragraph, whose tags are balanced on their own.
    ///
    /// - Returns: what ``endScope(_:_:)`` needs to go back to the outer scope.
    mutating func beginScope() -> Int {
        let outer = floor
        floor = open.count
        return outer
    }

    /// Ends a scope: closes what the author left open in it.
    mutating func endScope(_ outer: Int, _ writer: inout HTMLWriter) {
        while open.count > floor {
            Self.writeEnd(open.removeLast(), to: &writer)
        }
        floor = outer
    }

    private mutating func write(_ tag: HTMLTag, to writer: inout HTMLWriter) {
        guard Self.elements.contains(tag.name) else {
            writer.text(tag.source)
            return
        }
        if tag.isEnd {
            guard let depth = open[floor...].lastIndex(of: tag.name) else { return }
            while open.count > depth {
                Self.writeEnd(open.removeLast(), to: &writer)
            }
            return
        }
        writer.raw("<")
        writer.trusted(tag.name.utf8)
        for (name, value) in tag.attributes {
            write(attribute: name, value: value, of: tag.name, to: &writer)
        }
        if tag.name == "img" {
            writer.raw(" loading=\"lazy\"")
        }
        writer.raw(">")
        if !Self.voidElements.contains(tag.name) {
            open.append(tag.name)
        }
    }

    private mutating func write(
        attribute name: String,
        value: String,
        of element: String,
        to writer: inout HTMLWriter
    ) {
        switch (element, name) {
        case ("a", "href"), ("img", "src"):
            guard let destination = SafeURL.checked(value, image: element == "img") else { return }
            writer.trusted(" \(name)=\"".utf8)
            writer.text(destination)
            writer.raw("\"")
        case (_, _) where Self.attributes.contains(name):
            if name == "id" || name == "name" {
                anchors.append(value)
            }
            writer.trusted(" \(name)=\"".utf8)
            writer.text(value)
            writer.raw("\"")
        default:
            break
        }
    }

    private static func writeEnd(_ name: String, to writer: inout HTMLWriter) {
        writer.raw("</")
        writer.trusted(name.utf8)
        writer.raw(">")
    }
}

/// Which addresses may stand in a page.
enum SafeURL {
    /// Schemes that lead somewhere and can't run anything.
    private static let schemes: Set<String> = [
        "http", "https", "mailto", "tel", "ftp", "ftps", "sftp", "ssh", "git", "irc", "ircs", "xmpp", "news", "nats",
        "tls",
        "ws", "wss", "postgres", "postgresql", "s3", "amqp", "mqtt", "redis", "kafka", "urn",
    ]

    /// `destination` if it is relative or of a known harmless scheme, else nil.
    static func checked(_ destination: String, image: Bool = false) -> String? {
        guard let scheme = scheme(of: destination) else { return destination }
        return (image ? ["http", "https"].contains(scheme) : schemes.contains(scheme)) ? destination : nil
    }

    /// The scheme in lower case, read as browsers do: control characters and spaces in and before it don't count.
    static func scheme(of destination: String) -> String? {
        var scheme = ""
        for scalar in destination.unicodeScalars {
            switch scalar {
            case ":": return scheme.isEmpty ? nil : scheme
            case "a"..."z", "0"..."9", "+", "-", ".": scheme.unicodeScalars.append(scalar)
            case "A"..."Z": scheme += scalar.properties.lowercaseMapping
            case "\u{0}"..."\u{20}": continue
            default: return nil
            }
        }
        return nil
    }
}
