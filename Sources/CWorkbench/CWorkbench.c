// What Swift cannot call (variadic functions) or must not do itself (work inside a signal handler).
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CWorkbench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

int workbench_spawn(const char *path, char *const arguments[], char *const environment[], const char *directory,
                    const struct workbench_descriptor *descriptors, int count, pid_t *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    sigset_t signals;
    short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID;
#ifdef POSIX_SPAWN_CLOEXEC_DEFAULT
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    error = posix_spawnattr_setflags(&attributes, flags);
    if (error == 0) {
        sigemptyset(&signals);
        error = posix_spawnattr_setsigmask(&attributes, &signals);
    }
    if (error == 0) {
        sigfillset(&signals);
        error = posix_spawnattr_setsigdefault(&attributes, &signals);
    }
    if (error == 0 && directory != NULL) {
        error = posix_spawn_file_actions_addchdir_np(&actions, directory);
    }
    for (int index = 0; index < count && error == 0; index++) {
        error = posix_spawn_file_actions_adddup2(&actions, descriptors[index].from, descriptors[index].to);
    }
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    if (error == 0 && count > 0) {
        error = posix_spawn_file_actions_addclosefrom_np(&actions, descriptors[count - 1].to + 1);
    }
#endif
    if (error == 0) {
        error = posix_spawn(process, path, &actions, &attributes, arguments, environment);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int workbench_open_terminal(int *outside, int *inside) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) {
        return errno;
    }
    const char *name = NULL;
    int slave = -1;
    if (grantpt(master) == 0 && unlockpt(master) == 0 && (name = ptsname(master)) != NULL) {
        slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    }
    if (slave < 0) {
        int error = errno;
        close(master);
        return error;
    }
    *outside = master;
    *inside = slave;
    return 0;
}

int workbench_adopt_orphans(void) {
#ifdef __linux__
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : errno;
#else
    return ENOSYS;
#endif
}

static int event_pipe[2] = {-1, -1};

static void child_ended(int signal) {
    (void)signal;
    int saved = errno;
    char byte = 0;
    // A full pipe already says all that there is to say.
    ssize_t written = write(event_pipe[1], &byte, 1);
    (void)written;
    errno = saved;
}

int workbench_child_events(void) {
    if (pipe(event_pipe) != 0) {
        return -1;
    }
    for (int end = 0; end < 2; end++) {
        fcntl(event_pipe[end], F_SETFD, FD_CLOEXEC);
        fcntl(event_pipe[end], F_SETFL, O_NONBLOCK);
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = child_ended;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    if (sigaction(SIGCHLD, &action, NULL) != 0) {
        return -1;
    }
    return event_pipe[0];
}
