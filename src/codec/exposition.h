/*
 * exposition - numbers for Prometheus and who reads as it does: its text format 0.0.4, or
 * OpenMetrics 1.0.
 */
#ifndef RD_CODEC_EXPOSITION_H
#define RD_CODEC_EXPOSITION_H

#include "base/buffer.h"

enum rd_family {
	RD_GAUGE,
	RD_COUNTER, /* its samples' names end in _total */
	RD_HISTOGRAM,
};

/* All zero is an empty one. */
struct rd_exposition {
	struct rd_buffer text;
	bool open;   /* OpenMetrics */
	bool failed; /* there was no memory: it is not complete */
};

const char *rd_exposition_type(const struct rd_exposition *e);

/* What follows are the family's samples. Of a counter, `name` is without _total. */
void rd_exposition_family(struct rd_exposition *e, const char *name, enum rd_family family,
			  const char *help);

/* A sample, or a part of one. */
void rd_exposition_print(struct rd_exposition *e, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * name="value", the value of any origin: what would end it is escaped, and a byte that is a control
 * or beyond ASCII stands there as in a URL (%C3).
 */
void rd_exposition_label(struct rd_exposition *e, const char *name, const char *value);

/* A gauge without labels, and its family. */
void rd_exposition_gauge(struct rd_exposition *e, const char *name, const char *help, double value);

void rd_exposition_end(struct rd_exposition *e);

#endif
