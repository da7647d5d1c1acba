import Testing

@testable import Proving

@Suite("Words that stand where a command's name stands")
struct CommandWordsTests {
    @Test(
        "are found in pipes, lists, substitutions and behind what precedes a command",
        arguments: [
            ("curl -s http://localhost | jq .name", ["curl", "jq"]),
            ("A=1 B=2 timeout 5 nats pub a b && sed -n 1p", ["timeout", "nats", "sed"]),
            ("echo \"$(date)\" \"`uname`\"", ["date", "uname"]),
            ("if grep -q x file; then rm file; fi", ["grep", "rm"]),
            ("printf 'curl' # and wget\nls", ["ls"]),
            ("./own.sh; cd ops; /usr/bin/env python3 x", []),
            ("(umask 077; openssl rand 8) > key", ["openssl"]),
        ]
    )
    func names(text: String, expected: [String]) {
        #expect(CommandWords.names(in: text) == Set(expected))
    }
}
