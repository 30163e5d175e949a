/*
 * log_lines - what a program or an application server says of its errors, as lines of the log.
 * Thread:  the one that has the exchange.
 */
#include "handlers/log_lines.h"

#include "app/exchange.h"

enum { MOST = 64 * 1024 }; /* bytes for one exchange */

void rd_log_lines_end(struct rd_log_lines *l)
{
	if (l->len > 0)
		replyd_log(l->x, "%s: %.*s", l->who, (int)l->len, l->line);
	l->len = 0;
}

void rd_log_lines_take(struct rd_log_lines *l, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len && l->bytes < MOST; i++, l->bytes++) {
		if (bytes[i] == '\n' || l->len == sizeof(l->line))
			rd_log_lines_end(l);
		if (bytes[i] != '\n')
			l->line[l->len++] = bytes[i] ? bytes[i] : '?';
	}
	if (l->bytes == MOST) {
		rd_log_lines_end(l);
		replyd_log(l->x, "%s: more errors are not logged", l->who);
		l->bytes++;
	}
}
