#ifndef SOAK_H
#define SOAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdnoreturn.h>

/// Where the server listens.
struct server {
    int clients;
    int web_sockets;
    int monitoring;
    /// Whether it may be gone, since it was told to end.
    bool may_end;
};

struct client {
    const struct server *server;
    /// The state of its random numbers: the same seed does the same things.
    unsigned long random;
    /// How many connections it has had; of the good client, how many messages.
    long lives;
};

/// One connection of a random kind from its beginning to its end; false where the server is gone and may be.
bool live_once(struct client *client);

/// A number below a limit.
unsigned long draw(struct client *client, unsigned long below);
/// A connection, or -1.
int dial(int port);
/// Sends the text; false where the server has closed the connection.
bool say(int fd, const char *text);
/// Sends the bytes; false where the server has closed the connection.
bool send_bytes(int fd, const char *bytes, size_t count);
/// Reads until the word was seen, no longer than that many milliseconds.
bool hear(int fd, const char *word, int milliseconds);
/// Ends a connection in one of the ways in which connections end.
void leave(struct client *client, int fd);
noreturn void fail(const char *what);

/// One random thing that a client may send, put into a frame of so many bytes at least; its length.
#define FRAME_SIZE 20000
int make_frame(struct client *client, char *frame);

/// The kinds of clients that speak something else than the plain protocol.
void crowd_in(struct client *client);
void greet_by_tls(struct client *client);
void speak_web_socket(struct client *client);
void ask_monitoring(struct client *client);
void use_streams(struct client *client);

#endif
