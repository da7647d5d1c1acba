// Publishers that write frames prepared beforehand, and subscribers that count the bytes that come in: a generator like this
// costs a fraction of what a server costs for the same messages.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum { write_size = 1 << 16, read_size = 1 << 17 };

/// All frames of one publisher, or as many as go around its subjects once.
struct frames {
    char *bytes;
    size_t length;
    long count;
};

struct publisher {
    const struct settings *settings;
    struct frames frames;
    int fd;
    pthread_t thread;
};

struct subscriber {
    int fd;
    pthread_t thread;
};

/// Bytes that all subscribers together must get, and those that they have got.
static long wanted;
static atomic_long received;
static double finished;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t complete = PTHREAD_COND_INITIALIZER;

static void name_subject(char *subject, size_t size, enum interest interest, int publisher, int index) {
    if (interest == interest_paired) {
        snprintf(subject, size, "load.pair.%d", publisher);
    } else if (interest == interest_each_subject || interest == interest_wildcard) {
        snprintf(subject, size, "load.subject.%d", index);
    } else {
        snprintf(subject, size, "load.one");
    }
}

static struct frames make_frames(const struct settings *settings, enum interest interest, int publisher) {
    long around = settings->subjects;
    // Many times around where that is short, so that every write is large.
    long frame = settings->size + 48;
    long turns = around * frame >= 4 * write_size ? 1 : 4 * write_size / (around * frame) + 1;
    struct frames frames = {.count = around * turns};
    frames.bytes = malloc((size_t)(frames.count * (settings->size + 128)));
    if (!frames.bytes) stop("malloc");
    char subject[64];
    for (long index = 0; index < frames.count; index++) {
        name_subject(subject, sizeof subject, interest, publisher, (int)(index % around));
        char *place = frames.bytes + frames.length;
        int head = sprintf(place, "PUB %s %d\r\n", subject, settings->size);
        memset(place + head, 'x', (size_t)settings->size);
        memcpy(place + head + settings->size, "\r\n", 2);
        frames.length += (size_t)(head + settings->size + 2);
    }
    return frames;
}

static void *publish(void *argument) {
    struct publisher *self = argument;
    for (long turn = 0; turn < self->settings->count / self->frames.count; turn++) {
        for (size_t offset = 0; offset < self->frames.length; offset += write_size) {
            size_t rest = self->frames.length - offset;
            send_all(self->fd, self->frames.bytes + offset, rest < write_size ? rest : write_size);
        }
    }
    flush(self->fd);
    return NULL;
}

static void *count_bytes(void *argument) {
    struct subscriber *self = argument;
    char *bytes = malloc(read_size);
    if (!bytes) stop("malloc");
    for (;;) {
        ssize_t count = receive(self->fd, bytes, read_size);
        if (count <= 0) break;
        if (bytes[0] == '-') {
            errno = 0;
            stop("the server sent an error to a subscriber");
        }
        long before = atomic_fetch_add(&received, count);
        if (before < wanted && before + count >= wanted) {
            pthread_mutex_lock(&lock);
            finished = now();
            pthread_cond_signal(&complete);
            pthread_mutex_unlock(&lock);
        }
    }
    free(bytes);
    return NULL;
}

/// Subscribes, and tells how many bytes the subscriber gets for one turn of the frames of the publishers that it hears.
static long subscribe(int fd, const struct settings *settings, enum interest interest, int number, long turn) {
    char subject[64], line[160];
    long bytes = 0;
    int subscriptions = interest == interest_each_subject ? settings->subjects : 1;
    for (int index = 0; index < subscriptions; index++) {
        name_subject(subject, sizeof subject, interest, number, index);
        const char *pattern = interest == interest_wildcard ? (number % 2 ? "load.*.*" : "load.subject.>") : subject;
        const char *queue = interest == interest_queue ? " workers" : "";
        int length = snprintf(line, sizeof line, "SUB %s%s %d\r\n", pattern, queue, index + 1);
        send_all(fd, line, (size_t)length);
    }
    for (long message = 0; message < turn; message++) {
        int index = (int)(message % settings->subjects);
        name_subject(subject, sizeof subject, interest, number, index);
        int sid = interest == interest_each_subject ? index + 1 : 1;
        bytes += snprintf(line, sizeof line, "MSG %s %d %d\r\n", subject, sid, settings->size) + settings->size + 2;
    }
    flush(fd);
    return bytes;
}

void run_flow(const struct settings *settings, enum interest interest) {
    struct publisher *publishers = calloc((size_t)settings->publishers, sizeof *publishers);
    struct subscriber *subscribers = calloc((size_t)settings->subscribers + 1, sizeof *subscribers);
    if (!publishers || !subscribers) stop("calloc");
    for (int index = 0; index < settings->publishers; index++) {
        publishers[index].settings = settings;
        publishers[index].frames = make_frames(settings, interest, index);
        publishers[index].fd = dial(settings);
    }
    // Every publisher has as many frames, for only a digit of their subjects differs.
    long turn = publishers[0].frames.count;
    long turns = settings->count / turn;
    if (turns == 0) stop("count is too small for that many subjects");
    for (int index = 0; index < settings->subscribers; index++) {
        subscribers[index].fd = dial(settings);
        long bytes = subscribe(subscribers[index].fd, settings, interest, index, turn) * turns;
        // A pair's subscriber hears its own publisher alone, and only one member of the group gets a message.
        if (interest == interest_paired) {
            wanted += bytes;
        } else if (interest != interest_queue || index == 0) {
            wanted += bytes * settings->publishers;
        }
        pthread_create(&subscribers[index].thread, NULL, count_bytes, &subscribers[index]);
    }
    double start = now();
    for (int index = 0; index < settings->publishers; index++) {
        pthread_create(&publishers[index].thread, NULL, publish, &publishers[index]);
    }
    for (int index = 0; index < settings->publishers; index++) pthread_join(publishers[index].thread, NULL);
    double end = now();
    if (settings->subscribers > 0) {
        pthread_mutex_lock(&lock);
        while (atomic_load(&received) < wanted) pthread_cond_wait(&complete, &lock);
        while (finished == 0) pthread_cond_wait(&complete, &lock);
        pthread_mutex_unlock(&lock);
        end = finished;
    }
    for (int index = 0; index < settings->subscribers; index++) {
        shutdown(subscribers[index].fd, SHUT_RDWR);
        pthread_join(subscribers[index].thread, NULL);
    }
    // A server may have sent each of them PING now and then; those few bytes are no message.
    errno = 0;
    if (atomic_load(&received) - wanted > 60L * settings->subscribers) {
        stop("the subscribers got more bytes than were published to them");
    }
    long messages = turns * turn * settings->publishers;
    if (interest == interest_shared || interest == interest_wildcard || interest == interest_each_subject) {
        messages *= settings->subscribers > 0 ? settings->subscribers : 1;
    }
    printf("rate %.0f\n", (double)messages / (end - start));
}
