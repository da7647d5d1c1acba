// A server's life without messages: how it starts, and what clients that do nothing cost it.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

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
    double start = now();
    pid_t server = fork();
    if (server == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execv(command[0], command);
        _exit(127);
    }
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
