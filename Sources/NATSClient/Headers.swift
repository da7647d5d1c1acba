package import NATSWire

/// The headers of a message: names and values in order. A name may occur several times; names are case-sensitive.
public struct Headers: Sendable, Hashable {
    package var block: HeaderBlock

    /// No headers.
    public init() {
        block = HeaderBlock()
    }

    package init(block: HeaderBlock) {
        self.block = block
    }

    /// The first value of `name`; setting it replaces every value that the name has, `nil` removes them.
    public subscript(name: String) -> String? {
        get {
            block.fields.first { $0.name == name }?.value
        }
        set {
            let index = block.fields.firstIndex { $0.name == name }
            block.fields.removeAll { $0.name == name }
            if let newValue {
                // Whatever was removed stood at or behind the first value's place, so the place is still there.
                let field = HeaderBlock.Field(name: name, value: newValue)
                block.fields.insert(field, at: index ?? block.fields.endIndex)
            }
        }
    }

    /// All values of `name`, in order.
    public func values(of name: String) -> [String] {
        block.fields.filter { $0.name == name }.map(\.value)
    }

    /// Adds a value, keeping those that the name has already.
    public mutating func add(_ name: String, _ value: String) {
        block.fields.append(HeaderBlock.Field(name: name, value: value))
    }

    /// The status of an answer that the server itself gives, such as 503 for "no responders"; `nil` on other messages.
    public var status: Int? {
        block.status
    }

    /// The server's words for ``status``, empty if it sent none.
    public var statusDescription: String {
        block.statusDescription
    }

    /// Whether there is nothing in it, not even a status.
    public var isEmpty: Bool {
        block.fields.isEmpty && block.status == nil
    }
}

extension Headers: ExpressibleByDictionaryLiteral {
    /// Headers in the order of the literal.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init()
        for (name, value) in elements {
            add(name, value)
        }
    }
}

extension Headers: Sequence {
    /// The names and values in order.
    public func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var fields = block.fields.makeIterator()
        return AnyIterator { fields.next().map { ($0.name, $0.value) } }
    }
}
