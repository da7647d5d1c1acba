import Crypto
import JetStream

/// `meta.json`: a JSON document on the first line, and its checksum on the second; then both once more, so that a file that is
/// broken somewhere costs nothing.
enum MetadataFile {
    /// Writes the document, so that whoever reads finds the old one or the new one.
    static func write(_ document: [UInt8], to path: String, _ files: any StoreFileSystem) throws(StoreError) {
        let copy = document + "\n\(checksum(document))\n".utf8
        try files.replace(path, with: copy + copy)
    }

    /// - Parameter report: told where one of the copies is broken; it is written anew.
    /// - Returns: nil where there is no such file.
    /// - Throws: ``StoreError/corrupt(path:offset:reason:)`` where no copy is what was written.
    static func read(
        _ path: String, _ files: any StoreFileSystem, report: (StoreReport) -> Void
    ) throws(StoreError) -> [UInt8]? {
        guard let bytes = try files.contents(of: path) else { return nil }
        let middle = bytes.count / 2
        let copies = [document(in: bytes[..<middle]), document(in: bytes[middle...])]
        guard let found = copies[0] ?? copies[1] else {
            throw .corrupt(path: path, offset: 0, reason: "its checksum does not fit")
        }
        if copies.contains(nil) {
            report(.mended(path: path, offset: copies[0] == nil ? 0 : middle))
            do throws(StoreError) {
                try write(found, to: path, files)
            } catch {
                report(.postponed(path: path, error: error))
            }
        }
        return found
    }

    private static func document(in copy: ArraySlice<UInt8>) -> [UInt8]? {
        let lines = copy.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2, lines[1].elementsEqual("\(checksum(lines[0]))\n".utf8) else { return nil }
        return Array(lines[0])
    }

    private static func checksum(_ document: some Sequence<UInt8>) -> String {
        SHA256.hash(data: Array(document)).prefix(16).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}

/// Names of accounts, streams and consumers as names of directories.
enum FolderName {
    /// A name that is one component of a path: a slash, a percent sign, a null byte and a dot at the beginning are written as
    /// `%2F` and so on.
    static func escaped(_ name: String) -> String {
        var text = ""
        for (index, scalar) in name.unicodeScalars.enumerated() {
            if scalar == "/" || scalar == "%" || scalar.value == 0 || (scalar == "." && index == 0) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                text += "%" + String(repeating: "0", count: 2 - digits.count) + digits
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The name that ``escaped(_:)`` made `text` of; nil where it made none such.
    static func unescaped(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        let name = String(decoding: bytes, as: UTF8.self)
        return escaped(name) == text ? name : nil
    }
}
