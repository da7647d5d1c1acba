"""TLS as clients meet it."""
import ssl
import time

from peer import CONNECT, Cases, Target, line, masked, read_until, talk

case = Cases()


def greeted(target: Target, see, **options):
    """INFO, and then the handshake."""
    connection = target.open()
    see(masked(line(connection).decode()))
    return target.secure(connection, **options)


def version(number):
    return {2: ssl.TLSVersion.TLSv1_2, 3: ssl.TLSVersion.TLSv1_3}[number]


for group in ["tls", "verify", "allow", "auto", "delay", "suite", "pinned"]:

    @case(group, "a handshake after INFO, with a certificate")
    def with_certificate(target, see):
        connection = greeted(target, see, certificate="client")
        see(talk(connection))

    @case(group, "TLS 1.2, with a certificate")
    def older(target, see):
        connection = greeted(target, see, certificate="client", version=version(2))
        see(talk(connection))
        see(connection.version())


for group in ["tls", "allow", "auto", "delay", "modern"]:

    @case(group, "a handshake after INFO, without a certificate")
    def without_certificate(target, see):
        see(talk(greeted(target, see)))


for group in ["verify", "map", "pinned"]:

    @case(group, "no certificate where one is wanted")
    def no_certificate(target, see):
        see(read_until(greeted(target, see), b"never").decode())

    @case(group, "no certificate where one is wanted, TLS 1.2")
    def no_certificate_older(target, see):
        greeted(target, see, version=version(2))

    @case(group, "a certificate of an unknown authority")
    def stranger(target, see):
        see(read_until(greeted(target, see, certificate="stranger"), b"never").decode())


@case("verify", "a certificate with an Ed25519 key")
def edwards(target, see):
    see(talk(greeted(target, see, certificate="ed25519")))


@case("edwards", "a server with an Ed25519 key")
def edwards_server(target, see):
    see(talk(greeted(target, see)))


@case("verify", "a certificate that is for servers only")
def wrong_usage(target, see):
    try:
        read_until(greeted(target, see, certificate="wrong-usage"), b"never")
    except ssl.SSLError:
        # Which alert it is, TLS libraries do not agree on.
        see("refused")


@case("verify", "a certificate that has expired")
def expired(target, see):
    see(read_until(greeted(target, see, certificate="expired"), b"never").decode())


@case("pinned", "a certificate of the right authority that is not pinned")
def not_pinned(target, see):
    connection = greeted(target, see, certificate="email", version=version(2))
    see(read_until(connection, b"never").decode())


@case("tls", "a client that trusts another authority, and one after it that does not")
def distrust(target, see):
    try:
        greeted(target, see, authority="other-ca")
    except ssl.SSLCertVerificationError as error:
        see(error.verify_code)
    see(talk(greeted(target, see)))


@case("tls", "a client that expects another host")
def other_host(target, see):
    try:
        greeted(target, see, host="example.com")
    except ssl.SSLCertVerificationError as error:
        see(error.verify_code)


for group in ["tls", "verify", "first", "auto", "modern"]:

    @case(group, "plain protocol to a server that wants TLS")
    def plain(target, see, group=group):
        connection = target.open()
        if group != "first":
            see(masked(line(connection).decode()))
        connection.sendall(CONNECT)
        see(read_until(connection, b"never").decode())


@case("tls", "a client that does not begin its handshake")
def silent(target, see):
    connection = target.open()
    see(masked(line(connection).decode()))
    started = time.monotonic()
    see(read_until(connection, b"never").decode())
    see(0.3 < time.monotonic() - started < 3)


@case("tls", "half a handshake")
def half(target, see):
    connection = target.open()
    see(masked(line(connection).decode()))
    connection.sendall(b"\x16\x03\x01\x02\x00\x01")
    see(read_until(connection, b"never").decode())


@case("tls", "an alert in place of a handshake")
def alert(target, see):
    connection = target.open()
    see(masked(line(connection).decode()))
    connection.sendall(b"\x15\x03\x01\x00\x02\x02\x28")
    read_until(connection, b"never")
    see("closed")


@case("tls", "a handshake in pieces of a few bytes, and frames in pieces of one")
def pieces(target, see):
    connection = target.open()
    see(masked(line(connection).decode()))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    secure = target.context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    while True:
        try:
            secure.do_handshake()
            break
        except ssl.SSLWantReadError:
            hello = outgoing.read()
            for start in range(0, len(hello), 7):
                connection.sendall(hello[start:start + 7])
            incoming.write(connection.recv(65536))
    for byte in CONNECT:
        secure.write(bytes([byte]))
        connection.sendall(outgoing.read())
    seen = b""
    while b"}" not in seen:
        try:
            seen += secure.read(65536)
        except ssl.SSLWantReadError:
            incoming.write(connection.recv(65536))
    see(masked(seen.decode()))


