#define _GNU_SOURCE
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "soak.h"

#define CHOOSE(client, list) list[draw(client, sizeof list / sizeof *list)]

/// Reads what is there.
static void drain(int fd) {
    char bytes[65536];
    while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
}

/// Many at once who say little or nothing, and go before or after they were taken in.
void crowd_in(struct client *client) {
    int crowd[100];
    const int ports[] = {client->server->clients, client->server->web_sockets, client->server->monitoring};
    int port = CHOOSE(client, ports);
    int count = (int)draw(client, sizeof crowd / sizeof *crowd);
    for (int index = 0; index < count; index++) {
        crowd[index] = dial(port);
        if (crowd[index] >= 0 && draw(client, 2)) say(crowd[index], "CONNECT {\"verb");
    }
    for (int index = 0; index < count; index++) {
        if (crowd[index] >= 0) leave(client, crowd[index]);
    }
    client->lives += count;
    // The next crowd waits until somebody is served behind this one.
    int fd = dial(client->server->clients);
    if (fd < 0) return;
    bool served = say(fd, "CONNECT {\"verbose\":false}\r\nPING\r\n") && hear(fd, "PONG", 120000);
    if (!served && !client->server->may_end) fail("nobody is served behind a crowd");
    close(fd);
}

/// The beginning of a handshake, whole or cut off anywhere, by a client that goes before the end of it.
void greet_by_tls(struct client *client) {
    // A ClientHello of TLS 1.2 for one cipher suite and one curve.
    static const unsigned char tail[] = {
        0x00, 0x00, 0x02, 0xC0, 0x2B, 0x01, 0x00, 0x00, 0x18, 0x00, 0x0A, 0x00, 0x04, 0x00, 0x02, 0x00,
        0x17, 0x00, 0x0B, 0x00, 0x02, 0x01, 0x00, 0x00, 0x0D, 0x00, 0x06, 0x00, 0x04, 0x04, 0x03, 0x08, 0x04,
    };
    unsigned char hello[11 + 32 + sizeof tail];
    const unsigned length = sizeof hello;
    const unsigned char head[] = {
        0x16, 0x03, 0x01, 0x00, (unsigned char)(length - 5), 0x01, 0x00, 0x00, (unsigned char)(length - 9), 0x03, 0x03,
    };
    memcpy(hello, head, sizeof head);
    for (int index = 0; index < 32; index++) hello[sizeof head + (size_t)index] = (unsigned char)draw(client, 256);
    memcpy(hello + sizeof head + 32, tail, sizeof tail);
    int fd = dial(client->server->clients);
    if (fd < 0) return;
    size_t count = draw(client, 2) ? length : draw(client, length);
    send_bytes(fd, (const char *)hello, count);
    if (count == length) hear(fd, "\x16\x03\x03", 200);
    // Something else in place of the key exchange.
    if (draw(client, 2)) send_bytes(fd, "\x16\x03\x03\x00\x04soak", 9);
    leave(client, fd);
}

/// One frame of a client, masked; sometimes one that breaks a rule.
static bool send_web_socket_frame(struct client *client, int fd, const char *bytes, size_t count, unsigned char opcode) {
    unsigned char head[8];
    size_t length = 0;
    head[length++] = (unsigned char)((draw(client, 10) ? 0x80 : 0) | opcode | (draw(client, 30) ? 0 : 0x40));
    unsigned char mask = draw(client, 50) ? 0x80 : 0;
    if (count < 126) {
        head[length++] = (unsigned char)(mask | count);
    } else {
        head[length++] = mask | 126;
        head[length++] = (unsigned char)(count >> 8);
        head[length++] = (unsigned char)count;
    }
    // A key of zeros leaves the bytes as they are.
    if (mask) {
        memset(head + length, 0, 4);
        if (!send_bytes(fd, (const char *)head, length) || !send_bytes(fd, "\0\0\0\0", 4)) return false;
    } else if (!send_bytes(fd, (const char *)head, length)) {
        return false;
    }
    return send_bytes(fd, bytes, count);
}

