// A server's life without messages: how it starts, and what clients that do nothing cost it.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

extern char **environ;

/// Opens the connections, says `ready`, and holds them until standard input ends.
void run_idle(const struct settings *settings) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (int index = 0; index < settings->connections; index++) dial(settings);
    printf("ready %d\n", settings->connections);
    fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) continue;
}

/// The memory that a process holds, in MB; 0 where the system does not show it as Linux does.
static double resident_memory(pid_t process) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    FILE *file = fopen(path, "r");
    long size = 0;
    while (file && fgets(line, sizeof line, file)) sscanf(line, "VmRSS: %ld", &size);
    if (file) fclose(file);
    return (double)size / 1024;
}

/// Starts a server, and prints the milliseconds from there to its first PONG, or to the answer that its stream holds so many
/// messages; then also its memory, once nothing has happened for three seconds.
void run_start(const struct settings *settings, char **command) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO);
    // Not fork(2): copying this process would be measured, too, and slow it down afterwards.
    double start = now();
    pid_t server;
    if ((errno = posix_spawn(&server, command[0], &actions, NULL, command, environ)) != 0) stop("posix_spawn");
    posix_spawn_file_actions_destroy(&actions);
    int fd = -1;
    while (fd < 0) {
        if (waitpid(server, NULL, WNOHANG) != 0 || now() - start > 20) {
            kill(server, SIGKILL);
            errno = 0;
            stop("the server did not start");
        }
        // Short beside what a start takes, long enough to leave the server its processor.
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
        fd = dial_socket(settings->port);
    }
    greet(fd, settings);
    if (settings->messages > 0) check_stream(fd, settings->messages);
    printf("start %.2f\n", (now() - start) * 1e3);
    close(fd);
    if (settings->messages > 0) {
        sleep(3);
        printf("memory %.2f\n", resident_memory(server));
    }
    // How it ends is not measured.
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}
