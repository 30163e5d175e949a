/*
 * exposition - numbers in the text format of Prometheus, or of OpenMetrics.
 * Never:   lets a byte through that ends a label, its line or its encoding.
 */
#include "codec/exposition.h"

#include <string.h>

const char *rd_exposition_type(const struct rd_exposition *e)
{
	return e->open ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
		       : "text/plain; version=0.0.4; charset=utf-8";
}

void rd_exposition_print(struct rd_exposition *e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!rd_buffer_vprint(&e->text, format, args))
		e->failed = true;
	va_end(args);
}

/* OpenMetrics calls a counter's family by what its samples' names are without _total. */
void rd_exposition_family(struct rd_exposition *e, const char *name, enum rd_family family,
			  const char *help)
{
	static const char *const words[] = {
		[RD_GAUGE] = "gauge",
		[RD_COUNTER] = "counter",
		[RD_HISTOGRAM] = "histogram",
	};
	const char *end = family == RD_COUNTER && !e->open ? "_total" : "";

	rd_exposition_print(e, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, end, help, name, end,
			    words[family]);
}

void rd_exposition_label(struct rd_exposition *e, const char *name, const char *value)
{
	rd_exposition_print(e, "%s=\"", name);
	for (; *value; value++) {
		unsigned char byte = (unsigned char)*value;

		if (byte == '\n')
			rd_exposition_print(e, "\\n");
		else if (byte < ' ' || byte >= 127)
			rd_exposition_print(e, "%%%02X", byte);
		else if (byte == '"' || byte == '\\')
			rd_exposition_print(e, "\\%c", byte);
		else if (!rd_buffer_add(&e->text, value, 1))
			e->failed = true;
	}
	rd_exposition_print(e, "\"");
}

void rd_exposition_gauge(struct rd_exposition *e, const char *name, const char *help, double value)
{
	rd_exposition_family(e, name, RD_GAUGE, help);
	rd_exposition_print(e, "%s %.15g\n", name, value);
}

void rd_exposition_end(struct rd_exposition *e)
{
	if (e->open)
		rd_exposition_print(e, "# EOF\n");
}
