extension Grammar {
    private static let doubleQuoted = Quote(open: "\"", close: "\"")
    private static let singleQuoted = Quote(open: "'", close: "'")
    private static let cComment: (open: StaticString, close: StaticString, nested: Bool) = ("/*", "*/", false)
    private static let nestedComment: (open: StaticString, close: StaticString, nested: Bool) = ("/*", "*/", true)

    static let shell = Grammar(
        keywords: """
            if then else elif fi for while until do done case esac in function select time local export readonly declare \
            return exit set unset source trap shift eval exec break continue
            """,
        lineComments: ["#"],
        commentNeedsBlank: true,
        quotes: [
            Quote(open: "\"", close: "\"", multiline: true, interpolates: true),
            Quote(open: "$'", close: "'", multiline: true), Quote(open: "'", close: "'", escape: nil, multiline: true),
        ],
        wordStart: "-./~",
        wordContinue: "-./~:@%+,",
        dollarVariables: true,
        commands: true,
        heredocs: true
    )

    static let nats = Grammar(
        keywords: "include",
        constants: WordTable("true false yes no on off enabled disabled", ignoringCase: true),
        lineComments: ["#", "//"],
        commentNeedsBlank: true,
        quotes: [doubleQuoted, Quote(open: "'", close: "'", escape: nil)],
        wordStart: "/>*",
        wordContinue: "-./>*:@",
        keyMarkers: ":={",
        colonNeedsBlank: true,
        dollarVariables: true,
        units: true
    )

    static let yaml = Grammar(
        constants: WordTable("true false null yes no on off", ignoringCase: true),
        lineComments: ["#"],
        commentNeedsBlank: true,
        quotes: [
            Quote(open: "\"", close: "\"", multiline: true), Quote(open: "'", close: "'", escape: nil, multiline: true),
        ],
        wordStart: "/.&*!",
        wordContinue: "-./@:+",
        keyMarkers: ":",
        colonNeedsBlank: true,
        dollarVariables: true,
        units: true
    )

    static let json = Grammar(
        constants: "true false null",
        lineComments: ["//"],
        blockComment: cComment,
        quotes: [doubleQuoted],
        wordStart: "-",
        keyMarkers: ":"
    )

    static let toml = Grammar(
        constants: WordTable("true false yes no on off inf nan", ignoringCase: true),
        lineComments: ["#", ";"],
        commentNeedsBlank: true,
        quotes: [
            Quote(open: "\"\"\"", close: "\"\"\"", multiline: true),
            Quote(open: "'''", close: "'''", escape: nil, multiline: true), doubleQuoted,
            Quote(open: "'", close: "'", escape: nil),
        ],
        wordContinue: "-./:",
        keyMarkers: "=",
        dollarVariables: true,
        sections: true,
        units: true
    )

    static let dockerfile = Grammar(
        keywords: WordTable(
            """
            from as run cmd label maintainer expose env add copy entrypoint volume user workdir arg onbuild stopsignal \
            healthcheck shell
            """,
            ignoringCase: true
        ),
        lineComments: ["#"],
        commentNeedsBlank: true,
        quotes: [Quote(open: "\"", close: "\"", interpolates: true), Quote(open: "'", close: "'", escape: nil)],
        wordStart: "-./",
        wordContinue: "-./:@",
        dollarVariables: true,
        keywordsStartLine: true,
        heredocs: true
    )

    static let swift = Grammar(
        keywords: """
            actor any as associatedtype async await borrowing break case catch class consuming continue convenience \
            default defer deinit didSet do dynamic else enum extension fallthrough fileprivate final for func get guard \
            if import in indirect infix init inout internal is isolated lazy let macro mutating nonisolated nonmutating \
            open operator optional override package postfix precedencegroup prefix private protocol public repeat \
            required rethrows return set some static struct subscript super switch throw throws try typealias unowned \
            var weak where while willSet
            """,
        constants: "true false nil self Self",
        lineComments: ["//"],
        blockComment: nestedComment,
        quotes: [
            Quote(open: "#\"", close: "\"#", escape: nil), Quote(open: "\"\"\"", close: "\"\"\"", multiline: true),
            doubleQuoted,
        ],
        wordStart: "@#",
        capitalizedTypes: true,
        calls: true,
        annotations: true
    )

    static let python = Grammar(
        keywords: """
            and as assert async await break case class continue def del elif else except finally for from global if \
            import in is lambda match nonlocal not or pass raise return try while with yield
            """,
        types: "int str bytes float bool list dict set tuple object type",
        constants: "True False None self cls",
        lineComments: ["#"],
        quotes: [
            Quote(open: "\"\"\"", close: "\"\"\"", multiline: true), Quote(open: "'''", close: "'''", multiline: true),
            doubleQuoted, singleQuoted,
        ],
        wordStart: "@",
        capitalizedTypes: true,
        calls: true,
        annotations: true
    )

