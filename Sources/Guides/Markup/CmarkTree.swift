import CCmark
import CMarkup

/// A document that libcmark parsed, freed with the value.
final class CmarkTree {
    let root: CmarkNode
    private let arena: OpaquePointer

    /// Parses `bytes`, which must be valid UTF-8; nil only when libcmark has no memory.
    init?(_ bytes: some Collection<UInt8>) {
        let parsed =
            bytes.withContiguousStorageIfAvailable(Self.parse) ?? Array(bytes).withUnsafeBufferPointer(Self.parse)
        guard let root = parsed.root, let arena = parsed.arena else {
            return nil
        }
        self.root = CmarkNode(pointer: root)
        self.arena = arena
    }

    deinit {
        markup_free(arena)
    }

    private static func parse(_ buffer: UnsafeBufferPointer<UInt8>) -> (root: OpaquePointer?, arena: OpaquePointer?) {
        var arena: OpaquePointer?
        // libcmark follows line breaks inside code spans and tags only when it is asked for source positions.
        guard let start = buffer.baseAddress else {
            return (markup_parse("", 0, CMARK_OPT_SOURCEPOS, &arena).map(OpaquePointer.init), arena)
        }
        let root = start.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
            markup_parse($0, buffer.count, CMARK_OPT_SOURCEPOS, &arena)
        }
        return (root.map(OpaquePointer.init), arena)
    }

    /// What an entity such as `&amp;` or `&#43;` stands for; nil where it stands for nothing but itself.
    ///
    /// libcmark has the table and gives it away only through a document.
    static func character(ofEntity entity: ArraySlice<UInt8>) -> [UInt8]? {
        let mark = UInt8(ascii: "x")
        guard entity.count <= 40, !entity.contains(where: { $0 == 0x0A || $0 == 0x0D }),
            let tree = CmarkTree(Array("~~~".utf8) + [mark] + entity + [mark])
        else {
            return nil
        }
        let info = withExtendedLifetime(tree) { tree.root.firstChild?.fenceInfo ?? "" }
        let character = Array(info.utf8.dropFirst().dropLast())
        return character.elementsEqual(entity) ? nil : character
    }

    /// Calls `body` for every node in document order, on entering it and, where it can have children, on leaving it.
    func walk(_ body: (_ node: CmarkNode, _ entering: Bool) -> Void) {
        CmarkTree.walk(root, body)
    }

    /// As ``walk(_:)`` for the part of the tree below and with `root`. Needs no stack, however deep the tree is.
    static func walk(_ root: CmarkNode, _ body: (_ node: CmarkNode, _ entering: Bool) -> Void) {
        var node = root
        while true {
            body(node, true)
            if node.canHaveChildren {
                if let child = node.firstChild {
                    node = child
                    continue
                }
                body(node, false)
            }
            while node.pointer != root.pointer {
                if let next = node.next {
                    node = next
                    break
                }
                guard let parent = node.parent else { return }
                node = parent
                body(node, false)
            }
            if node.pointer == root.pointer { return }
        }
    }
}

/// A node of a ``CmarkTree``; valid as long as the tree lives.
struct CmarkNode {
    let pointer: OpaquePointer

    var type: cmark_node_type { cmark_node_get_type(pointer) }
    var parent: CmarkNode? { cmark_node_parent(pointer).map(CmarkNode.init) }
    var firstChild: CmarkNode? { cmark_node_first_child(pointer).map(CmarkNode.init) }
    var lastChild: CmarkNode? { cmark_node_last_child(pointer).map(CmarkNode.init) }
    var canHaveChildren: Bool {
        switch type {
        case CMARK_NODE_HTML_BLOCK, CMARK_NODE_THEMATIC_BREAK, CMARK_NODE_CODE_BLOCK, CMARK_NODE_TEXT,
            CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK, CMARK_NODE_CODE, CMARK_NODE_HTML_INLINE:
            false
        default: true
        }
    }
    var isCodeOrHTML: Bool { type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_HTML_BLOCK }
    var previous: CmarkNode? { cmark_node_previous(pointer).map(CmarkNode.init) }
    var isItem: Bool { type == CMARK_NODE_ITEM }
    /// The last line of an HTML block: libcmark leaves out the line that closes a comment.
    var lastHTMLLine: Int {
        let literal = literal.utf8
        let breaks = literal.count { $0 == UInt8(ascii: "\n") } - (literal.last == UInt8(ascii: "\n") ? 1 : 0)
        return max(endLine, startLine + max(0, breaks))
    }
    var next: CmarkNode? { cmark_node_next(pointer).map(CmarkNode.init) }
    var startLine: Int { Int(cmark_node_get_start_line(pointer)) }
    var startColumn: Int { Int(cmark_node_get_start_column(pointer)) }
    var endLine: Int { Int(cmark_node_get_end_line(pointer)) }
    var endColumn: Int { Int(cmark_node_get_end_column(pointer)) }
    var headingLevel: Int { Int(cmark_node_get_heading_level(pointer)) }
    var isTight: Bool { cmark_node_get_list_tight(pointer) != 0 }
    var isOrdered: Bool { cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST }
    var listStart: Int { Int(cmark_node_get_list_start(pointer)) }
    var listDelimiter: Character { cmark_node_get_list_delim(pointer) == CMARK_PAREN_DELIM ? ")" : "." }
    var literal: String { Self.string(cmark_node_get_literal(pointer)) }
    /// The info string of a code block, escapes and entities decoded.
    var fenceInfo: String { Self.string(cmark_node_get_fence_info(pointer)) }
    var url: String { Self.string(cmark_node_get_url(pointer)) }
    var title: String { Self.string(cmark_node_get_title(pointer)) }

    /// The literal with every line ending as `\n`.
    var lines: String {
        let literal = literal
        guard literal.utf8.contains(0x0D) else {
            return literal
        }
        var bytes: [UInt8] = []
        var previous: UInt8 = 0
        for byte in literal.utf8 {
            if byte == 0x0D {
                bytes.append(0x0A)
            } else if byte != 0x0A || previous != 0x0D {
                bytes.append(byte)
            }
            previous = byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func string(_ pointer: UnsafePointer<CChar>?) -> String {
        pointer.map { String(cString: $0) } ?? ""
    }
}
