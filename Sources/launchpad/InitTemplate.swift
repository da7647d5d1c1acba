/// The files of a new project.
enum InitTemplate {
    /// What Launchpad remembers, and what it builds.
    static let ignored = ["/.launchpad/", "/site/public/"]

    static func configuration(title: String) -> String {
        let quoted = title.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return """
            # What launchpad knows of this project. Every key may be left out.
            title: "\(quoted)"
            description: Guides whose examples are proven to work

            """
    }

    static let guide = """
        ---
        title: Run a NATS server
        description: Start a server with a configuration of your own, and send it a message.
        order: 10
        ---

        # Run a NATS server

        This page is a guide that is proven: the file below is written to `ops/nats.conf`, the commands are run in a sandbox,
        and what they print is compared with what stands here. Change it, and see what `launchpad check` says.

        ## Configure it

        A block that names a file becomes that file.

        ```conf file=ops/nats.conf
        server_name: hello
        port: 4222
        max_payload: 64KB
        ```

        ## Start it

        A command that stays runs in the background until the guide ends.

        ```console name=server serve ready=tcp:4222
        $ nats-server -c ops/nats.conf -a 127.0.0.1
        ```

        ## Send a message

        In another terminal. `[at:time]` stands for any time; everything else is printed as it is shown.

        ```console name=publish needs=server session=second
        $ nats pub greetings 'hello, world'
        [at:time] Published 12 bytes to "greetings"
        ```

        ## See a limit at work

        `exit=1` says that this command is expected to fail: the server takes no message of more than 64 KB.

        ```console name=too-large exit=1 needs=server session=second
        $ nats pub greetings "$(head -c 65537 /dev/zero | tr '\\0' x)"
        nats: error: nats: maximum payload exceeded
        ```

        """
}
