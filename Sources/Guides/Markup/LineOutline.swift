import CCmark

/// Which lines of a document are code, HTML or thematic breaks, and which containers are around each line.
struct LineOutline {
    private var opaque: [Bool]
    private var chains: [ContainerChain?]

    init(_ tree: CmarkTree, text: SourceText) {
        opaque = Array(repeating: false, count: text.lineCount + 2)
        chains = Array(repeating: nil, count: text.lineCount + 2)
        var stack: [ContainerChain?] = [nil]
        var line = 1
        var chains = chains
        var opaque = opaque
        func reach(_ target: Int) {
            while line < min(target, chains.count) {
                chains[line] = stack[stack.count - 1]
                line += 1
            }
        }
        tree.walk { node, entering in
            switch node.type {
            case CMARK_NODE_CODE_BLOCK, CMARK_NODE_HTML_BLOCK, CMARK_NODE_THEMATIC_BREAK:
                let last = node.type == CMARK_NODE_HTML_BLOCK ? node.lastHTMLLine : node.endLine
                for number in node.startLine..<max(node.startLine, min(last + 1, opaque.count)) {
                    opaque[number] = true
                }
            case CMARK_NODE_BLOCK_QUOTE, CMARK_NODE_ITEM:
                if entering {
                    reach(node.startLine)
                    stack.append(ContainerChain.nested(node, in: stack[stack.count - 1], text: text))
                } else {
                    reach(node.endLine + 1)
                    stack.removeLast()
                }
            default: break
            }
        }
        reach(chains.count)
        self.chains = chains
        self.opaque = opaque
    }

    func isOpaque(_ line: Int) -> Bool { opaque[line] }

    func chain(at line: Int) -> ContainerChain? { chains[line] }
}

extension ContainerChain {
    /// The chain inside `node`, a quote or an item; beyond the depth limit `parent` itself.
    static func nested(_ node: CmarkNode, in parent: ContainerChain?, text: SourceText) -> ContainerChain? {
        if let parent, parent.isTooDeep {
            return parent
        }
        return node.type == CMARK_NODE_BLOCK_QUOTE
            ? quote(in: parent, line: node.startLine, of: text)
            : item(in: parent, line: node.startLine, of: text)
    }
}
