// Bridges and virtual cables between networks, asked of the kernel over netlink, so that no other program is needed.
#ifdef __linux__
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CWorkbench.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
    struct nlmsghdr header;
    char body[1024];
};

static void *reserve(struct request *request, size_t length) {
    char *place = (char *)request + NLMSG_ALIGN(request->header.nlmsg_len);
    request->header.nlmsg_len = (unsigned)(NLMSG_ALIGN(request->header.nlmsg_len) + length);
    memset(place, 0, length);
    return place;
}

static struct rtattr *add(struct request *request, unsigned short type, const void *data, size_t length) {
    struct rtattr *attribute = reserve(request, RTA_LENGTH(length));
    attribute->rta_type = type;
    attribute->rta_len = (unsigned short)RTA_LENGTH(length);
    if (length > 0) {
        memcpy(RTA_DATA(attribute), data, length);
    }
    return attribute;
}

static void end(struct request *request, struct rtattr *attribute) {
    attribute->rta_len = (unsigned short)((char *)request + request->header.nlmsg_len - (char *)attribute);
}

static void *begin(struct request *request, unsigned short type, unsigned short flags, size_t length) {
    memset(request, 0, sizeof *request);
    request->header.nlmsg_len = NLMSG_HDRLEN;
    request->header.nlmsg_type = type;
    request->header.nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | flags);
    return reserve(request, length);
}

static int ask(struct request *request) {
    int channel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (channel < 0) {
        return errno;
    }
    char answer[4096];
    int error = 0;
    ssize_t got = -1;
    if (send(channel, request, request->header.nlmsg_len, 0) < 0 || (got = recv(channel, answer, sizeof answer, 0)) < 0) {
        error = errno;
    } else {
        struct nlmsghdr *header = (struct nlmsghdr *)answer;
        if (!NLMSG_OK(header, got) || header->nlmsg_type != NLMSG_ERROR) {
            error = EPROTO;
        } else {
            error = -((struct nlmsgerr *)NLMSG_DATA(header))->error;
        }
    }
    close(channel);
    return error;
}

int workbench_network_up(const char *name) {
    struct request request;
    struct ifinfomsg *link = begin(&request, RTM_NEWLINK, 0, sizeof *link);
    link->ifi_index = (int)if_nametoindex(name);
    link->ifi_flags = IFF_UP;
    link->ifi_change = IFF_UP;
    return link->ifi_index == 0 ? errno : ask(&request);
}

int workbench_network_address(const char *name, unsigned address, unsigned char prefix) {
    struct request request;
    struct ifaddrmsg *message = begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, sizeof *message);
    message->ifa_family = AF_INET;
    message->ifa_prefixlen = prefix;
    message->ifa_index = if_nametoindex(name);
    if (message->ifa_index == 0) {
        return errno;
    }
    add(&request, IFA_LOCAL, &address, sizeof address);
    add(&request, IFA_ADDRESS, &address, sizeof address);
    return ask(&request);
}

int workbench_network_bridge(const char *name) {
    struct request request;
    begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));
    add(&request, IFLA_IFNAME, name, strlen(name) + 1);
    struct rtattr *information = add(&request, IFLA_LINKINFO, NULL, 0);
    add(&request, IFLA_INFO_KIND, "bridge", 6);
    end(&request, information);
    return ask(&request);
}

int workbench_network_cable(const char *name, const char *bridge, int network, const char *inner) {
    struct request request;
    begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));
    unsigned master = if_nametoindex(bridge);
    if (master == 0) {
        return errno;
    }
    add(&request, IFLA_IFNAME, name, strlen(name) + 1);
    add(&request, IFLA_MASTER, &master, sizeof master);
    struct rtattr *information = add(&request, IFLA_LINKINFO, NULL, 0);
    add(&request, IFLA_INFO_KIND, "veth", 4);
    struct rtattr *data = add(&request, IFLA_INFO_DATA, NULL, 0);
    struct rtattr *peer = add(&request, VETH_INFO_PEER, NULL, 0);
    reserve(&request, sizeof(struct ifinfomsg));
    add(&request, IFLA_IFNAME, inner, strlen(inner) + 1);
    add(&request, IFLA_NET_NS_FD, &network, sizeof network);
    end(&request, peer);
    end(&request, data);
    end(&request, information);
    int error = ask(&request);
    return error != 0 ? error : workbench_network_up(name);
}

int workbench_network_remove(const char *name) {
    struct request request;
    struct ifinfomsg *link = begin(&request, RTM_DELLINK, 0, sizeof *link);
    link->ifi_index = (int)if_nametoindex(name);
    return link->ifi_index == 0 ? errno : ask(&request);
}
#endif
