/// Builds the tree of values from the tokens of one file, following its includes and variables.
///
/// It keeps a stack of open maps and arrays and a stack of keys that wait for a value, as nats-server does, because some
/// malformed files are accepted and mean what those stacks make of them (`a { b: }` sets `b` beside `a`).
struct ConfigParser {
    /// An open map or array.
    struct Frame {
        var isArray: Bool
        var map = ConfigMap()
        var array: [ConfigValue] = []
    }

    /// A key that waits for its value.
    private struct PendingKey {
        var name: String
        var position: ConfigPosition
    }

    /// How deep maps and arrays may nest. nats-server has no limit; no real file comes near this one.
    static let deepestNesting = 500
    /// How many files may include each other in a row. nats-server recurses until it is killed.
    static let deepestInclude = 50

    private var lexer: ConfigLexer
    let file: String
    let source: ConfigSource
    private let includeDepth: Int
    /// The variables whose environment values are being parsed, to find cycles.
    let environmentReferences: Set<String>
    private var keys: [PendingKey] = []
    var frames = [Frame(isArray: false)]

    init(
        _ bytes: [UInt8],
        file: String,
        source: ConfigSource,
        includeDepth: Int = 0,
        environmentReferences: Set<String> = []
    ) {
        lexer = ConfigLexer(bytes)
        self.file = file
        self.source = source
        self.includeDepth = includeDepth
        self.environmentReferences = environmentReferences
    }

    /// The fields of the whole file.
    mutating func parse() throws(ConfigProblem) -> ConfigMap {
        var previous = ConfigLexer.TokenKind.end
        var previousText = ""
        while true {
            let token = lexer.next()
            if token.kind == .end {
                // A last closing brace is lexed as a key; JSON ends with one.
                if previous == .key, previousText != "}" {
                    let place = position(of: token)
                    throw problem("config is invalid (\(place))", at: place)
                }
                break
            }
            (previous, previousText) = (token.kind, token.text)
            try process(token)
        }
        return frames[0].map
    }

    private mutating func process(_ token: ConfigLexer.Token) throws(ConfigProblem) {
        let place = position(of: token)
        switch token.kind {
        case .failure:
            throw problem("Parse error on line \(token.line): '\(token.text)'", at: place)
        case .key:
            keys.append(PendingKey(name: token.text, position: place))
        case .mapStart:
            try open(Frame(isArray: false), at: place)
        case .arrayStart:
            try open(Frame(isArray: true), at: place)
        case .mapEnd:
            set(ConfigValue(.map(try close(at: place).map), at: place), at: place)
        case .arrayEnd:
            set(ConfigValue(.array(try close(at: place).array), at: place), at: place)
        case .string:
            set(ConfigValue(.string(token.text), at: place), at: place)
        case .bool:
            let truth = ["true", "yes", "on"].contains(token.text.lowercased())
            set(ConfigValue(.bool(truth), at: place), at: place)
        case .integer:
            if let number = try integer(token.text, at: place) {
                set(ConfigValue(.integer(number), at: place), at: place)
            }
        case .float:
            set(ConfigValue(.float(try float(token.text, at: place)), at: place), at: place)
        case .datetime:
            guard let moment = ConfigDateTime(zulu: token.text) else {
                throw problem("expected Zulu formatted DateTime, but got '\(token.text)'", at: place)
            }
            set(ConfigValue(.datetime(moment), at: place), at: place)
        case .variable:
            var value = try variable(token.text, line: token.line, at: place)
            value.position = place
            set(value, at: place)
        case .include:
            try include(token.text, at: place)
        case .end:
            break
        }
    }

    // MARK: The stacks

    private mutating func open(_ frame: Frame, at place: ConfigPosition) throws(ConfigProblem) {
        guard frames.count < Self.deepestNesting else {
            throw problem("maps and arrays are nested deeper than \(Self.deepestNesting) levels", at: place)
        }
        frames.append(frame)
    }

    private mutating func close(at place: ConfigPosition) throws(ConfigProblem) -> Frame {
        guard frames.count > 1, let frame = frames.popLast() else {
            throw problem("config is invalid (\(place))", at: place)
        }
        return frame
    }

    /// Adds a value to the innermost open array or map.
    private mutating func set(_ value: ConfigValue, at place: ConfigPosition) {
        let last = frames.count - 1
        if frames[last].isArray {
            frames[last].array.append(value)
        } else if let key = keys.popLast() {
            frames[last].map.set(ConfigMap.Field(key: key.name, keyPosition: key.position, value: value))
        }
    }

    // MARK: include

    private mutating func include(_ path: String, at place: ConfigPosition) throws(ConfigProblem) {
        let joined = joinedPath(directory(of: file), path)
        guard includeDepth < Self.deepestInclude else {
            throw problem(
                "error parsing include file '\(path)', \(joined): "
                    + "files include each other more than \(Self.deepestInclude) deep",
                at: place
            )
        }
        let bytes: [UInt8]
        do {
            bytes = try source.read(joined)
        } catch {
            throw problem("error parsing include file '\(path)', \(error.message)", at: place)
        }
        var parser = ConfigParser(bytes, file: joined, source: source, includeDepth: includeDepth + 1)
        let included: ConfigMap
        do {
            included = try parser.parse()
        } catch {
            throw problem("error parsing include file '\(path)', \(error.message)", at: error.position ?? place)
        }
        for field in included.fields {
            frames[frames.count - 1].map.set(field)
        }
    }

    func position(of token: ConfigLexer.Token) -> ConfigPosition {
        ConfigPosition(file: file, line: token.line, column: token.column)
    }

    func problem(_ message: String, at place: ConfigPosition) -> ConfigProblem {
        ConfigProblem(message, at: place, leadsWithPosition: false)
    }
}
