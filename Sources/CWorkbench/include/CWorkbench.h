#ifndef C_WORKBENCH_H
#define C_WORKBENCH_H

#include <sys/types.h>

/// One descriptor that a new process gets: the caller's `from` becomes its `to`.
struct workbench_descriptor {
    int from;
    int to;
};

/// Starts `path` in a session of its own with default signal handling, and stores its process id in `process`.
///
/// The new process has exactly the given descriptors (sorted by `to`, 0 to 2 among them) as long as all others are
/// marked close-on-exec or lie above the highest one. Returns 0, or an errno value.
int workbench_spawn(const char *path, char *const arguments[], char *const environment[], const char *directory,
                    const struct workbench_descriptor *descriptors, int count, pid_t *process);

/// Makes the calling process the parent of every orphan among its descendants.
///
/// Returns 0, or an errno value; ENOSYS where the system has no such thing.
int workbench_adopt_orphans(void);

/// Returns the reading end of a pipe that becomes readable whenever a child process ends, or -1 with errno set.
///
/// Installs a handler for SIGCHLD; call it once in a process.
int workbench_child_events(void);

/// Makes a pseudo-terminal: what is written to one end is read from the other.
///
/// Both are close-on-exec, and the caller does not get it as its controlling terminal. Returns 0, or an errno value.
int workbench_open_terminal(int *outside, int *inside);

/// The most descriptors that go in one message.
#define WORKBENCH_MAXIMUM_DESCRIPTORS 8

/// Sends `count` descriptors with one byte over a Unix socket. Returns 0, or an errno value.
int workbench_send_descriptors(int socket, const int *descriptors, int count);

/// Receives exactly `count` descriptors with one byte, close-on-exec. Returns 0, or an errno value; EPIPE when the other
/// side has hung up.
int workbench_receive_descriptors(int socket, int *descriptors, int count);

#ifdef __linux__
/// Where to listen: an IPv4 address in network order and a port in host order.
struct workbench_listen_request {
    unsigned address;
    unsigned short port;
    /// Not 0: for UDP.
    unsigned short is_datagram;
};

/// Makes the calling process the root of a user namespace with an empty network of its own, in which it may make bridges.
///
/// The process must have one thread only. `sockets` becomes a channel to a helper process that stays in the network that
/// is left and ends with the caller; see `workbench_listen`. Returns 0, or an errno value.
int workbench_enter_network(int *sockets);

/// Has the helper open a socket in the network that was left: one for TCP that listens, or one for UDP. One call at a time.
///
/// Returns 0 with the socket in `listener`, or an errno value.
int workbench_listen(int sockets, int is_datagram, unsigned address, unsigned short port, int *listener);

/// Gives the calling thread an empty network of its own and stores a descriptor of it. Returns 0, or an errno value.
int workbench_new_thread_network(int *network);

/// Moves the calling thread into a network. Returns 0, or an errno value.
int workbench_enter_thread_network(int network);

/// Starts a program (searched for on the new environment's PATH) in the namespaces of the process `target`.
///
/// `process` is a child of the caller that ends with the program's exit status, 128 + N for signal N, and takes the program
/// with it when it is killed. `standard` are the program's descriptors 0, 1 and 2. Returns 0, or an errno value.
int workbench_spawn_inside(pid_t target, char *const arguments[], char *const environment[], const char *directory,
                           const int *standard, pid_t *process);

/// Makes a bridge. Like those below it works in the calling thread's network, and returns 0 or an errno value.
int workbench_network_bridge(const char *name);

/// Makes a virtual cable: one end, `name`, in a bridge; the other one, `inner`, in the network that a descriptor names.
int workbench_network_cable(const char *name, const char *bridge, int network, const char *inner);

/// Gives an interface an IPv4 address, in network order.
int workbench_network_address(const char *name, unsigned address, unsigned char prefix);

/// Switches an interface on.
int workbench_network_up(const char *name);

/// Removes an interface; a cable goes with both its ends.
int workbench_network_remove(const char *name);
#endif

#endif
