/* list - the elements of a comma-separated list (RFC 9110 §5.6.1). */
#ifndef RD_CODEC_LIST_H
#define RD_CODEC_LIST_H

#include <stdbool.h>
#include <string.h>

#include "base/span.h"

/*
 * Takes the next element off the list, without the white space around it; empty ones are passed
 * over. False at the end. Not for lists of quoted strings, where a comma may be part of one.
 */
static inline bool rd_list_next(struct rd_span *list, struct rd_span *element)
{
	while (list->len > 0) {
		const char *comma = memchr(list->at, ',', list->len);
		size_t n = comma ? (size_t)(comma - list->at) : list->len;
		size_t taken = comma ? n + 1 : n;

		*element = rd_span_trim((struct rd_span){ list->at, n });
		*list = (struct rd_span){ list->at + taken, list->len - taken };
		if (element->len > 0)
			return true;
	}
	return false;
}

#endif
