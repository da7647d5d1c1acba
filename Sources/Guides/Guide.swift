/// One Markdown file under `docs/`, parsed: its front matter, its fenced blocks and its directives.
///
/// The guide holds only what tangling and proving need. Publishing asks for the whole tree with ``markup()``.
package struct Guide: Sendable {
    /// The file's path relative to the project's root, such as `docs/running-nats.md`.
    package var path: String
    /// The file's bytes, front matter included. Always valid UTF-8.
    package var source: [UInt8]
    package var frontMatter: FrontMatter
    /// The number of bytes that the front matter takes at the start of `source`, closing line included.
    package var bodyOffset: Int
    /// The number of lines that the front matter takes; add it to libcmark's line numbers.
    package var bodyLineOffset: Int
    /// Every fenced code block, in document order, also those inside lists and quotes.
    package var blocks: [Block]
    /// Directives in comments (`<!-- launchpad: key=value -->`) that apply to the whole guide.
    package var directives: Attributes

    /// The path below `docs/` without `.md`: `running-nats`, `broker/limits`. Names the guide in URLs and check scripts.
    package var name: String

    package init(
        path: String,
        source: [UInt8],
        frontMatter: FrontMatter,
        bodyOffset: Int,
        bodyLineOffset: Int,
        blocks: [Block],
        directives: Attributes,
        name: String
    ) {
        self.path = path
        self.source = source
        self.frontMatter = frontMatter
        self.bodyOffset = bodyOffset
        self.bodyLineOffset = bodyLineOffset
        self.blocks = blocks
        self.directives = directives
        self.name = name
    }

    /// The guide's title: front matter `title`, else its first level-1 heading, else its file name.
    package var title: String {
        frontMatter.title ?? name
    }
}

/// The YAML between two `---` lines at the top of a guide.
package struct FrontMatter: Sendable, Hashable {
    package var title: String?
    package var description: String?
    /// Position among its siblings in the navigation; smaller comes first, guides without one come last, by title.
    package var order: Int?
    /// A Compose file that is brought up before the first block.
    package var services: String?
    /// A NATS configuration file for a broker that is started before the first block.
    package var broker: String?
    /// Paths of guides whose files this guide's workspace needs too, relative to the project's root.
    package var needs: [String]
    package var tags: [String]
    /// A draft is checked, but published only on request.
    package var draft: Bool
    /// Where each key stands, for messages.
    package var ranges: [String: SourceRange]
    /// Where the value of each key stands; for a list, where each element does.
    package var valueRanges: [String: [SourceRange]]

    package init(
        title: String? = nil,
        description: String? = nil,
        order: Int? = nil,
        services: String? = nil,
        broker: String? = nil,
        needs: [String] = [],
        tags: [String] = [],
        draft: Bool = false,
        ranges: [String: SourceRange] = [:],
        valueRanges: [String: [SourceRange]] = [:]
    ) {
        self.title = title
        self.description = description
        self.order = order
        self.services = services
        self.broker = broker
        self.needs = needs
        self.tags = tags
        self.draft = draft
        self.ranges = ranges
        self.valueRanges = valueRanges
    }

    /// Where the value of `key` stands, or its element `index`; where the key stands if that is not known.
    package func place(of key: String, _ index: Int = 0) -> SourceRange? {
        let values = valueRanges[key] ?? []
        return values.indices.contains(index) ? values[index] : ranges[key]
    }
}

/// One fenced code block with its attributes and its exact place.
package struct Block: Sendable, Hashable {
    /// What Launchpad does with a block.
    package enum Kind: String, Sendable, Hashable, Codable {
        /// Becomes a file, or a part of one (`file=`).
        case file
        /// A terminal transcript (`console`): commands behind `$ ` and what they print.
        case console
        /// A shell script (`sh`, `bash`).
        case script
        /// What another block prints (`expect=`).
        case expectation
        /// Code in any other language, shown and, with a runner, run.
        case sample
    }

    package var kind: Kind
    /// The first word of the info string, as written; empty where the fence has none.
    package var language: String
    package var attributes: Attributes
    /// Name for messages, URLs and `--only`: `name=`, else the kind and its number in the guide, such as `console-3`.
    package var name: String
    /// The block's text as libcmark gives it (fence indentation removed), with `\n` after each line.
    package var text: String
    /// Index in ``Guide/blocks``.
    package var index: Int
    /// From the opening fence's first backtick to behind the closing fence.
    package var range: SourceRange
    /// The line of the file on which `text` starts.
    package var contentLine: Int
    /// How many columns the fence is indented (by a list or quote); each content line starts behind that.
    package var indentation: Int
    /// The byte range of the content lines in ``Guide/source``, container prefixes included; for rewriting them.
    package var contentBytes: Range<Int>

    package init(
        kind: Kind,
        language: String,
        attributes: Attributes,
        name: String,
        text: String,
        index: Int,
        range: SourceRange,
        contentLine: Int,
        indentation: Int,
        contentBytes: Range<Int>
    ) {
        self.kind = kind
        self.language = language
        self.attributes = attributes
        self.name = name
        self.text = text
        self.index = index
        self.range = range
        self.contentLine = contentLine
        self.indentation = indentation
        self.contentBytes = contentBytes
    }
}

/// The `key=value` pairs behind a fence's language or in a directive, each with its place.
package struct Attributes: Sendable, Hashable {
    /// One pair, unquoted.
    package struct Entry: Sendable, Hashable {
        package var key: String
        package var value: String
        /// Where the key stands.
        package var keyRange: SourceRange
        /// Where the value stands, quotes included.
        package var valueRange: SourceRange

        package init(key: String, value: String, keyRange: SourceRange, valueRange: SourceRange) {
            self.key = key
            self.value = value
            self.keyRange = keyRange
            self.valueRange = valueRange
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    /// The value of `key`, or nil.
    package subscript(key: String) -> String? {
        entries.first { $0.key == key }?.value
    }

    /// The pair with `key`, or nil.
    package func entry(_ key: String) -> Entry? {
        entries.first { $0.key == key }
    }
}
