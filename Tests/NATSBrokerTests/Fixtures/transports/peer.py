"""What every case needs: sockets with and without TLS, and texts in which two servers can be compared."""
import json
import re
import socket
import ssl
import sys

DEADLINE = 10
CONNECT = b'CONNECT {"verbose":false,"protocol":1,"headers":true}\r\nPING\r\n'
# Fields of INFO that differ from server to server and from run to run, or that only the real server has.
VOLATILE = ["server_id", "server_name", "go", "port", "client_id", "nonce", "git_commit", "xkey"]


class Target:
    """The server that a case is run against."""

    def __init__(self, arguments):
        self.port, self.http, self.websocket, self.folder = (
            int(arguments[0]), int(arguments[1]), int(arguments[2]), arguments[3])

    def file(self, name):
        return f"{self.folder}/{name}"

    def open(self, port=None):
        connection = socket.create_connection(("127.0.0.1", port or self.port), timeout=DEADLINE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def open_after_info(self):
        connection = self.open()
        line(connection)
        return connection

    def context(self, certificate=None, authority="ca", version=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.file(authority + ".pem"))
        if certificate:
            context.load_cert_chain(self.file(certificate + ".pem"), self.file(certificate + ".key"))
        if version:
            context.minimum_version = context.maximum_version = version
        return context

    def secure(self, connection, host="localhost", **options):
        return self.context(**options).wrap_socket(connection, server_hostname=host)


def masked(text):
    """INFO without what differs from server to server."""

    def replace(match):
        info = json.loads(match.group(1))
        for key in VOLATILE:
            info.pop(key, None)
        return "INFO " + json.dumps(info, sort_keys=True)

    return re.sub(r"INFO (\{.*?\}) ?(?=\r\n)", replace, text)


def failure(error):
    """An error by its kind, without what depends on chance or on the version of a library."""
    if isinstance(error, ssl.SSLError):
        return error.reason or type(error).__name__
    if isinstance(error, (ConnectionError, EOFError)):
        return "closed"
    return type(error).__name__


def read_until(connection, *ends):
    """What comes until one of `ends` is in it, or until the server closes."""
    data = b""
    while not any(end in data for end in ends):
        piece = connection.recv(65536)
        if not piece:
            return data + b"(closed)"
        data += piece
    return data


def line(connection):
    """One line, byte by byte, so that nothing behind it is taken."""
    data = b""
    while not data.endswith(b"\r\n"):
        piece = connection.recv(1)
        if not piece:
            return data + b"(closed)"
        data += piece
    return data


def talk(connection, data=CONNECT, *ends):
    """Sends, and reads the answer to a first PING with the INFO behind it, or until the end."""
    connection.sendall(data)
    return masked(read_until(connection, *(ends or (b"}" + b" \r\n", b"-ERR"))).decode())


def attempt(steps):
    """Runs the steps of a case, which append to a list; an error ends it."""
    seen = []
    try:
        steps(seen.append)
    except (OSError, EOFError) as error:
        seen.append(failure(error))
    return seen


class Cases:
    """The cases of a file, by the configuration that they run with."""

    def __init__(self):
        self.groups = {}

    def __call__(self, group, title):
        def register(function):
            self.groups.setdefault(group, {})[title] = function
            return function

        return register

    def main(self):
        if sys.argv[1] == "--list":
            print(json.dumps({group: sorted(cases) for group, cases in self.groups.items()}))
            return
        target = Target(sys.argv[2:])
        results = {}
        for title, function in self.groups.get(sys.argv[1], {}).items():
            results[title] = attempt(lambda see: function(target, see))
        print(json.dumps(results))
