import NATSClient

/// `nats object del`: removes an object or a store.
enum ObjectRemoveCommand {
    static let file = Argument.optional("file", "The object to delete; the whole bucket if missing")

    static let spec = CommandSpec(
        name: "del",
        aliases: ["rm"],
        help: "Delete a file or bucket from the store",
        arguments: [ObjectCommand.bucket.spec, file.spec],
        flags: [ObjectCommand.force.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let console = invocation.console
        try await invocation.withStore { store in
            guard let object = invocation[file] else {
                let question = "Delete bucket \(store.name) and all its files?"
                guard try invocation.confirm(question, unless: ObjectCommand.force) else {
                    console.print("Skipping delete")
                    return
                }
                try await store.stream.jetStream.deleteObjectStore(store.name)
                return
            }
            let info = try await store.info(object)
            let question = "Delete \(Humanized.bytes(info.size)) byte file \(store.name) > \(object)?"
            guard try invocation.confirm(question, unless: ObjectCommand.force) else {
                console.print("Skipping delete")
                return
            }
            try await store.delete(object)
            console.print("Removed \(store.name) > \(object)")
            invocation.print(try await store.status())
        }
    }
}
