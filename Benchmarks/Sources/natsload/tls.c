// TLS by OpenSSL, for connections that ask for it. A load generator need not know whom it talks to: certificates are not checked.
#include <errno.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include "load.h"

enum { most_descriptors = 4096 };

/// By descriptor; NULL for a plain socket. Each is used by one thread at a time.
static SSL *sessions[most_descriptors];

void start_tls(int fd) {
    static SSL_CTX *context;
    errno = 0;
    if (!context) context = SSL_CTX_new(TLS_client_method());
    if (!context || fd >= most_descriptors) stop("TLS");
    SSL *session = SSL_new(context);
    if (!session || SSL_set_fd(session, fd) != 1 || SSL_connect(session) != 1) stop("TLS handshake");
    sessions[fd] = session;
}

ssize_t receive(int fd, void *bytes, size_t count) {
    for (;;) {
        ssize_t received = sessions[fd] ? SSL_read(sessions[fd], bytes, (int)count) : read(fd, bytes, count);
        if (received < 0 && errno == EINTR) continue;
        return received;
    }
}

void send_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = sessions[fd] ? SSL_write(sessions[fd], bytes, (int)count) : write(fd, bytes, count);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) stop("write");
        bytes += sent;
        count -= (size_t)sent;
    }
}
