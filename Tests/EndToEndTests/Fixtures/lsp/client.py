"""An editor's session with `launchpad lsp` over standard input and output, after the Language Server Protocol 3.17.

Usage: client.py LAUNCHPAD PROJECT. Fails with a traceback where an answer is another one than an editor expects.
"""

import json
import pathlib
import subprocess
import sys
import urllib.parse

launchpad, project = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()


class Server:
    def __init__(self):
        self.process = subprocess.Popen(
            [launchpad, "lsp", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/"
        )
        self.number = 0
        self.diagnostics = {}
        self.messages = []

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self):
        length = None
        while line := self.process.stdout.readline().strip():
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        assert length is not None, "the server hung up"
        message = json.loads(self.process.stdout.read(length))
        assert message["jsonrpc"] == "2.0"
        return message

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def handle(self, message):
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        else:
            self.messages.append(message)

    def request(self, method, params, fails=False):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while (message := self.receive()).get("id") != self.number:
            self.handle(message)
        assert ("error" in message) == fails, message
        return message["error"] if fails else message["result"]


def uri(path):
    return "file://" + urllib.parse.quote(str(project / path))


def place(path, text, needle, offset=0, nth=0):
    """The position of a text in a document, in UTF-16 units."""
    lines = text.split("\n")
    found = [(number, line.index(needle)) for number, line in enumerate(lines) if needle in line]
    line, column = found[nth]
    units = len(lines[line][: column + offset].encode("utf-16-le")) // 2
    return {"textDocument": {"uri": uri(path)}, "position": {"line": line, "character": units}}


server = Server()
guide = "docs/shop.md"
text = (project / guide).read_text()
lines = text.split("\n")

# Nothing is answered before the session begins.
assert server.request("textDocument/hover", {}, fails=True)["code"] == -32002
capabilities = server.request(
    "initialize",
    {
        "processId": None,
        "rootUri": uri("."),
        "capabilities": {"workspace": {"codeLens": {"refreshSupport": True}}},
    },
)["capabilities"]
assert capabilities["positionEncoding"] == "utf-16"
assert capabilities["executeCommandProvider"]["commands"] == ["launchpad.run"]
server.notify("initialized", {})
server.notify(
    "textDocument/didOpen",
    {"textDocument": {"uri": uri(guide), "languageId": "markdown", "version": 1, "text": text}},
)

# A guide without mistakes; its file is not written yet, which is drift.
lenses = server.request("textDocument/codeLens", {"textDocument": {"uri": uri(guide)}})
assert [lens["command"]["title"] for lens in lenses] == ["run", "run", "run"], lenses
assert [entry["code"] for entry in server.diagnostics[uri(guide)]] == ["drift"], server.diagnostics
subprocess.run([launchpad, "tangle"], cwd=project, check=True, stdout=subprocess.DEVNULL)
server.notify("textDocument/didSave", {"textDocument": {"uri": uri(guide)}})


def change(new):
    server.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": uri(guide), "version": 2}, "contentChanges": [{"text": new}]},
    )
    # An answer comes after the diagnostics of what was changed before it.
    server.request("textDocument/codeLens", {"textDocument": {"uri": uri(guide)}})
    return server.diagnostics[uri(guide)]


assert change(text) == []

# Diagnostics: a fence, with the place in UTF-16 units, which is told while it is typed and not saved.
broken = text.replace("part=limits", 'title="ü𝄞" prat=limits')
(mistake,) = [entry for entry in change(broken) if entry["code"] == "unknown-attribute"]
assert mistake["severity"] == 1 and mistake["source"] == "launchpad"
assert 'did you mean "part"?' in mistake["message"]
line = broken.split("\n")[mistake["range"]["start"]["line"]]
start, end = (mistake["range"][side]["character"] * 2 for side in ("start", "end"))
assert line.encode("utf-16-le")[start:end].decode("utf-16-le") == "prat", line

# Diagnostics: a mistake in a fence hides no broken link.
both = [entry["code"] for entry in change(broken + "\nSee [there](nowhere.md).\n")]
assert {"broken-link", "unknown-attribute"} <= set(both), both

# Edits of ranges, each after the one before it, in UTF-16 units.
assert change("# T 𝄞\r\n\r\nend\r\n") is not None
server.notify(
    "textDocument/didChange",
    {
        "textDocument": {"uri": uri(guide), "version": 3},
        "contentChanges": [
            {"range": {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 6}}, "text": "x"},
            {"range": {"start": {"line": 2, "character": 0}, "end": {"line": 9, "character": 0}}, "text": "[a"},
            {"range": {"start": {"line": 2, "character": 2}, "end": {"line": 2, "character": 2}}, "text": "](b.md)"},
        ],
    },
)
server.request("textDocument/codeLens", {"textDocument": {"uri": uri(guide)}})
(link,) = [entry for entry in server.diagnostics[uri(guide)] if entry["code"] == "broken-link"]
assert link["range"] == {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 9}}, link

# Diagnostics: a link that leads nowhere, and an edit that the file does not have yet.
(link,) = change(text + "\nSee [there](nowhere.md).\n")
assert link["code"] == "broken-link", link
(drift,) = change(text.replace("max_payload: 64KB", "max_payload: 65KB"))
assert drift["code"] == "drift" and drift["severity"] == 2, drift
assert change(text) == []

