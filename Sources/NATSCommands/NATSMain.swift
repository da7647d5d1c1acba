/// The `nats` command: what this binary is when it is started under that name.
package enum NATSMain {
    /// Runs one `nats` command.
    ///
    /// - Parameter arguments: the command line without the program's name.
    /// - Returns: the process's exit status.
    package static func run(arguments: [String]) async -> Int32 {
        70
    }
}