    static let kotlinJava = Grammar(
        keywords: """
            abstract annotation as assert break by case catch class companion const constructor continue crossinline data \
            default do else enum extends external final finally for fun get goto if implements import in infix init inline \
            inner instanceof interface internal is lateinit native new noinline object open operator out override package \
            permits private protected public record reified return sealed set static strictfp super suspend switch \
            synchronized tailrec this throw throws transient try typealias val value var vararg volatile when where while \
            yield
            """,
        types: "boolean byte char double float int long short void",
        constants: "true false null it",
        lineComments: ["//"],
        blockComment: nestedComment,
        quotes: [
            Quote(open: "\"\"\"", close: "\"\"\"", multiline: true, interpolates: true),
            Quote(open: "\"", close: "\"", interpolates: true), singleQuoted,
        ],
        wordStart: "@",
        capitalizedTypes: true,
        calls: true,
        annotations: true
    )

    static let javaScript = Grammar(
        keywords: """
            abstract as async await break case catch class const continue debugger declare default delete do else enum \
            export extends finally for from function get if implements import in infer instanceof interface is keyof let \
            namespace new of private protected public readonly return satisfies set static super switch throw try type \
            typeof using var while with yield
            """,
        types: "any bigint boolean never number object string symbol unknown void",
        constants: "true false null undefined this NaN Infinity",
        lineComments: ["//"],
        blockComment: cComment,
        quotes: [Quote(open: "`", close: "`", multiline: true, interpolates: true), doubleQuoted, singleQuoted],
        wordStart: "@$",
        wordContinue: "$",
        capitalizedTypes: true,
        calls: true,
        annotations: true
    )

    static let go = Grammar(
        keywords: """
            break case chan const continue default defer else fallthrough for func go goto if import interface map package \
            range return select struct switch type var
            """,
        types: """
            any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string \
            uint uint8 uint16 uint32 uint64 uintptr
            """,
        constants: "true false nil iota",
        lineComments: ["//"],
        blockComment: cComment,
        quotes: [Quote(open: "`", close: "`", escape: nil, multiline: true), doubleQuoted, singleQuoted],
        capitalizedTypes: true,
        calls: true
    )

    static let c = Grammar(
        keywords: """
            alignas alignof auto break case catch class const constexpr continue default delete do else enum explicit \
            extern for friend goto if inline mutable namespace new noexcept nullptr operator override private protected \
            public register restrict return sizeof static static_assert struct switch template this throw try typedef \
            typename union using virtual volatile while
            """,
        types: """
            bool char double float int int8_t int16_t int32_t int64_t long short signed size_t ssize_t uint8_t uint16_t \
            uint32_t uint64_t unsigned void
            """,
        constants: "true false NULL",
        lineComments: ["//"],
        blockComment: cComment,
        quotes: [doubleQuoted, singleQuoted],
        capitalizedTypes: true,
        calls: true,
        preprocessor: true
    )

    static let rust = Grammar(
        keywords: """
            as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut \
            pub ref return static struct super trait type union unsafe use where while
            """,
        types: """
            bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize
            """,
        constants: "true false self Self None",
        lineComments: ["//"],
        blockComment: nestedComment,
        quotes: [
            Quote(open: "r#\"", close: "\"#", escape: nil, multiline: true),
            Quote(open: "\"", close: "\"", multiline: true),
        ],
        wordStart: "#",
        capitalizedTypes: true,
        calls: true
    )

    static let sql = Grammar(
        keywords: WordTable(
            """
            add all alter analyze and any as asc begin between by cascade case check column commit conflict constraint \
            create cross cube current database default deferrable delete desc distinct do drop each else end except \
            exists explain extension fetch filter first following for foreign from full function generated grant group \
            grouping having identity if ilike in index inner insert instead intersect into is isolation join key language \
            last lateral left like limit local lock materialized natural next no not nothing notify nulls of offset on \
            only or order outer over partition preceding primary procedure range recursive references rename replace \
            restrict returning returns revoke right role rollback rollup row rows savepoint schema select sequence set \
            show some start table tables temporary then to transaction trigger truncate unbounded union unique update \
            using vacuum values view when where window with
            """,
            ignoringCase: true
        ),
        types: WordTable(
            """
            bigint bigserial boolean bytea char character date decimal double float inet int integer interval json jsonb \
            numeric real serial smallint text time timestamp timestamptz uuid varchar
            """,
            ignoringCase: true
        ),
        constants: WordTable("true false null", ignoringCase: true),
        lineComments: ["--"],
        blockComment: nestedComment,
        quotes: [
            Quote(open: "'", close: "'", escape: nil, multiline: true), Quote(open: "\"", close: "\"", escape: nil),
            Quote(open: "$$", close: "$$", escape: nil, multiline: true),
        ],
        calls: true
    )

    static let css = Grammar(
        keywords: "@media @import @supports @layer @font-face @keyframes @container @property !important",
        lineComments: [],
        blockComment: cComment,
        quotes: [doubleQuoted, singleQuoted],
        wordStart: "-@#.!",
        wordContinue: "-",
        keyMarkers: ":",
        colonNeedsBlank: true,
        calls: true,
        units: true
    )
}
