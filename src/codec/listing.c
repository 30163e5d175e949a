/*
 * listing - a folder as an HTML page.
 * Never:   reads a folder: the entries are handed in.
 */
#include "codec/listing.h"

#include "base/buffer.h"
#include "base/must.h"
#include "codec/date.h"
#include "codec/html.h"
#include "codec/target.h"

#include <stdio.h>
#include <string.h>

static const char begin[] = "<!DOCTYPE html>\n"
			    "<html lang=\"en\">\n"
			    "<head>\n"
			    "<meta charset=\"utf-8\">\n"
			    "<meta name=\"viewport\" content=\"width=device-width\">\n"
			    "<title>Index of ";

static const char style[] =
	"</title>\n"
	"<style>\n"
	":root { color-scheme: light dark }\n"
	"body { font: 1rem/1.6 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; "
	"padding: 0 1rem }\n"
	"h1 { font-size: 1.3rem; overflow-wrap: anywhere }\n"
	"table { border-collapse: collapse; width: 100% }\n"
	"th, td { text-align: left; padding: .15rem 1rem .15rem 0; "
	"border-bottom: 1px solid #8883 }\n"
	"td:first-child { overflow-wrap: anywhere }\n"
	"td + td, th + th { text-align: right; white-space: nowrap; "
	"font-variant-numeric: tabular-nums }\n"
	"a { text-decoration: none }\n"
	"a:hover { text-decoration: underline }\n"
	"</style>\n"
	"</head>\n"
	"<body>\n"
	"<h1>Index of ";

static const char table[] = "</h1>\n"
			    "<table>\n"
			    "<thead><tr><th>Name</th><th>Size</th><th>Changed</th></tr></thead>\n"
			    "<tbody>\n";

static const char parent[] = "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n";

static const char end[] = "</tbody>\n"
			  "</table>\n"
			  "</body>\n"
			  "</html>\n";

int rd_listing_compare(const void *a, const void *b)
{
	const struct rd_listing_entry *x = a, *y = b;

	if (x->is_dir != y->is_dir)
		return x->is_dir ? -1 : 1;
	return strverscmp(x->name, y->name);
}

void rd_listing_size(uint64_t bytes, char out[RD_LISTING_SIZE])
{
	static const char units[] = " KMGTPE";
	unsigned whole, tenths, unit = 0;
	uint64_t rest = 0;

	for (; bytes >= 1024; bytes /= 1024, unit++)
		rest = bytes % 1024;
	whole = (unsigned)bytes;
	tenths = whole * 10 + (unsigned)(rest * 10 + 512) / 1024;
	if (unit == 0) {
		snprintf(out, RD_LISTING_SIZE, "%u", whole);
		return;
	}
	whole += rest >= 512;
	if (whole == 1024) {
		tenths = 10;
		unit++;
	}
	if (tenths < 100)
		snprintf(out, RD_LISTING_SIZE, "%u.%u%c", tenths / 10, tenths % 10, units[unit]);
	else
		snprintf(out, RD_LISTING_SIZE, "%u%c", whole, units[unit]);
}

static bool listing_href(struct rd_buffer *out, const char *name, size_t len)
{
	size_t coded = rd_target_encode(name, len, NULL, 0);

	if (!rd_buffer_reserve(out, coded + 1))
		return false;
	out->len += rd_target_encode(name, len, out->at + out->len, coded + 1);
	return true;
}

static bool listing_entry(struct rd_buffer *out, const struct rd_listing_entry *e)
{
	size_t len = strlen(e->name);
	const char *slash = e->is_dir ? "/" : "";
	char size[RD_LISTING_SIZE];
	struct rd_date d;

	MUST(len > 0 && strchr(e->name, '/') == NULL);
	rd_date_split(e->mtime, &d);
	rd_listing_size(e->size, size);

	if (!rd_buffer_text(out, "<tr><td><a href=\"") || !listing_href(out, e->name, len) ||
	    !rd_buffer_print(out, "%s\"><bdi>", slash) || !rd_html_escape(out, e->name, len) ||
	    !rd_buffer_print(out, "</bdi>%s</a></td>", slash))
		return false;
	if (e->is_dir ? !rd_buffer_text(out, "<td></td>")
		      : !rd_buffer_print(out, "<td title=\"%llu bytes\">%s</td>",
					 (unsigned long long)e->size, size))
		return false;
	return rd_buffer_print(out, "<td>%04d-%02d-%02d %02d:%02d UTC</td></tr>\n", d.year, d.month,
			       d.day, d.hour, d.minute);
}

bool rd_listing_page(struct rd_buffer *out, const char *path,
		     const struct rd_listing_entry *entries, size_t count)
{
	size_t len = strlen(path);

	if (!rd_buffer_text(out, begin) || !rd_html_escape(out, path, len) ||
	    !rd_buffer_text(out, style) || !rd_html_escape(out, path, len) ||
	    !rd_buffer_text(out, table))
		return false;
	if (strcmp(path, "/") != 0 && !rd_buffer_text(out, parent))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!listing_entry(out, &entries[i]))
			return false;
	return rd_buffer_text(out, end);
}
