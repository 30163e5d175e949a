/*
 * agent - tells a balancer how much of what comes this server is to get: HAProxy's agent protocol,
 * on listeners of the control lane, so that it is told through a drain until the end.
 */
#ifndef RD_SERVER_AGENT_H
#define RD_SERVER_AGENT_H

#include "app/route.h"
#include "base/lock.h"
#include "flow/weight.h"
#include "serve/line.h"

struct replyd;

struct rd_agent {
	struct rd_lock lock; /* rank AGENT; no lock is taken inside */
	/* under lock */ struct rd_weight weight;
	struct rd_router router; /* its one route */
	struct rd_line_service line;
};

/* Adds a listener of the control lane. 0, or -1 with the server's fault. */
int rd_agent_listen(struct replyd *server, const char *address);

/* Before it is asked: with the deadlines of the server's line services. */
void rd_agent_begin(struct replyd *server);

void rd_agent_init(struct rd_agent *a);
void rd_agent_fini(struct rd_agent *a);

#endif