@case("tls", "a message of half a megabyte, there and back")
def large(target, see):
    connection = greeted(target, see)
    payload = b"0123456789abcdef" * 32768
    connection.sendall(CONNECT + b"SUB large 1\r\nPUB large %d\r\n" % len(payload) + payload + b"\r\nPING\r\n")
    seen = read_until(connection, payload + b"\r\nPONG\r\n")
    see(seen.count(payload))


@case("tls", "an error over TLS, and the end of the connection")
def error(target, see):
    connection = greeted(target, see)
    see(talk(connection))
    connection.sendall(b"NONSENSE\r\n")
    see(read_until(connection, b"never").decode())


@case("tls", "a client that ends TLS in order")
def farewell(target, see):
    connection = greeted(target, see)
    see(talk(connection))
    rest = connection.unwrap()
    see(rest.recv(100).decode())


for group in ["first", "auto", "delay"]:

    @case(group, "a handshake before INFO")
    def handshake_first(target, see):
        connection = target.secure(target.open())
        see(masked(line(connection).decode()))
        see(talk(connection))


@case("first", "a client that waits for INFO")
def waits(target, see):
    see(read_until(target.open(), b"never").decode())


@case("allow", "a client without TLS")
def allowed_plain(target, see):
    connection = target.open()
    see(masked(line(connection).decode()))
    see(talk(connection))


@case("delay", "a client without TLS")
def delayed_plain(target, see):
    allowed_plain(target, see)


@case("allow", "a client that takes longer than the handshake may, and goes on without TLS")
def late_plain(target, see):
    connection = target.open()
    see(masked(line(connection).decode()))
    connection.settimeout(0.8)
    try:
        see(connection.recv(100).decode())
    except TimeoutError:
        see("nothing came")
    connection.settimeout(10)
    see(talk(connection))


@case("modern", "TLS 1.2 to a server that wants 1.3")
def too_old(target, see):
    greeted(target, see, version=version(2))


@case("modern", "TLS 1.3")
def new(target, see):
    connection = greeted(target, see, version=version(3))
    see(talk(connection))
    see(connection.version())


@case("newest", "TLS 1.3 to a server whose suites are those of TLS 1.3 alone")
def newest(target, see):
    connection = greeted(target, see, version=version(3))
    see(talk(connection))
    see(connection.version())


@case("suite", "the one cipher suite of TLS 1.2")
def suite(target, see):
    see(greeted(target, see, version=version(2)).cipher()[0])


@case("certs", "the certificate for the host that is asked for")
def by_name(target, see):
    for host in ["a.example", "x.b.example"]:
        connection = target.secure(target.open_after_info(), host=host)
        see(dict(pair[0] for pair in connection.getpeercert()["subject"])["commonName"])


@case("certs", "the first certificate for a host that none is for")
def by_default(target, see):
    context = target.context()
    context.check_hostname = False
    connection = context.wrap_socket(target.open_after_info(), server_hostname="elsewhere.example")
    see(dict(pair[0] for pair in connection.getpeercert()["subject"])["commonName"])


@case("rate", "more handshakes than are allowed in a second")
def rate(target, see):
    seen = []
    for _ in range(4):
        connection = target.open()
        info = line(connection)
        try:
            seen.append(talk(target.secure(connection))[:4])
        except ssl.SSLError as error:
            seen.append("refused")
        connection.close()
    see(seen[0])
    see("refused" in seen)


@case("rate", "what a client is told that comes too often")
def throttled(target, see):
    texts = []
    for _ in range(4):
        connection = target.open()
        line(connection)
        connection.settimeout(0.3)
        try:
            texts.append(connection.recv(1000).decode())
        except TimeoutError:
            pass
    see(texts[-1:])


for name in ["email", "emails", "client", "uri", "dn", "dc", "unknown"]:

    @case("map", f"the user of a certificate: {name}")
    def mapped(target, see, name=name):
        see(talk(greeted(target, see, certificate=name)))


@case("map", "a certificate's user has its permissions")
def mapped_permissions(target, see):
    connection = greeted(target, see, certificate="uri")
    see(talk(connection))
    connection.sendall(b"PUB bob.x 0\r\n\r\nPUB other 0\r\n\r\nPING\r\n")
    see(read_until(connection, b"PONG\r\n").decode())


@case("map", "a certificate counts, not the name in CONNECT")
def mapped_not_named(target, see):
    connection = greeted(target, see, certificate="email")
    see(talk(connection, b'CONNECT {"user":"client.example","verbose":false,"protocol":1}\r\nPING\r\n'))


@case("map", "a password where the certificate's user has none")
def mapped_with_password(target, see):
    connection = greeted(target, see, certificate="email")
    see(talk(connection, b'CONNECT {"user":"alice@example.com","pass":"x","verbose":false,"protocol":1}\r\nPING\r\n'))


if __name__ == "__main__":
    case.main()
