import NATSClient

/// `nats object ls`, `info` and `watch`: show stores and what is in them.
enum ObjectListCommand {
    static let bucket = Argument.optional("bucket", "The bucket to act on")
    static let file = Argument.optional("file", "The object to show")
    static let names = Flag.toggle("names", short: "n", "Print names only")

    static let spec = CommandSpec(
        name: "ls",
        aliases: ["list"],
        help: "List buckets or contents of a specific bucket",
        arguments: [bucket.spec],
        flags: [names.spec],
        run: { invocation in
            if let name = invocation[bucket] {
                try await listObjects(of: name, invocation)
            } else {
                try await listStores(invocation)
            }
        }
    )

    static let infoSpec = CommandSpec(
        name: "info",
        aliases: ["show", "i"],
        help: "Show a bucket or an object",
        arguments: [ObjectCommand.bucket.spec, file.spec],
        run: { invocation in
            try await invocation.withStore { store in
                if let object = invocation[file] {
                    invocation.print(try await store.info(object))
                } else {
                    invocation.print(try await store.status())
                }
            }
        }
    )

    static let watchSpec = CommandSpec(
        name: "watch",
        help: "Show what happens in a bucket",
        arguments: [ObjectCommand.bucket.spec],
        run: { invocation in
            try await invocation.withStore { store in
                for try await update in store.watch() {
                    guard case .object(let info) = update else { continue }
                    let time = Humanized.time(info.modified)
                    invocation.console.print(
                        info.isDeleted
                            ? "[\(time)] DEL \(info.bucket) > \(info.name)"
                            : "[\(time)] PUT \(info.bucket) > \(info.name): \(Humanized.bytes(info.size)) bytes in "
                                + "\(Humanized.count(info.chunks)) chunks")
                }
            }
        }
    )

    private static func listObjects(of name: String, _ invocation: Invocation) async throws {
        let objects = try await invocation.withJetStream { try await $0.objectStore(name).list() }
        if invocation[names] {
            for object in objects {
                invocation.console.print(object.name)
            }
            return
        }
        guard !objects.isEmpty else {
            invocation.console.print("No entries found")
            return
        }
        var table = Table("Bucket Contents", header: ["Name", "Size", "Time"])
        for object in objects {
            table.add([object.name, Humanized.bytes(object.size), Humanized.time(object.modified)])
        }
        invocation.print(table)
    }

    private static func listStores(_ invocation: Invocation) async throws {
        let stores = try await invocation.withJetStream { try await $0.objectStores() }
        if invocation[names] {
            for name in stores.map(\.bucket).sorted() {
                invocation.console.print(name)
            }
            return
        }
        guard !stores.isEmpty else {
            invocation.console.print("No Object Store buckets found")
            return
        }
        var table = Table(
            "Object Store Buckets", header: ["Bucket", "Description", "Created", "Size", "Last Update"])
        for store in stores.sorted(by: { ($0.bytes, $0.bucket) < ($1.bytes, $1.bucket) }) {
            let info = store.streamInfo
            table.add([
                store.bucket, store.summary, Humanized.time(info.created), Humanized.bytes(store.bytes),
                Humanized.age(of: info.state.lastTime, at: info.timestamp),
            ])
        }
        invocation.print(table)
    }
}
