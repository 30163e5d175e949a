/*
 * view - how a server was at one moment, from its /status and /workers.
 */
#ifndef RD_CONTROL_VIEW_H
#define RD_CONTROL_VIEW_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct json_t;

enum { RD_VIEW_NAME = 128, RD_VIEW_STAGES = 8 };

struct rd_view_times {
	uint64_t p50_us, p90_us, p99_us, max_us; /* recently, or since the start */
};

struct rd_view_route {
	char name[RD_VIEW_NAME];
	uint64_t exchanges, refused; /* since the start; refused: with a status of 400 or more */
	struct rd_view_times stage[RD_VIEW_STAGES];
};

struct rd_view_worker {
	uint64_t place, exchanges, connection, age_us;
	char group[16], state[16], stage[16], client[64], route[RD_VIEW_NAME];
};

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
	unsigned stages;
	char stage[RD_VIEW_STAGES][16]; /* their words */
	double span_s;			/* of which the stages of routes tell; 0: since the start */
	/* Lists; owned. */
	struct rd_view_route *route;
	size_t routes;
	struct rd_view_worker *worker;
	size_t workers_told;
	struct json_t *status; /* all of /status; owned */
};

/*
 * Of the text of /status, without workers. False: it is none of a replyd, or there is no memory;
 * nothing is to be freed then.
 */
bool rd_view_read(struct rd_view *view, struct rd_span status);
/* Of the text of /workers. False: it is none, or there is no memory; nothing has changed then. */
bool rd_view_read_workers(struct rd_view *view, struct rd_span workers);
void rd_view_free(struct rd_view *view);

/* What happened in a second, between two views of the same server. */
struct rd_view_rates {
	double exchanges, refused, shed, accepted;
	double cpu; /* processors in use */
};

/* False: they are not of the same server, or of the same moment; *rates are 0 then. */
bool rd_view_compare(const struct rd_view *now, const struct rd_view *before,
		     struct rd_view_rates *rates);

/* The route of that name; NULL: there is none. */
const struct rd_view_route *rd_view_find(const struct rd_view *view, const char *name);

enum { RD_VIEW_SPAN = 24 };

/* Of which time routes' stages tell: "last 60 s", "since the start". Returns text. */
char *rd_view_span(const struct rd_view *view, char text[RD_VIEW_SPAN]);

/* A number of /status, by its object and its name there; 0: there is none. */
uint64_t rd_view_number(const struct rd_view *view, const char *object, const char *name);

#endif
