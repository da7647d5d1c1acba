#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

void stop(const char *what) {
    fprintf(stderr, "natsload: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(2);
}

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/// Reads until `word` was seen, and stops at an error that the server reports.
static void await(int fd, const char *word) {
    char bytes[16384];
    size_t held = 0;
    for (;;) {
        ssize_t count = receive(fd, bytes + held, sizeof bytes - 1 - held);
        if (count <= 0) stop("the server closed the connection");
        held += (size_t)count;
        bytes[held] = 0;
        if (memmem(bytes, held, word, strlen(word))) return;
        if (memmem(bytes, held, "-ERR", 4)) {
            errno = 0;
            stop(strstr(bytes, "-ERR"));
        }
        // The word may lie across two reads.
        size_t keep = held < 8 ? held : 8;
        memmove(bytes, bytes + held - keep, keep);
        held = keep;
    }
}

int dial_socket(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) stop("socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

void greet(int fd, const struct settings *settings) {
    char credentials[256] = "";
    if (settings->user) {
        snprintf(
            credentials, sizeof credentials, ",\"user\":\"%s\",\"pass\":\"%s\"", settings->user,
            settings->password ? settings->password : "");
    }
    char line[512];
    int length = snprintf(
        line, sizeof line,
        "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"c\",\"version\":\"1\",\"protocol\":1,"
        "\"headers\":true,\"no_responders\":true%s}\r\nPING\r\n",
        credentials);
    await(fd, "INFO ");
    if (settings->tls) start_tls(fd);
    send_all(fd, line, (size_t)length);
    await(fd, "PONG");
}

int dial(const struct settings *settings) {
    int fd = dial_socket(settings->port);
    if (fd < 0) stop("connect");
    greet(fd, settings);
    return fd;
}

void flush(int fd) {
    send_all(fd, "PING\r\n", 6);
    await(fd, "PONG");
}
