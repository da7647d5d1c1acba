#ifndef SOAK_H
#define SOAK_H

#include <stdbool.h>
#include <stdnoreturn.h>

struct client {
    int port;
    /// The state of its random numbers: the same seed does the same things.
    unsigned long random;
    /// How many connections it has had; of the good client, how many messages.
    long lives;
};

/// One connection from its beginning to its end.
void live_once(struct client *client);

/// A connection, or -1.
int dial(int port);
/// Sends the text; false where the server has closed the connection.
bool say(int fd, const char *text);
/// Reads until the word was seen, no longer than that many milliseconds.
bool hear(int fd, const char *word, int milliseconds);
noreturn void fail(const char *what);

#endif
