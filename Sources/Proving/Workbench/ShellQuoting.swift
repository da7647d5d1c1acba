/// Text as a word of a shell.
package enum ShellQuoting {
    /// `'text'`, for any POSIX shell.
    package static func word(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// `$'text'` on a single line, for bash.
    static func line(_ text: String) -> String {
        var quoted: [UInt8] = Array("$'".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): quoted += Array(#"\n"#.utf8)
            case UInt8(ascii: "\r"): quoted += Array(#"\r"#.utf8)
            case UInt8(ascii: "'"): quoted += Array(#"\'"#.utf8)
            case UInt8(ascii: "\\"): quoted += Array(#"\\"#.utf8)
            default: quoted.append(byte)
            }
        }
        return String(decoding: quoted + Array("'".utf8), as: UTF8.self)
    }
}
