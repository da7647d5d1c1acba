// natsload: load for a NATS server on this machine, made so that the server and not its clients is what is measured.
//
//   natsload PORT publish|shared|paired|subjects|wildcard|queue|request|idle [KEY=NUMBER]... [user=NAME] [password=WORD]
//   natsload PORT store|fetch|get [KEY=NUMBER]...
//   natsload PORT start [messages=NUMBER] COMMAND...
//
// Keys: size count publishers subscribers subjects connections tls (1 for connections by TLS); for streams also window batch
// messages, and 1 for memory, keep, acknowledge. Prints `name value` lines: rate in messages a second that reached their subscribers (that were
// published, where there are none; that were stored; that were fetched), p50 and p99 in microseconds, start in milliseconds.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

static int usage(void) {
    fputs("usage: natsload PORT SCENARIO [KEY=VALUE]...; see the head of main.c\n", stderr);
    return 64;
}

static int parse(struct settings *settings, char *argument) {
    char *value = strchr(argument, '=');
    if (!value) return 0;
    *value++ = 0;
    struct {
        const char *key;
        int *number;
    } keys[] = {
        {"size", &settings->size},
        {"publishers", &settings->publishers},
        {"subscribers", &settings->subscribers},
        {"subjects", &settings->subjects},
        {"connections", &settings->connections},
        {"tls", &settings->tls},
        {"window", &settings->window},
        {"messages", &settings->messages},
        {"batch", &settings->batch},
        {"memory", &settings->memory},
        {"keep", &settings->keep},
        {"acknowledge", &settings->acknowledge},
    };
    for (size_t index = 0; index < sizeof keys / sizeof *keys; index++) {
        if (strcmp(argument, keys[index].key) == 0) return (*keys[index].number = atoi(value)) >= 0;
    }
    if (strcmp(argument, "count") == 0) return (settings->count = atol(value)) > 0;
    if (strcmp(argument, "user") == 0) return (settings->user = value) != NULL;
    if (strcmp(argument, "password") == 0) return (settings->password = value) != NULL;
    return 0;
}

int main(int count, char **arguments) {
    if (count < 3) return usage();
    signal(SIGPIPE, SIG_IGN);
    struct settings settings = {
        .port = atoi(arguments[1]), .size = 128, .count = 100000, .publishers = 1, .subscribers = 1, .subjects = 1,
        .connections = 1, .window = 512, .batch = 500,
    };
    const char *scenario = arguments[2];
    if (strcmp(scenario, "start") == 0) {
        int index = 3;
        if (strncmp(arguments[index], "messages=", 9) == 0 && !parse(&settings, arguments[index++])) return usage();
        if (index == count) return usage();
        run_start(&settings, arguments + index);
        return 0;
    }
    for (int index = 3; index < count; index++) {
        if (!parse(&settings, arguments[index])) return usage();
    }
    static const struct {
        const char *name;
        enum interest interest;
    } flows[] = {
        {"shared", interest_shared},     {"paired", interest_paired}, {"subjects", interest_each_subject},
        {"wildcard", interest_wildcard}, {"queue", interest_queue},
    };
    for (size_t index = 0; index < sizeof flows / sizeof *flows; index++) {
        if (strcmp(scenario, flows[index].name) == 0) {
            run_flow(&settings, flows[index].interest);
            return 0;
        }
    }
    if (strcmp(scenario, "publish") == 0) {
        settings.subscribers = 0;
        run_flow(&settings, interest_shared);
    } else if (strcmp(scenario, "request") == 0) {
        run_requests(&settings);
    } else if (strcmp(scenario, "store") == 0) {
        run_store(&settings);
    } else if (strcmp(scenario, "fetch") == 0) {
        run_fetch(&settings);
    } else if (strcmp(scenario, "get") == 0) {
        run_get(&settings);
    } else if (strcmp(scenario, "idle") == 0) {
        run_idle(&settings);
    } else {
        return usage();
    }
    return 0;
}
