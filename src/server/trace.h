/*
 * trace - what happens to connections, as it happens, for those who look.
 */
#ifndef RD_SERVER_TRACE_H
#define RD_SERVER_TRACE_H

#include "observe/feed.h"
#include "observe/series.h"

struct replyd;

/* Nothing more happens: all that was told goes to those who trace, and it is over for them. */
void rd_trace_end(struct replyd *server);

/* Adds a line of JSON each. False: there is no memory. */
bool rd_trace_json_begin(struct rd_buffer *b);
bool rd_trace_json(struct rd_buffer *b, const struct rd_series *series, const struct rd_parcel *p);
bool rd_trace_json_missed(struct rd_buffer *b, uint64_t missed);
bool rd_trace_json_quiet(struct rd_buffer *b);

#endif
