// Namespaces, descriptors passed over sockets, and what is run inside another process's namespaces.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CWorkbench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int workbench_send_descriptors(int socket, const int *descriptors, int count) {
    char byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * WORKBENCH_MAXIMUM_DESCRIPTORS)];
    } control;
    if (count < 1 || count > WORKBENCH_MAXIMUM_DESCRIPTORS) {
        return EINVAL;
    }
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    message.msg_control = control.space;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    memcpy(CMSG_DATA(header), descriptors, sizeof(int) * count);
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, 0);
    } while (sent < 0 && errno == EINTR);
    return sent == 1 ? 0 : errno;
}

int workbench_receive_descriptors(int socket, int *descriptors, int count) {
    char byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * WORKBENCH_MAXIMUM_DESCRIPTORS)];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    ssize_t got;
    do {
        got = recvmsg(socket, &message, 0);
    } while (got < 0 && errno == EINTR);
    if (got != 1) {
        return got == 0 ? EPIPE : errno;
    }
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof(int) * count)) {
        return EPROTO;
    }
    memcpy(descriptors, CMSG_DATA(header), sizeof(int) * count);
    for (int index = 0; index < count; index++) {
        fcntl(descriptors[index], F_SETFD, FD_CLOEXEC);
    }
    return 0;
}

#ifdef __linux__
#include <arpa/inet.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

static int write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) {
        return errno;
    }
    ssize_t length = (ssize_t)strlen(text);
    int error = write(file, text, (size_t)length) == length ? 0 : errno;
    close(file);
    return error;
}

static int open_listener(const struct workbench_listen_request *request, int *listener) {
    int on = 1;
    int off = 0;
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(request->port)};
    struct sockaddr_in one = {.sin_family = AF_INET, .sin_port = htons(request->port)};
    one.sin_addr.s_addr = request->address;
    int type = (request->is_datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC;
    // Any address is one of IPv6, too, where there is IPv6.
    int both = request->address == INADDR_ANY ? socket(AF_INET6, type, 0) : -1;
    *listener = both >= 0 ? both : socket(AF_INET, type, 0);
    const struct sockaddr *address = both >= 0 ? (struct sockaddr *)&any : (struct sockaddr *)&one;
    // Two may have a port for UDP where both say that they reuse it.
    if (*listener < 0 ||
        (!request->is_datagram && setsockopt(*listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) ||
        (both >= 0 && setsockopt(both, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0) ||
        bind(*listener, address, both >= 0 ? sizeof any : sizeof one) != 0 ||
        (!request->is_datagram && listen(*listener, 512) != 0)) {
        return errno;
    }
    return 0;
}

// Opens listening sockets in the network that the supervisor has left behind, for as long as the supervisor lives.
static void open_sockets(int channel) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // Whoever reads what the caller prints waits for the caller alone.
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    struct workbench_listen_request request;
    while (recv(channel, &request, sizeof request, MSG_WAITALL) == (ssize_t)sizeof request) {
        int listener = -1;
        int error = open_listener(&request, &listener);
        if (send(channel, &error, sizeof error, MSG_NOSIGNAL) != (ssize_t)sizeof error) {
            break;
        }
        if (error == 0 && workbench_send_descriptors(channel, &listener, 1) != 0) {
            break;
        }
        if (listener >= 0) {
            close(listener);
        }
    }
    _exit(0);
}

int workbench_enter_network(int *sockets) {
    char map[64];
    unsigned user = (unsigned)geteuid();
    unsigned group = (unsigned)getegid();
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return errno;
    }
    pid_t opener = fork();
    if (opener < 0) {
        return errno;
    }
    if (opener == 0) {
        close(ends[0]);
        open_sockets(ends[1]);
    }
    close(ends[1]);
    *sockets = ends[0];
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        return errno;
    }
    // A kernel without setgroups files wants none.
    (void)write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", user);
    int error = write_file("/proc/self/uid_map", map);
    if (error == 0) {
        snprintf(map, sizeof map, "0 %u 1", group);
        error = write_file("/proc/self/gid_map", map);
    }
    return error;
}

