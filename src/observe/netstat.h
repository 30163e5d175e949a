/*
 * netstat - what the kernel says of the listeners of all processes.
 */
#ifndef RD_OBSERVE_NETSTAT_H
#define RD_OBSERVE_NETSTAT_H

#include <stdbool.h>
#include <stdint.h>

/* Since the machine, or the network namespace, began. */
struct rd_netstat {
	uint64_t overflows; /* connections that found the queue of their listener full */
	uint64_t drops;	    /* the same, and those that were not taken for another reason */
};

/* Two lines of /proc/net/netstat, the names and their values. False: they do not have both. */
bool rd_netstat_parse(const char *names, const char *values, struct rd_netstat *n);

/* Any thread. False: the kernel does not say. */
bool rd_netstat_look(struct rd_netstat *n);

#endif
