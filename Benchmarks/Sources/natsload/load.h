// What the parts of natsload share. See main.c for how it is called.
#ifndef LOAD_H
#define LOAD_H

#include <stddef.h>
#include <stdnoreturn.h>
#include <sys/types.h>

/// What the command line says.
struct settings {
    int port;
    /// Bytes of payload of each message.
    int size;
    /// Messages that each publisher sends, or requests.
    long count;
    int publishers;
    int subscribers;
    /// How many subjects each publisher goes through, one after another.
    int subjects;
    /// Connections of the `idle` scenario.
    int connections;
    /// Whether connections go on in TLS after INFO.
    int tls;
    /// Messages of a stream that may be on their way to it without being acknowledged.
    int window;
    /// Messages that a stream holds, where it matters.
    int messages;
    /// Messages that a consumer asks for at once.
    int batch;
    /// Whether the stream lies in memory.
    int memory;
    /// Whether the stream that is there is used, whatever it holds; else there is a new one.
    int keep;
    /// Whether a consumer acknowledges each message.
    int acknowledge;
    /// NULL for none.
    const char *user;
    const char *password;
};

/// How the subscribers of a flow are interested in what its publishers send.
enum interest {
    /// Each subscriber in the one subject of all publishers.
    interest_shared,
    /// Subscriber i in the subject of publisher i.
    interest_paired,
    /// Each subscriber in every subject, one subscription for each.
    interest_each_subject,
    /// Each subscriber in all subjects by one wildcard.
    interest_wildcard,
    /// All subscribers are members of one queue group.
    interest_queue,
};

// Scenarios print `name value` lines and end the process where something is wrong.
void run_flow(const struct settings *settings, enum interest interest);
void run_requests(const struct settings *settings);
void run_idle(const struct settings *settings);
void run_store(const struct settings *settings);
void run_fetch(const struct settings *settings);
void run_get(const struct settings *settings);
void run_start(const struct settings *settings, char **command);

// streams.c
/// Stops the program unless the stream holds as many messages.
void check_stream(int fd, long messages);

// requests.c
/// Prints p50 and p99 of `latencies`, which it sorts.
void print_latencies(double *latencies, long count);

// connection.c
int dial(const struct settings *settings);
/// A connection to the port alone, or -1: nothing is read or written.
int dial_socket(int port);
/// INFO in, CONNECT and PING out, PONG in.
void greet(int fd, const struct settings *settings);
/// Sends PING and reads until PONG; whatever stands before it is skipped.
void flush(int fd);

// tls.c
/// Everything that is read and written from here on goes through TLS.
void start_tls(int fd);
/// As `read`, but for signals.
ssize_t receive(int fd, void *bytes, size_t count);
void send_all(int fd, const char *bytes, size_t count);

/// Seconds of the monotonic clock.
double now(void);

noreturn void stop(const char *what);

#endif
