import GoFormats
import NATSClient
import NIOCore

/// `nats object put` and `nats object get`: files into a store and out of it.
enum ObjectTransferCommand {
    static let file = Argument.optional("file", "The file to put; standard input if missing")
    static let object = Argument.required("file", "The object to get")
    static let name = Flag.text("name", "The object's name, if it is not the file's")
    static let description = Flag.text("description", "What the object is")
    static let header = Flag.texts("header", short: "H", "Adds a header to the object", placeholder: "K:V")
    static let chunkSize = Flag.unsigned("chunk-size", "How large chunks are, in bytes")
    static let progress = Flag.toggle("progress", "Show how far it is", isNegatable: true, default: true)
    static let output = Flag.text("output", short: "O", "The file to write, if it is not named as the object is")

    static let putSpec = CommandSpec(
        name: "put",
        help: "Put a file into the store",
        arguments: [ObjectCommand.bucket.spec, file.spec],
        flags: [
            name.spec, description.spec, header.spec, chunkSize.spec, progress.spec, ObjectCommand.force.spec,
        ],
        run: put
    )

    static let getSpec = CommandSpec(
        name: "get",
        help: "Get a file from the store",
        arguments: [ObjectCommand.bucket.spec, object.spec],
        flags: [output.spec, progress.spec, ObjectCommand.force.spec],
        run: get
    )

    @Sendable
    private static func put(_ invocation: Invocation) async throws {
        let path = invocation[file]
        guard let object = invocation[name] ?? path else {
            throw CommandError("--name is required when reading from stdin")
        }
        if let path, !FileSystem.isFile(path) {
            throw CommandError("cannot read \(path): there is no such file")
        }
        let console = invocation.console
        try await invocation.withStore { store in
            if !invocation[ObjectCommand.force], let existing = try await existing(object, store) {
                invocation.print(existing)
                console.print()
                let question = "Replace existing file \(store.name) > \(object)"
                guard try invocation.confirm(question, unless: ObjectCommand.force) else { return }
                console.print()
            }
            let metadata = ObjectMetadata(
                name: object,
                summary: invocation[description] ?? "",
                headers: try headers(invocation[header]),
                chunkSize: invocation[chunkSize]
            )
            let bytes = try path.map { try FileSystem.read($0) } ?? FileSystem.readAll(0, path: "standard input")
            let info = try await store.put(metadata, ByteBuffer(bytes: bytes))
            console.print()
            invocation.print(info)
        }
    }

    private static func headers(_ arguments: [String]) throws -> Headers {
        var headers = Headers()
        for argument in arguments {
            guard let colon = argument.firstIndex(of: ":") else {
                throw CommandError("invalid header \(GoText.quoted(argument)): use K:V")
            }
            headers.add(
                String(argument[..<colon]),
                String(argument[argument.index(after: colon)...].drop(while: \.isWhitespace)))
        }
        return headers
    }

    private static func existing(_ object: String, _ store: ObjectStore) async throws -> ObjectInfo? {
        do {
            return try await store.info(object)
        } catch let error where error.code == .objectNotFound {
            return nil
        }
    }

    @Sendable
    private static func get(_ invocation: Invocation) async throws {
        let object = invocation[object]
        try await invocation.withStore { store in
            let reader = try await store.get(object)
            let own = object.split(separator: "/").last.map(String.init) ?? object
            let target = FileSystem.absolute(invocation[output] ?? own)
            if FileSystem.isFile(target) {
                let question = "Replace existing target file \(target)"
                guard try invocation.confirm(question, unless: ObjectCommand.force) else { return }
            }
            let start = ContinuousClock.now
            let bytes = try await reader.collect()
            try FileSystem.replace(target, with: Array(bytes.readableBytesView), mode: 0o644)
            let elapsed = ContinuousClock.now - start
            var line =
                "Wrote: \(Humanized.bytes(bytes.readableBytes)) to \(target) in \(CommandDuration.humanized(elapsed))"
            if elapsed > .seconds(2) {
                line += " average \(Humanized.bytes(Int(Double(bytes.readableBytes) / (elapsed / .seconds(1)))))/s"
            }
            invocation.console.print(line)
        }
    }
}
