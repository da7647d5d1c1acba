// Load for JetStream: publishers that wait for acknowledgements, and a consumer that pulls. Every frame that comes in is read,
// so that an error or a message too few ends the run.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

enum { buffer_size = 1 << 20 };

/// A message that came in. Its bytes are there until the next one is read.
struct message {
    const char *payload;
    size_t size;
    /// Bytes of headers; here, only errors and ends of requests have any.
    size_t headers;
    /// Where an acknowledgement goes, if this asks for one.
    const char *reply;
    size_t reply_size;
};

struct reader {
    int fd;
    size_t start, end;
    char *bytes;
};

static struct reader make_reader(int fd) {
    struct reader reader = {.fd = fd, .bytes = malloc(buffer_size)};
    if (!reader.bytes) stop("malloc");
    return reader;
}

static void fail(const char *what, const char *bytes, size_t size) {
    fprintf(stderr, "natsload: %s: %.*s\n", what, (int)(size < 500 ? size : 500), bytes);
    exit(2);
}

/// Waits for more bytes behind those that are there.
static void read_more(struct reader *reader) {
    if (reader->start == reader->end) reader->start = reader->end = 0;
    if (reader->end == buffer_size) {
        memmove(reader->bytes, reader->bytes + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        reader->start = 0;
    }
    ssize_t count = receive(reader->fd, reader->bytes + reader->end, buffer_size - reader->end);
    if (count <= 0) stop("the server closed the connection");
    reader->end += (size_t)count;
}

/// The next message, if the whole of it has come.
static int next_message(struct reader *reader, struct message *message) {
    for (;;) {
        const char *line = reader->bytes + reader->start;
        size_t held = reader->end - reader->start;
        const char *end = memchr(line, '\n', held);
        if (!end) return 0;
        size_t length = (size_t)(end - line) + 1;
        if (*line == 'P') send_all(reader->fd, "PONG\r\n", 6);
        if (*line == '-') fail("the server sent an error", line, length);
        if (*line != 'M' && *line != 'H') {
            reader->start += length;
            continue;
        }
        size_t numbers[2] = {0, 0};
        const char *digit = end - 2;
        for (int number = 0; number < (*line == 'H' ? 2 : 1); number++) {
            for (size_t unit = 1; *digit != ' '; digit--, unit *= 10) numbers[number] += unit * (size_t)(*digit - '0');
            digit--;
        }
        if (held < length + numbers[0] + 2) return 0;
        const char *before = memrchr(line, ' ', (size_t)(digit - line) + 1);
        *message = (struct message){
            .payload = end + 1, .size = numbers[0], .headers = numbers[1],
            .reply = before + 1, .reply_size = (size_t)(digit - before),
        };
        reader->start += length + numbers[0] + 2;
        return 1;
    }
}

static struct message await_message(struct reader *reader) {
    struct message message;
    while (!next_message(reader, &message)) read_more(reader);
    return message;
}

/// One request to the API.
static struct message ask(struct reader *reader, const char *subject, const char *body) {
    char frame[1024];
    int length = snprintf(
        frame, sizeof frame, "PUB $JS.API.%s _INBOX.load %zu\r\n%s\r\n", subject, strlen(body), body);
    send_all(reader->fd, frame, (size_t)length);
    return await_message(reader);
}

static int holds(struct message message, const char *text) {
    return memmem(message.payload, message.size, text, strlen(text)) != NULL;
}

/// A connection that listens to its inbox.
static struct reader connect_reader(const struct settings *settings) {
    struct reader reader = make_reader(dial(settings));
    static const char line[] = "SUB _INBOX.load 1\r\n";
    send_all(reader.fd, line, sizeof line - 1);
    flush(reader.fd);
    return reader;
}

/// How many messages the stream holds, or -1 where there is none.
static long count_stored(struct reader *reader) {
    static const char key[] = "\"messages\":";
    struct message message = ask(reader, "STREAM.INFO.LOAD", "");
    const char *found = memmem(message.payload, message.size, key, sizeof key - 1);
    return found ? atol(found + sizeof key - 1) : -1;
}

static void make_stream(struct reader *reader, const struct settings *settings) {
    if (settings->keep && count_stored(reader) >= 0) return;
    ask(reader, "STREAM.DELETE.LOAD", "");
    char body[256];
    snprintf(
        body, sizeof body, "{\"name\":\"LOAD\",\"subjects\":[\"load.stream.*\"],\"storage\":\"%s\",\"allow_direct\":true}",
        settings->memory ? "memory" : "file");
    for (int attempt = 0; attempt < 100; attempt++) {
        struct message message = ask(reader, "STREAM.CREATE.LOAD", body);
        if (!holds(message, "\"error\"")) return;
        // nats-server removes the files of the deleted stream behind one's back, and refuses a new one meanwhile.
        if (!holds(message, "10049")) fail("no stream", message.payload, message.size);
        usleep(100000);
    }
    errno = 0;
    stop("no stream within ten seconds");
}

/// Frames for each subject, one after another, and where each of them starts.
struct frames {
    char *bytes;
    size_t *offsets;
    long count;
};

static struct frames make_frames(const struct settings *settings) {
    // Many times around the subjects where those are few, so that a window goes out in one write.
    long turns = settings->window / settings->subjects + 1;
    struct frames frames = {.count = turns * settings->subjects};
    frames.bytes = malloc((size_t)(frames.count * (settings->size + 96)));
    frames.offsets = calloc((size_t)frames.count + 1, sizeof *frames.offsets);
    if (!frames.bytes || !frames.offsets) stop("malloc");
    for (long index = 0; index < frames.count; index++) {
        char *place = frames.bytes + frames.offsets[index];
        int head = sprintf(
            place, "PUB load.stream.%ld _INBOX.load %d\r\n", index % settings->subjects, settings->size);
        memset(place + head, 'x', (size_t)settings->size);
        memcpy(place + head + settings->size, "\r\n", 2);
        frames.offsets[index + 1] = frames.offsets[index] + (size_t)(head + settings->size + 2);
    }
    return frames;
}

/// Publishes `count` messages, of which `window` at most have not been acknowledged.
static void store_messages(struct reader *reader, const struct settings *settings, long count, double *latencies) {
    struct frames frames = make_frames(settings);
    long sent = 0, stored = 0, place = 0;
    double start = 0;
    while (stored < count) {
        long free = settings->window - (sent - stored);
        if (free > count - sent) free = count - sent;
        // A whole window goes out in two halves: one is on its way while the other is acknowledged.
        if (free > 0 && (free >= settings->window / 2 || sent == stored || free == count - sent)) {
            start = now();
            for (long rest = free; rest > 0;) {
                long run = rest < frames.count - place ? rest : frames.count - place;
                const char *first = frames.bytes + frames.offsets[place];
                send_all(reader->fd, first, frames.offsets[place + run] - frames.offsets[place]);
                place = (place + run) % frames.count;
                rest -= run;
            }
            sent += free;
        }
        struct message message = await_message(reader);
        do {
            if (memcmp(message.payload, "{\"stream\":", 10) != 0) fail("not stored", message.payload, message.size);
            if (latencies) latencies[stored] = (now() - start) * 1e6;
            stored++;
        } while (next_message(reader, &message));
    }
    free(frames.bytes);
    free(frames.offsets);
}

void run_store(const struct settings *settings) {
    struct reader reader = connect_reader(settings);
    make_stream(&reader, settings);
    double *latencies = NULL;
    if (settings->window == 1) {
        latencies = calloc((size_t)settings->count, sizeof *latencies);
        if (!latencies) stop("malloc");
    }
    double start = now();
    store_messages(&reader, settings, settings->count, latencies);
    printf("rate %.0f\n", (double)settings->count / (now() - start));
    if (latencies) print_latencies(latencies, settings->count);
}

// Pulls messages in batches, of which the next is asked for when the whole of one has come. What the stream lacks is published
// before.
void run_fetch(const struct settings *settings) {
    struct reader reader = connect_reader(settings);
    make_stream(&reader, settings);
    long lacking = settings->count - count_stored(&reader);
    if (lacking > 0) store_messages(&reader, settings, lacking, NULL);
    ask(&reader, "CONSUMER.DELETE.LOAD.load", "");
    char body[256];
    snprintf(
        body, sizeof body,
        "{\"stream_name\":\"LOAD\",\"config\":{\"durable_name\":\"load\",\"ack_policy\":\"%s\",\"max_ack_pending\":10000}}",
        settings->acknowledge ? "explicit" : "none");
    struct message message = ask(&reader, "CONSUMER.CREATE.LOAD.load", body);
    if (holds(message, "\"error\"")) fail("no consumer", message.payload, message.size);
    char *acknowledgements = malloc((size_t)settings->batch * 256);
    if (!acknowledgements) stop("malloc");
    double start = now();
    for (long fetched = 0; fetched < settings->count;) {
        long batch = settings->count - fetched < settings->batch ? settings->count - fetched : settings->batch;
        char request[64], frame[192];
        int size = sprintf(request, "{\"batch\":%ld,\"expires\":5000000000}", batch);
        int length = sprintf(
            frame, "PUB $JS.API.CONSUMER.MSG.NEXT.LOAD.load _INBOX.load %d\r\n%s\r\n", size, request);
        send_all(reader.fd, frame, (size_t)length);
        size_t held = 0;
        for (long rest = batch; rest > 0; rest--) {
            message = await_message(&reader);
            if (message.headers) fail("no message", message.payload, message.size);
            if (message.size != (size_t)settings->size) fail("another message", message.payload, message.size);
            if (!settings->acknowledge) continue;
            char *place = acknowledgements + held;
            memcpy(place, "PUB ", 4);
            memcpy(place + 4, message.reply, message.reply_size);
            memcpy(place + 4 + message.reply_size, " 4\r\n+ACK\r\n", 10);
            held += message.reply_size + 14;
        }
        send_all(reader.fd, acknowledgements, held);
        fetched += batch;
    }
    flush(reader.fd);
    printf("rate %.0f\n", (double)settings->count / (now() - start));
}

// Asks for one message after another, one request at a time: for the last one of a subject, or, where there are `messages`, for one
// of that many by its sequence. Where there is no stream, one is made, with ten messages for each subject.
void run_get(const struct settings *settings) {
    struct reader reader = connect_reader(settings);
    double *latencies = calloc((size_t)settings->count, sizeof *latencies);
    if (!latencies) stop("malloc");
    if (count_stored(&reader) < 0) {
        make_stream(&reader, settings);
        store_messages(&reader, settings, settings->subjects * 10L, NULL);
    }
    for (long index = 0; index < settings->count; index++) {
        char frame[128], request[64];
        // Steps of a prime number, so that neighbours are not asked for after one another.
        long step = index * 7368787;
        int length;
        if (settings->messages > 0) {
            int size = sprintf(request, "{\"seq\":%ld}", step % settings->messages + 1);
            length = sprintf(frame, "PUB $JS.API.DIRECT.GET.LOAD _INBOX.load %d\r\n%s\r\n", size, request);
        } else {
            length = sprintf(
                frame, "PUB $JS.API.DIRECT.GET.LOAD.load.stream.%ld _INBOX.load 0\r\n\r\n", step % settings->subjects);
        }
        double start = now();
        send_all(reader.fd, frame, (size_t)length);
        struct message message = await_message(&reader);
        latencies[index] = (now() - start) * 1e6;
        if (!holds(message, "Nats-Sequence:")) fail("no message", message.payload, message.size);
    }
    print_latencies(latencies, settings->count);
}

void check_stream(int fd, long messages) {
    struct reader reader = make_reader(fd);
    static const char line[] = "SUB _INBOX.load 1\r\n";
    send_all(fd, line, sizeof line - 1);
    long stored = count_stored(&reader);
    errno = 0;
    if (stored != messages) stop("the stream holds another number of messages than were stored");
    free(reader.bytes);
}
