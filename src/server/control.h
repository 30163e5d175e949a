/*
 * control - the control lane: it answers who looks after the server, by HTTP, on listeners of its
 * own, with a queue and workers of its own, so that it does so while all of the server's are busy.
 */
#ifndef RD_SERVER_CONTROL_H
#define RD_SERVER_CONTROL_H

#include "app/app.h"
#include "serve/http1.h"
#include "server/agent.h"
#include "server/group.h"

struct replyd;
struct rd_section; /* config/config.h */
struct replyd_exchange;

enum { RD_RESOURCES = 11 };

struct rd_resource; /* control.c */

struct rd_answer {
	struct replyd *server;
	const struct rd_resource *resource;
};

struct rd_control {
	struct rd_listeners listeners;
	struct rd_changes changes; /* its listeners stay, but are held for a hand-over ... */
	struct rd_lock listening;  /* ... or a look: rank LISTENING */
	struct rd_group group;
	struct rd_app app;
	struct rd_http_service http;
	struct rd_answer answer[RD_RESOURCES]; /* what the routes answer */
	struct rd_agent agent;
	pthread_t thread; /* runs the group ... */
	bool runs;	  /* ... which is true while it is to be joined */
};

/* Zeroed by its owner. As rd_group_init. */
int rd_control_init(struct rd_control *c);
/* Closed, or never opened. */
void rd_control_fini(struct rd_control *c);

/* Adds the addresses that a configuration says. 0, or -1 with the server's fault. */
int rd_control_configure(struct replyd *server, const struct rd_section *root);

/*
 * With `descriptors` that the process may have: serves what replyd_control named, which is open, in
 * a thread. 0, or -1 with the server's fault.
 */
int rd_control_open(struct replyd *server, size_t descriptors);

/* The clients are served: the lane is from now on, if it was not yet. */
void rd_control_serve(struct replyd *server);

/* What was asked is answered; then nothing of it runs. */
void rd_control_close(struct replyd *server);

/* How many of `descriptors` are kept for it. */
size_t rd_control_descriptors(const struct replyd *server, size_t descriptors);

/* The performers of what more than a line answers; data is the server. */
int rd_metrics_perform(struct replyd_exchange *x, void *data);
int rd_page_perform(struct replyd_exchange *x, void *data);
int rd_status_perform(struct replyd_exchange *x, void *data);
int rd_workers_perform(struct replyd_exchange *x, void *data);
int rd_trace_perform(struct replyd_exchange *x, void *data);

#endif
