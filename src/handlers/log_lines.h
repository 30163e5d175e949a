/*
 * log_lines - what a program or an application server says of its errors, as lines of the log.
 */
#ifndef RD_HANDLERS_LOG_LINES_H
#define RD_HANDLERS_LOG_LINES_H

#include <stddef.h>

struct replyd_exchange;

/* All zero but the first two at first. */
struct rd_log_lines {
	struct replyd_exchange *x;
	const char *who; /* says it */
	size_t bytes;	 /* of it so far */
	size_t len;	 /* of the line that is not whole */
	char line[512];
};

/* Logs the lines that are whole, each with `who`. One that is longer becomes several. */
void rd_log_lines_take(struct rd_log_lines *l, const char *bytes, size_t len);

/* No more comes. */
void rd_log_lines_end(struct rd_log_lines *l);

#endif