int workbench_listen(int sockets, int is_datagram, unsigned address, unsigned short port, int *listener) {
    struct workbench_listen_request request;
    memset(&request, 0, sizeof request);
    request.address = address;
    request.port = port;
    request.is_datagram = is_datagram != 0;
    int error = 0;
    if (send(sockets, &request, sizeof request, MSG_NOSIGNAL) != (ssize_t)sizeof request ||
        recv(sockets, &error, sizeof error, MSG_WAITALL) != (ssize_t)sizeof error) {
        return EPIPE;
    }
    return error != 0 ? error : workbench_receive_descriptors(sockets, listener, 1);
}

int workbench_new_thread_network(int *network) {
    if (unshare(CLONE_NEWNET) != 0) {
        return errno;
    }
    *network = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    return *network < 0 ? errno : 0;
}

int workbench_enter_thread_network(int network) {
    return setns(network, CLONE_NEWNET) == 0 ? 0 : errno;
}

// Only calls that are safe between fork and exec in a process with threads.
static _Noreturn void run_inside(const int *namespaces, const int *kinds, int count, char *const arguments[],
                                 char *const environment[], const char *directory, const int *standard,
                                 int failures) {
    int error = 0;
    for (int index = 0; index < count && error == 0; index++) {
        error = setns(namespaces[index], kinds[index]) == 0 ? 0 : errno;
    }
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
    pid_t inner = error == 0 ? fork() : -1;
    if (error == 0 && inner < 0) {
        error = errno;
    }
    if (inner == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setsid();
        for (int capability = 0; capability <= 63; capability++) {
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
        }
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        for (int number = 0; number < 3; number++) {
            dup2(standard[number], number);
        }
        if (chdir(directory) != 0) {
            error = errno;
        } else {
            environ = (char **)environment;
            execvp(arguments[0], arguments);
            error = errno;
        }
    }
    if (error != 0) {
        ssize_t written = write(failures, &error, sizeof error);
        (void)written;
        _exit(127);
    }
    // What the parent must not wait for: the other end of its pipes.
    for (int number = 0; number < 3; number++) {
        close(standard[number]);
    }
    close(failures);
    int status = 0;
    while (waitpid(inner, &status, 0) < 0 && errno == EINTR) {
    }
    _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

int workbench_spawn_inside(pid_t target, char *const arguments[], char *const environment[], const char *directory,
                           const int *standard, pid_t *process) {
    // The user namespace last: the caller's own rights reach into the others, those of the target's user need not.
    static const struct {
        const char *name;
        int kind;
    } all[] = {{"net", CLONE_NEWNET}, {"ipc", CLONE_NEWIPC}, {"uts", CLONE_NEWUTS},
               {"pid", CLONE_NEWPID}, {"mnt", CLONE_NEWNS},  {"user", CLONE_NEWUSER}};
    enum { COUNT = sizeof all / sizeof all[0] };
    int namespaces[COUNT];
    int kinds[COUNT];
    int error = 0;
    int opened = 0;
    for (int index = 0; index < COUNT; index++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)target, all[index].name);
        int descriptor = open(path, O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) {
            error = errno;
            break;
        }
        namespaces[opened] = descriptor;
        kinds[opened++] = all[index].kind;
        // Joining a process tree that is the caller's own takes rights that the caller need not have.
        struct stat own, other;
        snprintf(path, sizeof path, "/proc/self/ns/%s", all[index].name);
        if (stat(path, &own) == 0 && fstat(descriptor, &other) == 0 && own.st_ino == other.st_ino) {
            close(descriptor);
            opened--;
        }
    }
    int failures[2] = {-1, -1};
    if (error == 0 && pipe2(failures, O_CLOEXEC) != 0) {
        error = errno;
    }
    if (error == 0) {
        *process = fork();
        if (*process < 0) {
            error = errno;
        } else if (*process == 0) {
            run_inside(namespaces, kinds, opened, arguments, environment, directory, standard, failures[1]);
        }
    }
    for (int index = 0; index < opened; index++) {
        close(namespaces[index]);
    }
    if (failures[1] >= 0) {
        close(failures[1]);
        int failure = 0;
        ssize_t got = 0;
        if (error == 0) {
            do {
                got = read(failures[0], &failure, sizeof failure);
            } while (got < 0 && errno == EINTR);
            if (got == (ssize_t)sizeof failure) {
                error = failure;
                while (waitpid(*process, NULL, 0) < 0 && errno == EINTR) {
                }
            }
        }
        close(failures[0]);
    }
    return error;
}
#endif
