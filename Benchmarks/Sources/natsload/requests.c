#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

static int compare(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

void print_latencies(double *latencies, long count) {
    qsort(latencies, (size_t)count, sizeof *latencies, compare);
    printf("p50 %.2f\np99 %.2f\n", latencies[count / 2], latencies[count * 99 / 100]);
}

// Reads one message of `wanted` bytes. The server may send a PING before or behind it, which is answered.
static void receive_message(int fd, char *bytes, size_t size, size_t wanted) {
    static const char ping[] = "PING\r\n";
    static const size_t ping_size = sizeof ping - 1;
    size_t held = 0;
    while (held < wanted) {
        ssize_t count = receive(fd, bytes + held, size - held);
        if (count <= 0) stop("read");
        held += (size_t)count;
        const char *found = memmem(bytes, held, ping, ping_size);
        if (!found) continue;
        send_all(fd, "PONG\r\n", 6);
        held -= ping_size;
        memmove(bytes + (found - bytes), found + ping_size, held - (size_t)(found - bytes));
    }
    if (held != wanted) {
        errno = 0;
        stop("a reply is longer than what was published");
    }
}

static size_t make_publish(char *frame, const char *subject, const char *reply, int size) {
    int head = sprintf(frame, "PUB %s%s%s %d\r\n", subject, *reply ? " " : "", reply, size);
    memset(frame + head, 'x', (size_t)size);
    memcpy(frame + head + size, "\r\n", 2);
    return (size_t)(head + size + 2);
}

static size_t message_size(const char *subject, const char *reply, int size) {
    char line[128];
    return (size_t)(sprintf(line, "MSG %s 1 %s%s%d\r\n", subject, reply, *reply ? " " : "", size) + size + 2);
}

// One request at a time over two connections. Both ends live in one thread, so that what is measured is the server's part
// and as few changes of thread as can be.
void run_requests(const struct settings *settings) {
    static const char subject[] = "load.service", inbox[] = "_INBOX.load";
    int asking = dial(settings), answering = dial(settings);
    send_all(answering, "SUB load.service 1\r\n", 20);
    flush(answering);
    send_all(asking, "SUB _INBOX.load 1\r\n", 19);
    flush(asking);
    size_t size = (size_t)settings->size + 256;
    char *request = malloc(size), *reply = malloc(size), *bytes = malloc(size);
    double *latencies = calloc((size_t)settings->count, sizeof *latencies);
    if (!request || !reply || !bytes || !latencies) stop("malloc");
    size_t request_size = make_publish(request, subject, inbox, settings->size);
    size_t reply_size = make_publish(reply, inbox, "", settings->size);
    size_t request_message = message_size(subject, inbox, settings->size);
    size_t reply_message = message_size(inbox, "", settings->size);
    for (long index = 0; index < settings->count; index++) {
        double start = now();
        send_all(asking, request, request_size);
        receive_message(answering, bytes, size, request_message);
        send_all(answering, reply, reply_size);
        receive_message(asking, bytes, size, reply_message);
        latencies[index] = (now() - start) * 1e6;
    }
    print_latencies(latencies, settings->count);
}