void speak_web_socket(struct client *client) {
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\nHost: soak\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: soak\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: soak\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: so",
    };
    int fd = dial(client->server->web_sockets);
    if (fd < 0) return;
    bool alive = say(fd, CHOOSE(client, requests)) && hear(fd, "INFO ", 200);
    const char *connect = "CONNECT {\"verbose\":false,\"headers\":true}\r\n";
    alive = alive && send_web_socket_frame(client, fd, connect, strlen(connect), 2);
    for (unsigned long acts = draw(client, 30); alive && acts > 0; acts--) {
        char frame[FRAME_SIZE];
        int length = make_frame(client, frame);
        unsigned char opcode = draw(client, 10) ? 2 : (unsigned char)draw(client, 16);
        alive = send_web_socket_frame(client, fd, frame, (size_t)length, opcode);
        drain(fd);
    }
    leave(client, fd);
}

void ask_monitoring(struct client *client) {
    static const char *const paths[] = {
        "/varz", "/connz?subs=detail&auth=1&state=any", "/subsz?subs=1", "/accountz?acc=$G", "/accstatz?unused=1",
        "/jsz?accounts=1&streams=1&consumers=1&config=1", "/healthz?details=1", "/", "/nothing", "/connz?limit=x",
    };
    int fd = dial(client->server->monitoring);
    if (fd < 0) return;
    for (unsigned long requests = draw(client, 4); requests > 0; requests--) {
        char request[256];
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: soak\r\n\r\n", CHOOSE(client, paths));
        if (!say(fd, request) || (draw(client, 3) && !hear(fd, "HTTP/1.1 ", 500))) break;
    }
    if (draw(client, 2)) say(fd, "GET /varz HTTP/1.1\r\nHost: so");
    leave(client, fd);
}

/// Makes streams and consumers, fills and reads them, and takes them away while others do the same.
void use_streams(struct client *client) {
    int fd = dial(client->server->clients);
    if (fd < 0) return;
    bool alive = say(fd, "CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB answers.* 1\r\nSUB pushed.* 2\r\n");
    for (unsigned long acts = draw(client, 40); alive && acts > 0; acts--) {
        char body[512] = "", subject[128], frame[1024];
        unsigned long number = draw(client, 3);
        switch (draw(client, 10)) {
        case 0:
            snprintf(subject, sizeof subject, "$JS.API.STREAM.CREATE.S%lu", number);
            snprintf(
                body, sizeof body,
                "{\"name\":\"S%lu\",\"subjects\":[\"kept.%lu.>\"],\"storage\":\"%s\",\"max_msgs\":500,\"retention\":\"%s\"}",
                number, number, draw(client, 2) ? "file" : "memory", draw(client, 3) ? "limits" : "interest");
            break;
        case 1:
            snprintf(subject, sizeof subject, "$JS.API.CONSUMER.CREATE.S%lu.C%lu", number, draw(client, 3));
            snprintf(
                body, sizeof body,
                "{\"stream_name\":\"S%lu\",\"config\":{\"durable_name\":\"C%lu\",\"ack_policy\":\"explicit\"%s}}", number,
                draw(client, 3), draw(client, 2) ? ",\"deliver_subject\":\"pushed.1\"" : "");
            break;
        case 2:
            snprintf(subject, sizeof subject, "$JS.API.CONSUMER.MSG.NEXT.S%lu.C%lu", number, draw(client, 3));
            snprintf(body, sizeof body, "{\"batch\":20,\"no_wait\":true}");
            break;
        case 3:
            snprintf(subject, sizeof subject, "$JS.API.STREAM.%s.S%lu", draw(client, 4) ? "PURGE" : "DELETE", number);
            break;
        case 4: snprintf(subject, sizeof subject, "$JS.API.STREAM.INFO.S%lu", number); break;
        case 5: snprintf(subject, sizeof subject, "$JS.API.CONSUMER.%s.S%lu.C1", draw(client, 2) ? "INFO" : "DELETE", number); break;
        default:
            snprintf(subject, sizeof subject, "kept.%lu.%lu", number, draw(client, 20));
            snprintf(body, sizeof body, "message %lu", draw(client, 1000));
        }
        int length = snprintf(
            frame, sizeof frame, "PUB %s answers.%lu %zu\r\n%s\r\n", subject, draw(client, 9), strlen(body), body);
        alive = send_bytes(fd, frame, (size_t)length);
        if (draw(client, 3)) drain(fd);
    }
    if (draw(client, 2)) hear(fd, "answers", 20);
    leave(client, fd);
}
