import Testing

@testable import Proving

@Suite("Files of the machine that commands name")
struct MachineFilesTests {
    @Test(
        "are found wherever a shell may have them, and what is written or no path is none",
        arguments: [
            ("cat /usr/share/x \"/opt/a b\" </etc/hosts", ["/usr/share/x", "/opt/a", "/etc/hosts"]),
            ("tool --config=/etc/x.conf -v /srv/data:/data,ro", ["/etc/x.conf", "/srv/data", "/data"]),
            ("curl -d @/opt/body http://localhost/healthz//", ["/opt/body"]),
            ("echo x >/opt/out 2> /opt/err; echo y >> /opt/log", []),
            ("sed 's/a/b/' ops/nats.conf ../up ./own /", []),
            ("$(/usr/local/bin/tool)\n/opt/run", ["/usr/local/bin/tool", "/opt/run"]),
        ]
    )
    func paths(text: String, expected: [String]) {
        #expect(MachineFiles.paths(in: text) == Set(expected))
    }
}
