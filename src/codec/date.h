/* date - the dates of HTTP, to and from seconds since 1970 (RFC 9110 §5.6.7). */
#ifndef RD_CODEC_DATE_H
#define RD_CODEC_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RD_DATE_SIZE 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and a NUL */

struct rd_date {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second;
	int weekday; /* 0 is Sunday */
};

/* The UTC calendar at unix_seconds; outside the years 0000 to 9999 the nearest within. */
void rd_date_split(int64_t unix_seconds, struct rd_date *d);

/* IMF-fixdate. Outside the years 0000 to 9999 the nearest that has four digits is written. */
void rd_date_format(int64_t unix_seconds, char out[RD_DATE_SIZE]);

/*
 * Whether s[0..n) is a date in one of the three forms; *out is touched only then. `now` decides
 * the century of a two-digit year: the latest that is at most 50 years ahead. The name of the
 * weekday has to be one, but need not agree with the date.
 */
bool rd_date_parse(const char *s, size_t n, int64_t now, int64_t *out);

#endif
