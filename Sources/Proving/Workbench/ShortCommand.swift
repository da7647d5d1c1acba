#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs a short helper command to its end.
package enum ShortCommand {
    /// Runs the program called `name`, as a shell would find it.
    ///
    /// - Returns: the exit status and what was printed on either stream; nil where there is no such program.
    package static func run(named name: String, _ arguments: [String]) -> (status: Int, output: String)? {
        ExecutableSearch.find(name).flatMap { try? run($0, arguments) }
    }

    /// Returns the exit status and what was printed on either stream.
    ///
    /// - Parameters:
    ///   - name: the name under which it is started; its path by default.
    ///   - environment: variables beside `PATH` and `LANG`.
    package static func run(
        _ path: String, _ arguments: [String], called name: String? = nil, environment: [String: String] = [:]
    ) throws -> (status: Int, output: String) {
        let pipe = try Descriptor.pipe()
        let null = try Descriptor.open("/dev/null", O_RDONLY)
        defer { for descriptor in [pipe.read, null] { Descriptor.close(descriptor) } }
        let process: pid_t
        do {
            defer { Descriptor.close(pipe.write) }
            process = try ChildProcess.spawn(
                path,
                arguments: arguments,
                called: name,
                environment: ["PATH": ExecutableSearch.systemPath.joined(separator: ":"), "LANG": "C.UTF-8"]
                    .merging(environment) { _, other in other },
                descriptors: [0: null, 1: pipe.write, 2: pipe.write]
            )
        }
        var output: [UInt8] = []
        while let chunk = try Descriptor.read(pipe.read, upTo: 1 << 16), !chunk.isEmpty {
            output += chunk
        }
        return (ChildProcess.wait(for: process), String(decoding: output, as: UTF8.self))
    }
}
