#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "soak.h"

void fail(const char *what) {
    fprintf(stderr, "natssoak: %s\n", what);
    exit(1);
}

int dial(int port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        if (fd >= 0) close(fd);
        return -1;
    }
    // A server that does not read must not hold up the soak for ever.
    struct timeval patience = {.tv_sec = 2};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return fd;
}

bool send_bytes(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = write(fd, bytes, count);
        if (sent <= 0) return false;
        bytes += sent;
        count -= (size_t)sent;
    }
    return true;
}

bool say(int fd, const char *text) {
    return send_bytes(fd, text, strlen(text));
}

bool hear(int fd, const char *word, int milliseconds) {
    char bytes[16384];
    size_t held = 0;
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    while (poll(&waiting, 1, milliseconds) == 1) {
        ssize_t count = read(fd, bytes + held, sizeof bytes - held);
        if (count <= 0) return false;
        held += (size_t)count;
        if (memmem(bytes, held, word, strlen(word))) return true;
        size_t keep = held < 8 ? held : 8;
        memmove(bytes, bytes + held - keep, keep);
        held = keep;
    }
    return false;
}

/// xorshift64*.
unsigned long draw(struct client *client, unsigned long below) {
    client->random ^= client->random >> 12;
    client->random ^= client->random << 25;
    client->random ^= client->random >> 27;
    return (client->random * 0x2545F4914F6CDD1DUL >> 33) % below;
}

static const char *const subjects[] = {"soak.a", "soak.b.c", "soak.b.d", "soak.x.y.z", "soak", "other.a", "_INBOX.soak.1"};
static const char *const patterns[] = {"soak.>", "soak.*", "*.a", "soak.b.*", ">", "soak.a", "soak.*.*.z", "_INBOX.>"};
static const char *const garbage[] = {
    "PUBLISH soak.a 2\r\n", "PUB soak.a 99999999999\r\n", "PUB soak.a -1\r\n", "HPUB soak.a 9 3\r\nabc\r\n",
    "SUB\r\n", "SUB a b c d e\r\n", "UNSUB\r\n", "CONNECT {\"verbose\":\r\n", "CONNECT []\r\n", "\r\n\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
    "PUB soak.a 5\r\nhelloXX\r\n", "\x16\x03\x01\x02\x00\x01", "INFO {}\r\n", "+OK\r\n", "-ERR 'x'\r\n", "PUB soak..a 1\r\nx\r\n",
};
#define CHOOSE(client, list) list[draw(client, sizeof list / sizeof *list)]

int make_frame(struct client *client, char *frame) {
    int length = 0;
    unsigned long sid = draw(client, 8) + 1;
    switch (draw(client, 13)) {
    case 0:
    case 1: length = sprintf(frame, "SUB %s %lu\r\n", CHOOSE(client, patterns), sid); break;
    case 2: length = sprintf(frame, "SUB %s group%lu %lu\r\n", CHOOSE(client, patterns), draw(client, 2), sid); break;
    case 3: length = sprintf(frame, "UNSUB %lu\r\n", sid); break;
    case 4: length = sprintf(frame, "UNSUB %lu %lu\r\n", sid, draw(client, 20)); break;
    case 5:
    case 6:
    case 7: {
        int size = (int)draw(client, draw(client, 8) == 0 ? 16000 : 64);
        length = sprintf(frame, "PUB %s %s%d\r\n", CHOOSE(client, subjects), draw(client, 2) ? "_INBOX.soak.1 " : "", size);
        memset(frame + length, 'p', (size_t)size);
        length += size;
        length += sprintf(frame + length, "\r\n");
        break;
    }
    case 8: length = sprintf(frame, "HPUB %s 18 23\r\nNATS/1.0\r\nA: b\r\n\r\nhello\r\n", CHOOSE(client, subjects)); break;
    case 9: length = sprintf(frame, "PUB soak.nobody.%lu _INBOX.soak.1 0\r\n\r\n", draw(client, 100000)); break;
    case 10: length = sprintf(frame, "PING\r\n"); break;
    case 11:
        // Many frames in one write.
        for (int index = 0; index < 200; index++) {
            length += sprintf(frame + length, "PUB %s 4\r\nbulk\r\n", CHOOSE(client, subjects));
        }
        break;
    case 12:
        if (draw(client, 20) == 0) length = sprintf(frame, "%s", CHOOSE(client, garbage));
        break;
    }
    return length;
}

/// One random thing, a good one in most cases.
static bool act(struct client *client, int fd) {
    char frame[FRAME_SIZE];
    if (draw(client, 14) == 0) return hear(fd, "PONG", 1) || true;
    int length = make_frame(client, frame);
    if (length > 2 && draw(client, 10) == 0) {
        // Split anywhere.
        int cut = 1 + (int)draw(client, (unsigned long)length - 1);
        if (!send_bytes(fd, frame, (size_t)cut)) return false;
        return send_bytes(fd, frame + cut, (size_t)(length - cut));
    }
    return send_bytes(fd, frame, (size_t)length);
}

static void speak_plainly(struct client *client, int fd) {
    char connect[256];
    snprintf(
        connect, sizeof connect,
        "CONNECT {\"verbose\":%s,\"pedantic\":%s,\"echo\":%s,\"headers\":%s,\"no_responders\":true,\"protocol\":1}\r\n",
        draw(client, 5) ? "false" : "true", draw(client, 5) ? "false" : "true", draw(client, 3) ? "true" : "false",
        draw(client, 8) ? "true" : "false");
    bool alive = draw(client, 20) == 0 || say(fd, connect);
    // Some never read, and are cut off or vanish with what they should have read.
    bool reads = draw(client, 5) > 0;
    unsigned long acts = draw(client, 60);
    while (alive && acts-- > 0) {
        alive = act(client, fd);
        if (reads) {
            char bytes[65536];
            while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
        }
    }
    if (draw(client, 4) == 0) send_bytes(fd, "PUB soak.half 1000\r\nhalf", 24);
}

void leave(struct client *client, int fd) {
    switch (draw(client, 3)) {
    case 0: {
        // A reset instead of an orderly end.
        struct linger linger = {.l_onoff = 1};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        break;
    }
    case 1: shutdown(fd, SHUT_WR); break;
    default: break;
    }
    close(fd);
}

bool live_once(struct client *client) {
    client->lives++;
    switch (draw(client, 24)) {
    case 0: crowd_in(client); break;
    case 1: greet_by_tls(client); break;
    case 2:
    case 3: speak_web_socket(client); break;
    case 4: ask_monitoring(client); break;
    case 5:
    case 6: use_streams(client); break;
    default: {
        int fd = dial(client->server->clients);
        if (fd < 0) {
            if (client->server->may_end) return false;
            fail("the server takes no connections");
        }
        speak_plainly(client, fd);
        leave(client, fd);
    }
    }
    return true;
}
