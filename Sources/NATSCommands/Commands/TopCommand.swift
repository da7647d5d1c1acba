/// `nats top`: a screen that shows a server's connections while they work.
enum TopCommand {
    static let name = Argument.optional("name", "The server to watch")
    static let interval = Flag.integer("interval", short: "d", "Seconds between two looks", default: 1)
    static let count = Flag.integer("conns", short: "n", "How many connections to show", default: 1024)
    static let sort = Flag.text("sort", "Order of the connections", default: "cid")
    static let host = Flag.text("host", "Only this server")

    static let spec = CommandSpec(
        name: "top",
        help: "Top-like display of a server's connections",
        arguments: [name.spec],
        flags: [interval.spec, count.spec, sort.spec, host.spec],
        run: { invocation in
            guard Prompt.isPossible(invocation.console) else {
                throw CommandError("top requires a valid terminal; use \"nats server report connections\" instead")
            }
            throw CommandError(
                "top is not built into this tool: use \"nats server report connections --watch 1\", or use natscli itself"
            )
        }
    )
}
