// natssoak: clients that connect to a NATS server, subscribe, publish and vanish, at random and all at once.
//
//   natssoak PORT WEBSOCKET-PORT MONITORING-PORT SECONDS [SEED [CLIENTS]]
//   natssoak -e PORT WEBSOCKET-PORT MONITORING-PORT SECONDS …
//
// Run it against a server that was built with a sanitizer. It ends with 0 when the server still answers, and when its one
// well-behaved client has got every message that it sent to itself meanwhile. With -e the server may end meanwhile, and then
// natssoak does.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "soak.h"

static double deadline;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void *be_wild(void *argument) {
    struct client *client = argument;
    while (now() < deadline && live_once(client)) continue;
    return NULL;
}

/// Sends itself numbered messages in small batches and checks that each comes back once and in order.
static void *be_good(void *argument) {
    struct client *client = argument;
    int fd = dial(client->server->clients);
    if (fd < 0) fail("the server takes no connections");
    char bytes[8192];
    if (!say(fd, "CONNECT {\"verbose\":false,\"protocol\":1}\r\nSUB soak.good 1\r\n")) fail("the server closed a good client");
    FILE *stream = fdopen(fd, "r");
    long expected = 0;
    while (now() < deadline) {
        char batch[2048];
        int length = 0;
        for (int index = 0; index < 16; index++) {
            char number[24];
            int digits = snprintf(number, sizeof number, "%ld", client->lives + index);
            length += snprintf(batch + length, sizeof batch - (size_t)length, "PUB soak.good %d\r\n%s\r\n", digits, number);
        }
        client->lives += 16;
        if (!say(fd, batch)) fail("the server closed a good client");
        while (expected < client->lives) {
            if (!fgets(bytes, sizeof bytes, stream)) fail("the server closed a good client");
            if (strncmp(bytes, "PING", 4) == 0) say(fd, "PONG\r\n");
            if (strncmp(bytes, "-ERR", 4) == 0) fail(bytes);
            if (strncmp(bytes, "MSG ", 4) != 0) continue;
            if (!fgets(bytes, sizeof bytes, stream) || atol(bytes) != expected++) fail("a message was lost or came twice");
        }
    }
    fclose(stream);
    return NULL;
}

int main(int count, char **arguments) {
    struct server server = {.may_end = count > 1 && strcmp(arguments[1], "-e") == 0};
    if (server.may_end) {
        count--;
        arguments++;
    }
    if (count < 5) {
        fputs("usage: natssoak [-e] PORT WEBSOCKET-PORT MONITORING-PORT SECONDS [SEED [CLIENTS]]\n", stderr);
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    server.clients = atoi(arguments[1]);
    server.web_sockets = atoi(arguments[2]);
    server.monitoring = atoi(arguments[3]);
    deadline = now() + atof(arguments[4]);
    unsigned long seed = count > 5 ? strtoul(arguments[5], NULL, 10) : 1;
    int clients = count > 6 ? atoi(arguments[6]) : 8;
    struct client *all = calloc((size_t)clients + 1, sizeof *all);
    pthread_t *threads = calloc((size_t)clients + 1, sizeof *threads);
    if (!all || !threads) fail("no memory");
    // The good one wants a server that stays.
    int first = server.may_end ? 1 : 0;
    for (int index = first; index <= clients; index++) {
        all[index] = (struct client){.server = &server, .random = seed * 1000003 + (unsigned long)index + 1};
        pthread_create(&threads[index], NULL, index == 0 ? be_good : be_wild, &all[index]);
    }
    long lives = 0;
    for (int index = first; index <= clients; index++) {
        pthread_join(threads[index], NULL);
        if (index > 0) lives += all[index].lives;
    }
    if (server.may_end) {
        printf("%ld connections came and went until the server ended\n", lives);
        return 0;
    }
    int fd = dial(server.clients);
    double asked = now();
    // Under a sanitizer the server may have much to read yet of what those who vanished have sent.
    if (fd < 0 || !say(fd, "CONNECT {\"verbose\":false}\r\nPING\r\n") || !hear(fd, "PONG", 120000)) {
        fprintf(stderr, "natssoak: no answer, after %.1f s\n", now() - asked);
        fail("the server does not answer any more");
    }
    printf("answered after %.1f s: ", now() - asked);
    printf("%ld connections came and went, %ld messages of the good client came back\n", lives, all[0].lives);
    return 0;
}