# Completion: languages, attributes, values, and nothing where no fence begins.
def complete(typed):
    new = text + "\n" + typed
    change(new)
    line = len(new.split("\n")) - 1
    position = {"line": line, "character": len(typed)}
    items = server.request("textDocument/completion", {"textDocument": {"uri": uri(guide)}, "position": position})
    return None if items is None else [item["label"] for item in items]


assert complete("```") [:2] == ["console", "sh"]
assert {"name", "serve", "ready", "needs", "file"} <= set(complete("```console "))
assert "name" not in complete("```console name=a ") and "part" not in complete("```console name=a ")
assert {"part", "mode"} <= set(complete("```conf file=ops/x.conf "))
assert complete("```console match=") == ["exact", "regex", "json", "unordered", "contains"]
assert complete("```console needs=") == ["server", "order", "total"]
assert complete("```text expect=") == ["total"]
assert complete("plain text ") is None
change(text)

# Definition: from the guide to the file and back, and from a name to its block.
there = server.request("textDocument/definition", place(guide, text, "max_payload"))
assert there["uri"] == uri("ops/shop.conf"), there
file_text = (project / "ops/shop.conf").read_text()
assert "max_payload" in file_text.split("\n")[there["range"]["start"]["line"]]
back = server.request("textDocument/definition", place("ops/shop.conf", file_text, "max_payload"))
assert back["uri"] == uri(guide) and "max_payload" in lines[back["range"]["start"]["line"]], back
needed = server.request("textDocument/definition", place(guide, text, "needs=server", 8))
assert "name=server" in lines[needed["range"]["start"]["line"]], needed

# Hover: an attribute, a file, a block that was never run.
def hover(needle, **where):
    return server.request("textDocument/hover", place(guide, text, needle, **where))["contents"]["value"]


assert "http:URL" in hover("ready=", offset=2)
assert "as this guide says" in hover("max_payload")
assert "has never been run" in hover("$ nats pub")

# Running a block, with the services before it: the proof is in lens, hover and message.
command = server.request("textDocument/codeLens", {"textDocument": {"uri": uri(guide)}})[1]["command"]
result = server.request("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})
assert result == {"state": "passed"}, (result, server.messages)
shown = [m["params"] for m in server.messages if m.get("method") == "window/showMessage"]
assert shown == [{"type": 3, "message": "order passed"}], shown
assert any(m.get("method") == "workspace/codeLens/refresh" for m in server.messages)
titles = [
    lens["command"]["title"]
    for lens in server.request("textDocument/codeLens", {"textDocument": {"uri": uri(guide)}})
]
assert titles == ["run (passed)", "run (passed)", "run"], titles
assert "**order** passed, run from the editor" in hover("$ nats pub")
assert "Published 8 bytes" in hover("$ nats pub")

# A block that fails is a diagnostic at the line that differs, until it is changed.
wrong = text.replace("Published 8 bytes", "Published 9 bytes")
change(wrong)
result = server.request("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})
assert result == {"state": "failed"}
(failure,) = server.diagnostics[uri(guide)]
assert failure["code"] == "check-failed"
assert "Published 9 bytes" in wrong.split("\n")[failure["range"]["start"]["line"]]
assert change(text) == []

# The ledger of launchpad check is shown as well; one of before the last change is stale.
subprocess.run([launchpad, "check"], cwd=project, check=True, stdout=subprocess.DEVNULL)
assert "**total** passed" in hover("echo $((1 + 2))") and "Stale" not in hover("echo $((1 + 2))")
change(text.replace("echo $((1 + 2))", "echo $((2 + 1))"))
moved = text.replace("echo $((1 + 2))", "echo $((2 + 1))")
stale = server.request("textDocument/hover", place(guide, moved, "echo $((2 + 1))"))["contents"]["value"]
assert "**Stale**" in stale, stale

# While a block runs the editor is served, and a run can be cancelled.
long = text.replace("echo $((1 + 2))", "sleep 60")
change(long)
server.number += 1
running = server.number
arguments = [uri(guide), "total"]
server.send({"id": running, "method": "workspace/executeCommand", "params": {"command": "launchpad.run", "arguments": arguments}})
assert server.request("textDocument/hover", place(guide, long, "sleep 60")) is not None
server.notify("$/cancelRequest", {"id": running})
server.request("textDocument/codeLens", {"textDocument": {"uri": uri(guide)}})
(cancelled,) = [message for message in server.messages if message.get("id") == running]
assert cancelled["error"]["code"] == -32800, cancelled

# What is no message, what is not there, and the end.
for body, code in [(b"{bad}", -32700), (b"[1]", -32600)]:
    server.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    server.process.stdin.flush()
    server.request("textDocument/codeLens", {"textDocument": {"uri": uri(guide)}})
    assert server.messages[-1]["id"] is None and server.messages[-1]["error"]["code"] == code, server.messages[-1]
server.notify("$/setTrace", {"value": "verbose"})
outside = {"textDocument": {"uri": "file:///etc/passwd"}, "position": {"line": 0, "character": 0}}
assert server.request("textDocument/hover", outside) is None
assert server.request("initialize", {}, fails=True)["code"] == -32600
assert server.request("textDocument/rename", {}, fails=True)["code"] == -32601
wrong_block = {"command": "launchpad.run", "arguments": [uri(guide), "nothing"]}
assert server.request("workspace/executeCommand", wrong_block, fails=True)["code"] == -32602
assert server.request("shutdown", None) is None
assert server.request("textDocument/hover", {}, fails=True)["code"] == -32600
server.notify("exit", None)
assert server.process.wait() == 0
print("the session went as an editor expects")
