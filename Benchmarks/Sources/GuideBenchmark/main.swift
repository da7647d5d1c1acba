import Foundation

// GuideBenchmark [LAUNCHPAD [ROUNDS]]   measures; LAUNCHPAD is the built executable, ../.build/release/launchpad by default
// GuideBenchmark --parse FOLDER THREADS   is what is measured as "libcmark alone"
// GuideBenchmark --write FOLDER   writes the guides and stops, for profiling

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "--parse" {
    let bytes = try Parsing.run(arguments[2], threads: Int(arguments[3]) ?? 1)
    print("\(bytes) bytes")
    exit(0)
}

/// Writes 1,000 guides into `folder` and returns the number of bytes.
func writeGuides(_ folder: String) throws -> Int {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try (0..<1000).reduce(0) { size, number in
        let text = GuideCorpus.guide(number)
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/guide-\(number).md"))
        return size + text.utf8.count
    }
}

if arguments.count == 3, arguments[1] == "--write" {
    _ = try writeGuides(arguments[2])
    exit(0)
}

let launchpad = arguments.count > 1 ? arguments[1] : "../.build/release/launchpad"
guard FileManager.default.isExecutableFile(atPath: launchpad) else {
    FileHandle.standardError.write(Data("no executable at \(launchpad): build it first, as README.md says\n".utf8))
    exit(64)
}

guard let rounds = arguments.count > 2 ? Int(arguments[2]) : 9, rounds > 0 else {
    FileHandle.standardError.write(Data("the number of rounds must be 1 or more, not \(arguments[2])\n".utf8))
    exit(64)
}

let root = FileManager.default.temporaryDirectory.path + "/guide-benchmark-\(getpid())"
let docs = root + "/docs"
var status: Int32 = 1
do {
    let size = try writeGuides(docs)
    print("1000 guides, \(size / 1000) bytes each; \(ProcessInfo.processInfo.activeProcessorCount) processors")
    let report = Report(launchpad: launchpad, root: root, docs: docs, own: arguments[0], rounds: rounds)
    status = try report.run() ? 0 : 1
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
}
try? FileManager.default.removeItem(atPath: root)
exit(status)
