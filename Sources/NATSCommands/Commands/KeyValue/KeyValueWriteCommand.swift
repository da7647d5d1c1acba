import NATSClient
import NIOCore

/// `nats kv put`, `create`, `update` and `revert`: give keys values.
enum KeyValueWriteCommand {
    static let value = Argument.optional("value", "The value; read from standard input if missing")
    static let newValue = Argument.required("value", "The value")
    static let revision = Argument.required("revision", "The revision that the key must have")
    static let oldRevision = Argument.required("revision", "The revision to go back to")
    static let lifetime = Flag.duration("ttl", "How long the value is kept", placeholder: "DURATION")

    static let putSpec = CommandSpec(
        name: "put",
        help: "Put a value into a key",
        arguments: [KeyValueCommand.bucket.spec, KeyValueCommand.key.spec, value.spec],
        run: { invocation in
            try await write(invocation) { bucket, bytes in
                try await bucket.put(invocation[KeyValueCommand.key], bytes)
            }
        }
    )

    static let createSpec = CommandSpec(
        name: "create",
        help: "Put a value into a key that is new or deleted",
        arguments: [KeyValueCommand.bucket.spec, KeyValueCommand.key.spec, value.spec],
        flags: [lifetime.spec],
        run: { invocation in
            try await write(invocation) { bucket, bytes in
                try await bucket.create(
                    invocation[KeyValueCommand.key], bytes, timeToLive: invocation[lifetime])
            }
        }
    )

    static let updateSpec = CommandSpec(
        name: "update",
        help: "Put a value into a key that has the given revision",
        arguments: [KeyValueCommand.bucket.spec, KeyValueCommand.key.spec, newValue.spec, revision.spec],
        run: { invocation in
            let number = try number(invocation[revision])
            let text = invocation[newValue]
            _ = try await invocation.withBucket {
                try await $0.update(invocation[KeyValueCommand.key], text, revision: number)
            }
            invocation.console.print(text)
        }
    )

    static let revertSpec = CommandSpec(
        name: "revert",
        help: "Put a former value back into a key",
        arguments: [KeyValueCommand.bucket.spec, KeyValueCommand.key.spec, oldRevision.spec],
        flags: [KeyValueCommand.force.spec],
        run: revert
    )

    private static func write(
        _ invocation: Invocation,
        _ body: (KeyValueBucket, ByteBuffer) async throws -> Int
    ) async throws {
        let text = invocation[value] ?? ""
        // The bucket is looked for first: nobody wants to type a value for none.
        try await invocation.withBucket { bucket in
            let bytes =
                text.isEmpty && !Prompt.isPossible(invocation.console)
                ? try FileSystem.readAll(0, path: "standard input") : Array(text.utf8)
            _ = try await body(bucket, ByteBuffer(bytes: bytes))
        }
        invocation.console.print(text)
    }

    @Sendable
    private static func revert(_ invocation: Invocation) async throws {
        let (key, number) = (invocation[KeyValueCommand.key], try number(invocation[oldRevision]))
        try await invocation.withBucket { bucket in
            let history = try await bucket.history(key)
            guard history.count > 1, let last = history.last else {
                throw CommandError("cannot revert key in a bucket where history=1")
            }
            let former = try await bucket.get(key, revision: number)
            if !invocation[KeyValueCommand.force] {
                invocation.console.print("Revision: \(former.revision)\n\n\(Invocation.shortened(former))\n")
            }
            let question = "Really revert to revision \(number)"
            guard try invocation.confirm(question, unless: KeyValueCommand.force) else { return }
            try await bucket.update(key, former.value, revision: last.revision)
            invocation.print(KeyValueReadCommand.table(try await bucket.history(key), bucket.name, key))
        }
    }

    private static func number(_ text: String) throws -> Int {
        guard let number = GoNumber.unsigned(text) else {
            throw CommandError("invalid value \(text) for argument 'revision': expected a whole number")
        }
        return number
    }
}
