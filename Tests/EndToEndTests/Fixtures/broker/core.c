// Drives a NATS server with the C client (Debian's libnats-dev) and checks what a program that uses it relies on.
// core URL [USER PASSWORD]: prints "ok", or the first thing that is not as it should be.
#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t patience = 10000;

static void fail(int line, const char *what, natsStatus status) {
    fprintf(stderr, "line %d: %s (%s)\n", line, what, natsStatus_GetText(status));
    exit(1);
}

#define OK(call)                                                  \
    do {                                                          \
        natsStatus status_ = (call);                              \
        if (status_ != NATS_OK) fail(__LINE__, #call, status_);   \
    } while (0)
#define CHECK(holds)                                              \
    do {                                                          \
        if (!(holds)) fail(__LINE__, #holds, NATS_OK);            \
    } while (0)

static natsConnection *dial(char **arguments, int count, const char *name) {
    natsOptions *options = NULL;
    natsConnection *connection = NULL;
    OK(natsOptions_Create(&options));
    OK(natsOptions_SetURL(options, arguments[1]));
    OK(natsOptions_SetName(options, name));
    OK(natsOptions_SetAllowReconnect(options, false));
    if (count > 3) OK(natsOptions_SetUserInfo(options, arguments[2], arguments[3]));
    OK(natsConnection_Connect(&connection, options));
    natsOptions_Destroy(options);
    return connection;
}

static void expect(natsSubscription *subscription, const char *subject, const char *payload) {
    natsMsg *message = NULL;
    OK(natsSubscription_NextMsg(&message, subscription, patience));
    CHECK(strcmp(natsMsg_GetSubject(message), subject) == 0);
    CHECK((size_t)natsMsg_GetDataLength(message) == strlen(payload));
    CHECK(memcmp(natsMsg_GetData(message), payload, strlen(payload)) == 0);
    natsMsg_Destroy(message);
}

static void publish_and_subscribe(natsConnection *sender, natsConnection *receiver) {
    natsSubscription *exact = NULL, *star = NULL, *full = NULL;
    OK(natsConnection_SubscribeSync(&exact, receiver, "c.orders.new"));
    OK(natsConnection_SubscribeSync(&star, receiver, "c.*.new"));
    OK(natsConnection_SubscribeSync(&full, receiver, "c.>"));
    OK(natsConnection_FlushTimeout(receiver, patience));
    OK(natsConnection_PublishString(sender, "c.orders.new", "one"));
    OK(natsConnection_PublishString(sender, "c.orders.old", "two"));
    OK(natsConnection_PublishString(sender, "c.bills.new", ""));
    expect(exact, "c.orders.new", "one");
    expect(star, "c.orders.new", "one");
    expect(star, "c.bills.new", "");
    expect(full, "c.orders.new", "one");
    expect(full, "c.orders.old", "two");
    expect(full, "c.bills.new", "");
    natsSubscription_Destroy(exact);
    natsSubscription_Destroy(star);
    natsSubscription_Destroy(full);
}

static void limits(natsConnection *sender, natsConnection *receiver) {
    natsSubscription *subscription = NULL;
    natsMsg *message = NULL;
    OK(natsConnection_SubscribeSync(&subscription, receiver, "c.limited"));
    OK(natsSubscription_AutoUnsubscribe(subscription, 2));
    OK(natsConnection_FlushTimeout(receiver, patience));
    for (int index = 0; index < 5; index++) OK(natsConnection_PublishString(sender, "c.limited", "x"));
    OK(natsConnection_FlushTimeout(sender, patience));
    expect(subscription, "c.limited", "x");
    expect(subscription, "c.limited", "x");
    natsStatus status = natsSubscription_NextMsg(&message, subscription, patience);
    CHECK(status == NATS_MAX_DELIVERED_MSGS || status == NATS_INVALID_SUBSCRIPTION);
    natsSubscription_Destroy(subscription);
    // A message larger than the server takes is refused by the client, which knows the limit from INFO.
    int64_t most = natsConnection_GetMaxPayload(sender);
    CHECK(most == 1048576);
    char *large = calloc(1, (size_t)most + 1);
    CHECK(natsConnection_Publish(sender, "c.large", large, (int)most + 1) == NATS_MAX_PAYLOAD);
    OK(natsConnection_SubscribeSync(&subscription, receiver, "c.large"));
    OK(natsConnection_FlushTimeout(receiver, patience));
    OK(natsConnection_Publish(sender, "c.large", large, (int)most));
    OK(natsSubscription_NextMsg(&message, subscription, patience));
    CHECK(natsMsg_GetDataLength(message) == most);
    natsMsg_Destroy(message);
    natsSubscription_Destroy(subscription);
    free(large);
}

static void answer(natsConnection *connection, natsSubscription *subscription, natsMsg *request, void *closure) {
    (void)subscription;
    (void)closure;
    natsMsg *reply = NULL;
    const char *value = NULL;
    OK(natsMsg_Create(&reply, natsMsg_GetReply(request), NULL, natsMsg_GetData(request), natsMsg_GetDataLength(request)));
    if (natsMsgHeader_Get(request, "Color", &value) == NATS_OK) OK(natsMsgHeader_Set(reply, "Color", value));
    OK(natsConnection_PublishMsg(connection, reply));
    natsMsg_Destroy(reply);
    natsMsg_Destroy(request);
}

static void requests(natsConnection *asking, natsConnection *answering) {
    natsSubscription *service = NULL;
    natsMsg *request = NULL, *reply = NULL;
    const char *value = NULL;
    OK(natsConnection_Subscribe(&service, answering, "c.service", answer, NULL));
    OK(natsConnection_FlushTimeout(answering, patience));
    OK(natsConnection_RequestString(&reply, asking, "c.service", "hello", patience));
    CHECK(natsMsg_GetDataLength(reply) == 5 && memcmp(natsMsg_GetData(reply), "hello", 5) == 0);
    natsMsg_Destroy(reply);
    OK(natsMsg_Create(&request, "c.service", NULL, "with headers", 12));
    OK(natsMsgHeader_Set(request, "Color", "blue"));
    OK(natsMsgHeader_Add(request, "Many", "1"));
    OK(natsMsgHeader_Add(request, "Many", "2"));
    OK(natsConnection_RequestMsg(&reply, asking, request, patience));
    OK(natsMsgHeader_Get(reply, "Color", &value));
    CHECK(strcmp(value, "blue") == 0);
    natsMsg_Destroy(request);
    natsMsg_Destroy(reply);
    CHECK(natsConnection_RequestString(&reply, asking, "c.nobody", "", patience) == NATS_NO_RESPONDERS);
    natsSubscription_Destroy(service);
}

static void queue_groups(natsConnection *sender, natsConnection *receiver, natsConnection *other) {
    enum { members = 3, messages = 300 };
    natsConnection *connections[members] = {receiver, other, receiver};
    natsSubscription *group[members] = {NULL};
    natsSubscription *second = NULL;
    for (int index = 0; index < members; index++) {
        OK(natsConnection_QueueSubscribeSync(&group[index], connections[index], "c.work", "workers"));
        OK(natsConnection_FlushTimeout(connections[index], patience));
    }
    OK(natsConnection_QueueSubscribeSync(&second, other, "c.*", "auditors"));
    OK(natsConnection_FlushTimeout(other, patience));
    for (int index = 0; index < messages; index++) OK(natsConnection_PublishString(sender, "c.work", "job"));
    OK(natsConnection_FlushTimeout(sender, patience));
    for (int index = 0; index < messages; index++) expect(second, "c.work", "job");
    // Whatever was sent before this has arrived when the answer has.
    OK(natsConnection_FlushTimeout(receiver, patience));
    OK(natsConnection_FlushTimeout(other, patience));
    uint64_t total = 0;
    for (int index = 0; index < members; index++) {
        uint64_t waiting = 0;
        OK(natsSubscription_QueuedMsgs(group[index], &waiting));
        CHECK(waiting > 0);
        total += waiting;
        natsSubscription_Destroy(group[index]);
    }
    CHECK(total == messages);
    natsSubscription_Destroy(second);
}

static void count(natsConnection *connection, natsSubscription *subscription, natsMsg *message, void *closure) {
    (void)connection;
    (void)subscription;
    __atomic_fetch_add((int *)closure, 1, __ATOMIC_SEQ_CST);
    natsMsg_Destroy(message);
}

static void draining(natsConnection *sender, natsConnection *receiver) {
    natsSubscription *subscription = NULL;
    int received = 0;
    OK(natsConnection_Subscribe(&subscription, receiver, "c.drain", count, &received));
    OK(natsConnection_FlushTimeout(receiver, patience));
    for (int index = 0; index < 100; index++) OK(natsConnection_PublishString(sender, "c.drain", "x"));
    OK(natsConnection_FlushTimeout(sender, patience));
    OK(natsSubscription_Drain(subscription));
    OK(natsSubscription_WaitForDrainCompletion(subscription, patience));
    CHECK(__atomic_load_n(&received, __ATOMIC_SEQ_CST) == 100);
    natsSubscription_Destroy(subscription);
    OK(natsConnection_DrainTimeout(receiver, patience));
}

int main(int count, char **arguments) {
    int64_t round_trip = 0;
    natsConnection *sender = dial(arguments, count, "sender");
    natsConnection *receiver = dial(arguments, count, "receiver");
    natsConnection *other = dial(arguments, count, "other");
    OK(natsConnection_GetRTT(sender, &round_trip));
    CHECK(round_trip > 0);
    publish_and_subscribe(sender, receiver);
    limits(sender, receiver);
    requests(sender, receiver);
    queue_groups(sender, receiver, other);
    draining(sender, receiver);
    natsConnection_Destroy(other);
    natsConnection_Destroy(receiver);
    natsConnection_Destroy(sender);
    nats_Close();
    puts("ok");
    return 0;
}
