import Testing

@testable import Guides

/// A guide made of `text`, as the parser gives it.
func markupGuide(_ text: String) throws -> Guide {
    let parsed = GuideParser.parse(path: "docs/test.md", name: "test", bytes: Array(text.utf8))
    return try #require(parsed.guide)
}

/// Writes markup as libcmark's HTML renderer does, so that the two can be compared.
struct MarkupHTML {
    private let guide: Guide
    private var output = ""

    static func render(_ markup: Markup, of guide: Guide) -> String {
        var renderer = MarkupHTML(guide: guide)
        renderer.write(markup, isTight: false)
        return renderer.output
    }

    private init(guide: Guide) {
        self.guide = guide
    }

    private mutating func line() {
        if !output.isEmpty, output.utf8.last != UInt8(ascii: "\n") {
            output += "\n"
        }
    }

    private mutating func block(_ name: String, attributes: String = "", _ markup: Markup, isTight: Bool = false) {
        line()
        output += "<\(name)\(attributes)>"
        line()
        children(of: markup, isTight: isTight)
        line()
        output += "</\(name)>"
        line()
    }

    private mutating func inline(_ name: String, attributes: String = "", _ markup: Markup) {
        output += "<\(name)\(attributes)>"
        children(of: markup, isTight: false)
        output += "</\(name)>"
    }

    private mutating func children(of markup: Markup, isTight: Bool) {
        for child in markup.children {
            write(child, isTight: isTight)
        }
    }

    private mutating func write(_ markup: Markup, isTight: Bool) {
        switch markup.kind {
        case .document: children(of: markup, isTight: false)
        case .heading(let level):
            line()
            inline("h\(level)", markup)
            line()
        case .paragraph:
            if isTight {
                children(of: markup, isTight: false)
            } else {
                line()
                inline("p", markup)
                line()
            }
        case .blockQuote: block("blockquote", markup)
        case .alert(let kind): block("alert", attributes: " kind=\"\(kind.rawValue)\"", markup)
        case .bulletList(let tight): block("ul", markup, isTight: tight)
        case .orderedList(let start, _, let tight):
            block("ol", attributes: start == 1 ? "" : " start=\"\(start)\"", markup, isTight: tight)
        case .item(let task):
            line()
            output += "<li>"
            if let task {
                output += "[\(task ? "x" : " ")] "
            }
            children(of: markup, isTight: isTight)
            output += "</li>"
            line()
        case .fence(let index):
            let block = guide.blocks[index]
            let language = block.language.isEmpty ? "" : " class=\"language-\(Self.escaped(block.language))\""
            line()
            output += "<pre><code\(language)>\(Self.escaped(block.text))</code></pre>"
            line()
        case .indentedCode(let text):
            line()
            output += "<pre><code>\(Self.escaped(text))</code></pre>"
            line()
        case .htmlBlock(let html):
            line()
            output += html
            line()
        case .thematicBreak:
            line()
            output += "<hr />"
            line()
        default: writeExtension(markup)
        }
    }

    private mutating func writeExtension(_ markup: Markup) {
        switch markup.kind {
        case .table(let alignments):
            block("table", attributes: " \(alignments.map(\.rawValue).joined(separator: ","))", markup)
        case .tableRow: block("tr", markup)
        case .tableCell:
            inline("td", markup)
            line()
        case .footnotes: block("footnotes", markup)
        case .footnoteDefinition(let label, let number, let references):
            block("footnote", attributes: " \(number) \(label) \(references)", markup)
        case .footnoteReference(let label, let number, let occurrence):
            output += "<ref \(number) \(label) \(occurrence)>"
        default: writeInline(markup)
        }
    }

    private mutating func writeInline(_ markup: Markup) {
        switch markup.kind {
        case .text(let text): output += Self.escaped(text)
        case .softBreak: output += "\n"
        case .lineBreak: output += "<br />\n"
        case .code(let code): output += "<code>\(Self.escaped(code))</code>"
        case .html(let html): output += html
        case .emphasis: inline("em", markup)
        case .strong: inline("strong", markup)
        case .strikethrough: inline("del", markup)
        case .link(let destination, let title):
            inline("a", attributes: " href=\"\(Self.address(destination))\"\(Self.title(title))", markup)
        case .image(let source, let title):
            let alternative = Self.escaped(Self.alternative(markup))
            output += "<img src=\"\(Self.address(source))\" alt=\"\(alternative)\"\(Self.title(title)) />"
        default: break
        }
    }

    /// An image's text, in which libcmark keeps HTML.
    private static func alternative(_ markup: Markup) -> String {
        if case .html(let html) = markup.kind {
            return html
        }
        return markup.children.isEmpty ? markup.plainText : markup.children.map(alternative).joined()
    }

    private static func title(_ title: String) -> String {
        title.isEmpty ? "" : " title=\"\(escaped(title))\""
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func address(_ address: String) -> String {
        var result = ""
        for byte in address.utf8 {
            switch byte {
            case UInt8(ascii: "&"): result += "&amp;"
            case UInt8(ascii: "'"): result += "&#x27;"
            case let byte where byte.isLetterOrDigit || "-_.+!*(),%#@?=;:/$~".utf8.contains(byte):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += "%" + (hex.count == 1 ? "0" + hex : hex)
            }
        }
        return result
    }
}
