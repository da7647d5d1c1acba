"""HTTPS, WebSocket over TLS, and IPv6."""
import json
import socket

from frames import BROWSER, CLOSE, answer, close, frame, read_frames, request, upgraded
from peer import CONNECT, Cases, line, masked, read_until, talk

case = Cases()


def get(target, path, connection=None):
    connection = connection or target.secure(target.open(target.http))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    head, _, body = read_until(connection, b"never").decode().removesuffix("(closed)").partition("\r\n\r\n")
    return head.split("\r\n")[0], body


@case("https", "a document by HTTPS, without a certificate of the client's")
def document(target, see):
    see(get(target, "/healthz"))


@case("https", "plain HTTP to the HTTPS port")
def plain(target, see):
    connection = target.open(target.http)
    connection.sendall(b"GET /varz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    see(read_until(connection, b"never").decode())


@case("https", "what /varz says of TLS")
def varz(target, see):
    document = json.loads(get(target, "/varz")[1])
    see({key: document.get(key) for key in ["tls_required", "tls_verify", "auth_timeout", "tls_timeout", "http_port"]})
    # With any free port, nats-server shows what its configuration says.
    see(document["https_port"] in [target.http, -1])
    see("tls_cert_not_after" in document)


@case("https", "what /connz says of a client with TLS")
def connz(target, see):
    connection = target.open_after_info()
    connection = target.secure(connection, certificate="client")
    talk(connection)
    clients = json.loads(get(target, "/connz?auth=1")[1])["connections"]
    see([{key: one.get(key) for key in ["kind", "type", "tls_version", "tls_first"]} for one in clients])
    # Which suite of TLS 1.3 it is, servers choose; nats-server lists the authority behind the certificate, too.
    see(["TLS_" in one["tls_cipher_suite"] for one in clients])
    see([one["tls_peer_certs"][0] for one in clients])


@case("https", "a client that leaves before the handshake, and one after it")
def leaves(target, see):
    target.open(target.http).close()
    see(get(target, "/healthz"))


def websocket(target, **options):
    return upgraded(target, connection=target.secure(target.open(target.websocket), **options))


for name in ["client", "email", "unknown"]:

    @case("wss", f"the user of a certificate: {name}")
    def mapped(target, see, name=name):
        connection = websocket(target, certificate=name)
        connection.sendall(frame(2, CONNECT))
        read_frames(connection, see, b"PONG")


@case("wss", "no certificate")
def no_certificate(target, see):
    connection = target.secure(target.open(target.websocket))
    see(connection.recv(10).decode())


@case("wss", "plain HTTP to the port for TLS")
def plain_websocket(target, see):
    connection = target.open(target.websocket)
    connection.sendall(request(target))
    see(read_until(connection, b"never").decode())


@case("wss", "a close in order")
def closes(target, see):
    connection = websocket(target, certificate="client")
    connection.sendall(close(1000, b"done"))
    read_frames(connection, see)


@case("wss", "a large message")
def large(target, see):
    connection = websocket(target, certificate="client")
    payload = b"0123456789abcdef" * 8192
    text = CONNECT[:-6] + b"SUB large 1\r\nPUB large %d\r\n" % len(payload) + payload + b"\r\nPING\r\n"
    connection.sendall(frame(2, text))
    sizes = []
    read_frames(connection, lambda seen: sizes.append(payload.decode() in seen[3]), b"PONG")
    see(any(sizes))


@case("wss", "the port for clients goes on without TLS, and asks for credentials")
def other_port(target, see):
    connection = target.open()
    see(masked(line(connection).decode()))
    see(talk(connection, b'CONNECT {"user":"client.example","verbose":false}\r\nPING\r\n'))


@case("listen6", "a client by IPv6")
def version_6(target, see):
    connection = socket.create_connection(("::1", target.port), timeout=10)
    see(masked(line(connection).decode()))
    see(talk(connection))


if __name__ == "__main__":
    case.main()
