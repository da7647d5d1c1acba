/// Guides like the ones that people write, the same bytes on every run: prose with links and emphasis, lists, a table, an
/// alert, transcripts, and blocks that become files.
struct GuideCorpus {
    /// How many bytes a guide has, at least.
    static let size = 10_000

    /// The text of guide `number`.
    static func guide(_ number: Int) -> String {
        var text = """
            ---
            title: Guide number \(number)
            description: What a reader of guide \(number) learns, in one sentence.
            order: \(number)
            tags: [benchmark, guide]
            ---

            # Guide number \(number)

            > [!NOTE]
            > Every command on this page was run against the files that it shows.


            """
        var section = 0
        while text.utf8.count < size {
            section += 1
            text += prose(number, section)
            switch section % 4 {
            case 1: text += file(number, section)
            case 2: text += transcript(number, section)
            case 3: text += table(section)
            default: text += sample(section)
            }
        }
        return text
    }

    private static func prose(_ number: Int, _ section: Int) -> String {
        """
        ## Section \(section): limits and *what they mean*

        A server of size **\(section * 16)** holds what `max_payload` says, and [the next guide](guide-\(number + 1).md)
        tells how to change it. Nothing here depends on the machine: see <https://docs.nats.io/> for each option, and
        `nats-server --help` for its flags. When a limit is hit, the client gets an error & the server a line in its log.

        - First, look at the log: it names the *account*, the subject and the limit.
        - Then compare it with the file below, line by line.
          1. A number without a unit counts bytes.
          2. `64KB`, `1MB` and `2GB` are what they look like.
        - At last reload the server: `nats-server --signal reload`.


        """
    }

    private static func file(_ number: Int, _ section: Int) -> String {
        let limits = (1...12).map { "  limit_\(section)_\($0): \($0 * 1024)  # of \(number)" }.joined(separator: "\n")
        return """
            ```conf file=ops/generated/guide-\(number).conf part=section-\(section)
            section_\(section) {
            \(limits)
            }
            ```


            """
    }

    private static func transcript(_ number: Int, _ section: Int) -> String {
        """
        ```console name=publish-\(section) timeout=10s
        $ nats --server nats://localhost:4222 pub orders.\(number).\(section) "hello"
        12:00:00 Published 5 bytes to "orders.\(number).\(section)"
        $ nats --server nats://localhost:4222 rtt
        nats://localhost:4222:

           nats://127.0.0.1:4222: [..]
        ```


        """
    }

    private static func table(_ section: Int) -> String {
        """
        | Option | Default | Meaning |
        |---|---:|---|
        | `max_payload` | 1MB | the largest message, **headers** included |
        | `max_connections` | 65536 | clients at once, per server |
        | `write_deadline` | 10s | how long a slow client may hold up section \(section) |


        """
    }

    private static func sample(_ section: Int) -> String {
        """
        ```kotlin title="Connect"
        val connection = Nats.connect("nats://localhost:4222")
        connection.publish("orders.\(section)", "hello".toByteArray())
        connection.close()
        ```


        """
    }
}
