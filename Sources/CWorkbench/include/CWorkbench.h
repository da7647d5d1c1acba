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

#endif
