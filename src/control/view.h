/*
 * view - how a server was at one moment, from its /status and /workers.
 */
#ifndef RD_CONTROL_VIEW_H
#define RD_CONTROL_VIEW_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct json_t;

/* What an older server does not say is 0 or empty. Texts have no control characters. */
struct rd_view {
	char version[32], state[16];
	uint64_t pid, generation;
	double up_s;
	struct {
		uint64_t running, blocked, asleep, stuck, limit;
	} workers;
	struct {
		uint64_t length, limit, wait_us;
	} queue;
	struct {
		uint64_t open, parked, queued, worked_on, limit;
	} connections;
	struct {
		uint64_t bytes, limit;
	} spool;
	struct {
		uint64_t descriptors, descriptors_limit, threads, resident_bytes, cpu_us;
	} process;
	struct json_t *status; /* all of /status; owned */
};

/*
 * Of the text of /status. False: it is none of a replyd, or there is no memory; nothing is to be
 * freed then.
 */
bool rd_view_read(struct rd_view *view, struct rd_span status);
void rd_view_free(struct rd_view *view);

/* A number of /status, by its object and its name there; 0: there is none. */
uint64_t rd_view_number(const struct rd_view *view, const char *object, const char *name);

#endif
