/*
 * trace - what happens to connections, as it happens, for those who look.
 */
#ifndef RD_SERVER_TRACE_H
#define RD_SERVER_TRACE_H

#include "observe/feed.h"
#include "observe/series.h"
#include "observe/story.h"

#include <pthread.h>

struct replyd;

/* What happens is printed, from the start. */
struct rd_trace {
	bool wanted;
	int fd;
	struct rd_story story;
	bool runs;
	pthread_t thread;
	_Atomic uint64_t late_us; /* the end, from which nobody is waited for */
	/* by the thread */
	struct rd_tracer *tracer;
	const struct rd_series *series;
	struct rd_buffer lines;
};

/* Before it is open: have it print on fd. */
void rd_trace_print(struct replyd *server, int fd, bool colour);

/* It is open, and serves nobody yet. 0, or -1 with the server's fault. */
int rd_trace_begin(struct replyd *server);

/* Nothing more happens: all that was told goes to those who trace, and it is over for them. */
void rd_trace_end(struct replyd *server);

/* Adds a line of JSON each. False: there is no memory. */
bool rd_trace_json_begin(struct rd_buffer *b);
bool rd_trace_json(struct rd_buffer *b, const struct rd_series *series, const struct rd_parcel *p);
bool rd_trace_json_missed(struct rd_buffer *b, uint64_t missed);
bool rd_trace_json_quiet(struct rd_buffer *b);

#endif
