/// The `nats-server` command: what this binary is when it is started under that name.
package enum NATSServerMain {
    /// Runs the broker until it is told to stop.
    ///
    /// - Parameter arguments: the command line without the program's name.
    /// - Returns: the process's exit status.
    package static func run(arguments: [String]) async -> Int32 {
        70
    }
}
