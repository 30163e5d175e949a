/*
 * meter - a line on standard error that shows how far something is, while it goes on.
 */
#ifndef RD_CLIENT_METER_H
#define RD_CLIENT_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero shows nothing, ever. Times by rd_clock_us. */
struct rd_meter {
	uint64_t next_us; /* when the line is to be shown; 0: never */
	bool shown;
};

/* Shows nothing either where standard error is no terminal; and nothing of what is soon over. */
void rd_meter_begin(struct rd_meter *m, uint64_t now_us);

bool rd_meter_due(const struct rd_meter *m, uint64_t now_us);

/* When it is due; UINT64_MAX: never. */
uint64_t rd_meter_next(const struct rd_meter *m);

/* `done` goes from 0 to 1; less than 0: nobody knows. The text is ASCII. */
void rd_meter_show(struct rd_meter *m, uint64_t now_us, double done, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Takes the line away, if there is one. */
void rd_meter_end(struct rd_meter *m);

/*
 * Pure. The line for a terminal of so many columns: it fills all but the last. `bar` and `plain`
 * are written around the part that is done. It is cut where `size` is too small.
 */
void rd_meter_line(char *line, size_t size, unsigned columns, double done, const char *text,
		   const char *bar, const char *plain);

#endif
