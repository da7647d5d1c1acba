import GoFormats
import NATSClient

/// Headers as `-H "Name: value"` gives them.
enum HeaderArguments {
    /// Reads the flags' values; actions in them are filled in.
    ///
    /// - Throws: ``CommandError`` for one without a colon, or with a bad action.
    static func headers(_ arguments: [String], template: MessageTemplate) throws(CommandError) -> Headers {
        var headers = Headers()
        for argument in arguments {
            guard let colon = argument.firstIndex(of: ":") else {
                throw CommandError("invalid header \(GoText.quoted(argument))")
            }
            let name = argument[..<colon]
            do {
                let value = try template.expand(trimmed(argument[argument.index(after: colon)...]))
                headers.add(trimmed(name), value)
            } catch {
                throw CommandError("failed to parse Header template for \(name): \(error)")
            }
        }
        return headers
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
